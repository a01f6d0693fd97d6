import assert from 'node:assert/strict';
import type { FaultAction } from '../../sandbox/faults.ts';
import { alex, incident, nightShift, setStage } from './stage.ts';

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
      await stage.until(asked, 'Succeeded', 15_000);
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
});
