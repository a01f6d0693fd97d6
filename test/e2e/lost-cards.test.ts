import assert from 'node:assert/strict';
import type { Message } from '../../sandbox/message-store.ts';
import { type Asked, requestIdOf, told } from './play.ts';
import { alex, incident, nightShift, riley, sam, setStage } from './stage.ts';

describe('A card that Teams does not keep', () => {
  const stage = setStage();

  const posted: Message[] = [];
  let onPosted: (message: Message) => void = () => undefined;
  let stop = (): void => undefined;
  beforeEach(() => {
    posted.length = 0;
    onPosted = () => undefined;
    stop = stage.sandbox.teams.messages.onChange(({ kind, message }) => {
      if (kind !== 'message' || !message.from.isBot || requestIdOf(message) === undefined) return;
      posted.push(message);
      onPosted(message);
    });
  });
  afterEach(() => {
    stop();
  });

  const cardsOf = ({ requestId }: Asked) => posted.filter((message) => requestIdOf(message) === requestId);
  const remove = ({ conversationId, id }: Message) => stage.sandbox.teams.messages.remove(conversationId, id);

  it('is posted anew once, says so, and is kept up to date from then on', async () => {
    const asked = await stage.ask({ reason: 'Deleted by somebody' });
    remove(stage.card(asked));

    await stage.pressAnyway(alex, asked, 'approve');
    await stage.outcome(asked, /succeeded|restricted/i);
    await stage.until(asked, 'Succeeded');

    assert.equal(cardsOf(asked).length, 2);
    assert.match(stage.text(asked), /^Replaces a card that was deleted$/m);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('is let go when its replacement is deleted too; the request goes on and its end is told', async () => {
    const asked = await stage.ask({ reason: 'Deleted again and again' });
    onPosted = (message) => setImmediate(remove, message);
    remove(stage.card(asked));

    await stage.pressAnyway(alex, asked, 'approve');
    await stage.outcome(asked, /succeeded|restricted/i);

    assert.equal(cardsOf(asked).length, 2);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('is posted anew when Teams hides behind a 403 that somebody deleted it', async () => {
    const asked = await stage.ask();
    const fault = { kind: 'status', status: 403, code: 'ServiceError' } as const;
    stage.sandbox.faults.set({ faults: { 'connector.update': fault } });

    await stage.press(alex, asked, 'deny', { comment: 'No' });
    const [, replacement] = await stage.sandbox.teams.messages.until(() =>
      cardsOf(asked).length === 2 ? cardsOf(asked) : undefined,
    );
    const old = await stage.sandbox.teams.refresh(riley, stage.card(asked));
    remove(stage.card(asked));

    assert.match(told(old), /^Denied$/m);
    assert.equal(stage.card(asked).id, replacement?.id);
    await stage.until(asked, 'Denied');
    // Still on its way, it would meet the fault that the next test arms for a card.
    await stage.outcome(asked, /denied/i);
  });

  it('appears twice when the answer to its posting was lost, and works in both places', async () => {
    stage.sandbox.faults.set({ faults: { 'connector.send': { kind: 'reset-after' } } });
    const asked = await stage.ask({ reason: 'Posted twice' });
    const [orphan, card] = await stage.sandbox.teams.messages.until(() =>
      cardsOf(asked).length === 2 ? cardsOf(asked) : undefined,
    );
    assert.ok(orphan && card);

    const answer = await stage.sandbox.teams.press(alex, orphan, 'approve');
    await stage.outcome(asked, /succeeded|restricted/i);
    const again = await stage.sandbox.teams.press(sam, orphan, 'approve');
    remove(orphan);

    assert.match(told(answer), /checking|Approved|Submitting|Pending|In progress|Succeeded/);
    assert.match(told(again), /^(In progress|Succeeded)$/m);
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('rests while the bot is not in the team, and shows the truth when it is back', async () => {
    const { teams, faults } = stage.sandbox;
    faults.set({ devicesOffline: true });
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    await teams.uninstall(riley, incident);
    const from = stage.wire.length;
    faults.set({ devicesOffline: null });
    for (const { id } of stage.sandbox.defender.actions()) stage.sandbox.defender.finish(id, 'Succeeded');
    // A request elsewhere goes all the way meanwhile, and with it the sweep that saw this action end.
    const other = await stage.ask({ where: nightShift, device: 'ws-design-044' });
    await stage.press(alex, other, 'approve');
    await stage.until(other, 'Succeeded');
    const heard = stage.label(asked);
    const calls = stage.wire.slice(from).filter((entry) => isTo(entry, incident.name));

    await teams.reinstall(riley, incident);
    await stage.until(asked, 'Succeeded');

    assert.equal(heard, 'Pending');
    assert.deepEqual(calls, []);
  });

  function isTo({ from, to, detail }: (typeof stage.wire)[number], conversation: string): boolean {
    const place = (detail as { conversation?: unknown } | undefined)?.conversation;
    return from === 'bot' && to === 'teams' && place === conversation;
  }
});
