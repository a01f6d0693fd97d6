import assert from 'node:assert/strict';
import type { FaultAction } from '../../sandbox/faults.ts';
import type { Asked } from './play.ts';
import { alex, incident, nightShift, setStage } from './stage.ts';

const threadOf = (detail: unknown): unknown => (detail as { thread?: unknown } | undefined)?.thread;

describe('While Teams does not take messages', () => {
  const stage = setStage();

  const troubles: [string, FaultAction][] = [
    ['412', { kind: 'status', status: 412, times: 2 }],
    ['429 with Retry-After', { kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 }],
  ];
  for (const [name, fault] of troubles) {
    it(`an edit that fails with ${name} is made later, with the newest state`, async () => {
      const asked = await stage.ask();
      stage.sandbox.faults.set({ faults: { 'connector.update': fault } });
      await stage.press(alex, asked, 'approve');
      await stage.until(asked, 'Succeeded');
    });
  }

  it('a card that could not be posted at first is posted once, later', async () => {
    stage.sandbox.faults.set({ faults: { 'connector.send': { kind: 'status', status: 503, times: 2 } } });
    const asked = await stage.ask({ reason: 'Posted late' });
    const cards = stage.sandbox.teams.messages
      .list(incident.id)
      .filter(({ threadId, card }) => threadId === asked.threadId && card !== undefined);
    assert.equal(cards.length, 1);
  });

  it('an outcome that could not be told at first is told once, later', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'connector.send': { kind: 'status', status: 502, times: 2 } } });
    await stage.press(alex, asked, 'deny', { comment: 'No' });
    await stage.outcome(asked, /Denied/);
    await stage.until(asked, 'Denied');
    const told = stage.sandbox.teams.messages
      .list(incident.id)
      .filter(
        ({ threadId, mentions = [], from }) =>
          threadId === asked.threadId && from.isBot && mentions.length > 0,
      );
    assert.equal(told.length, 1);
  });

  for (const [name, fault] of [
    ['throttled', { kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 }],
    [
      'refused for longer, so that Teams delivers the command again',
      { kind: 'status', status: 503, times: 4 },
    ],
  ] as const) {
    it(`a reply that is ${name} comes once, later`, async () => {
      stage.sandbox.faults.set({ faults: { 'connector.send': fault } });
      const { teams } = stage.sandbox;
      const { message } = await teams.say(alex, incident, '/nonsense');
      const replies = () =>
        teams.messages
          .list(incident.id)
          .filter(({ threadId, from }) => threadId === message.threadId && from.isBot);
      await teams.messages.until(() => (replies().length > 0 ? true : undefined));
      await stage.answerTo(alex, nightShift, '/nonsense');
      assert.equal(replies().length, 1);
    });
  }

  it('a crowd of requests in one chat stays within what Teams takes from a bot there', async () => {
    const from = stage.wire.length;
    const devices = ['ws-finance-017', 'ws-reception-02', 'ws-design-044', 'srv-files-01', 'vm-build-09'];
    const wishes = devices.flatMap((device) =>
      (['restrict', 'unrestrict'] as const).map((action) => ({ device, action, where: nightShift })),
    );

    const crowd: Asked[] = [];
    for (const wish of wishes) crowd.push(await stage.ask(wish));
    await Promise.all(crowd.map((asked) => stage.press(alex, asked, 'deny', { comment: 'A drill' })));
    await Promise.all(crowd.map((asked) => stage.until(asked, 'Denied')));

    const sent = stage.wire.slice(from).filter(({ to }) => to === 'teams');
    const throttled = sent.filter(({ status }) => status === 429);
    // On a machine that is busy otherwise a message may travel for longer than the budget allows for, and meet the next ones.
    assert.ok(throttled.length * 10 < sent.length, `${throttled.length} of ${sent.length} throttled`);
  }).timeout(60_000);

  it('a request that goes well costs one card, its edits and one reply', async () => {
    const from = stage.wire.length;
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, /./);
    // A message is read before its call is over and on the wire.
    await stage.answerTo(alex, nightShift, '/nonsense');

    const calls = stage.wire
      .slice(from)
      .filter(({ to, detail }) => to === 'teams' && threadOf(detail) === asked.threadId)
      .map(({ what }) => what);
    const edits = calls.filter((what) => what === 'PUT message');
    assert.equal(calls.length - edits.length, 2);
    // Device read, approved or submitted, pending, in progress, succeeded; what follows within a second is one edit.
    assert.ok(edits.length >= 1 && edits.length <= 5, calls.join(', '));
  });
});
