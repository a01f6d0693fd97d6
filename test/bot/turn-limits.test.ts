import assert from 'node:assert/strict';
import sinon from 'sinon';
import { threadLimits } from '../../bot/thread-limits.ts';
import { type Turn, type TurnLimits, createTurnLimits } from '../../bot/turn-limits.ts';
import { allowedBy, pressLimits } from '../../src/store/thread-budget.ts';

const press: Turn = { flow: 'press', person: 'alex', conversation: 'INC-1' };

describe('limits of what one person and one conversation may take', () => {
  let clock: sinon.SinonFakeTimers;
  let verdictOn: TurnLimits['verdictOn'];
  let notTold: TurnLimits['notTold'];
  beforeEach(() => {
    clock = sinon.useFakeTimers();
    ({ verdictOn, notTold } = createTurnLimits());
  });
  afterEach(() => {
    clock.restore();
  });

  async function refusedOf(count: number, turn: (index: number) => Turn): Promise<number> {
    let refused = 0;
    for (let index = 0; index < count; index += 1) if (!(await verdictOn(turn(index))).ok) refused += 1;
    return refused;
  }

  it('let 300 presses a minute of one person through, and tell once more how long to wait', async () => {
    assert.equal(await refusedOf(300, () => press), 0);
    clock.tick(20_000);

    const [first, second] = [await verdictOn(press), await verdictOn(press)];

    assert.deepEqual(first, {
      ok: false,
      limit: { of: 'person', count: 300, per: 'minute' },
      waitSeconds: 40,
      isFirst: true,
    });
    assert.equal(!second.ok && second.isFirst, false);
    clock.tick(40_001);
    assert.equal((await verdictOn(press)).ok, true);
  });

  it('are each person’s own, and messages take nothing from the buttons', async () => {
    await refusedOf(301, () => press);

    assert.equal((await verdictOn({ ...press, person: 'priya' })).ok, true);
    assert.equal((await verdictOn({ ...press, flow: 'message', activityId: '1' })).ok, true);
  });

  it('let 360 messages an hour of one person through, who may press buttons all the same', async () => {
    const message = (index: number): Turn => ({ ...press, flow: 'message', activityId: String(index) });
    assert.equal(await refusedOf(300, message), 0);
    clock.tick(60_001);
    assert.equal(await refusedOf(60, (index) => message(300 + index)), 0);
    clock.tick(60_001);

    const verdict = await verdictOn(message(360));

    const limit = { of: 'person', count: 360, per: 'hour' };
    assert.deepEqual(verdict, { ok: false, limit, waitSeconds: 3_480, isFirst: true });
    // Also of a minute in which they are more than a minute's.
    for (let index = 0; index < 310; index += 1) await verdictOn(message(700 + index));
    assert.deepEqual(await verdictOn(message(2_000)), { ...verdict, isFirst: false });
    assert.equal((await verdictOn(press)).ok, true);
    assert.equal((await verdictOn({ ...message(0), person: 'priya', conversation: 'INC-2' })).ok, true);
  });

  it('tell of a refusal anew when its message comes again, whose answer may not have been sent', async () => {
    const message = (index: number): Turn => ({ ...press, flow: 'message', activityId: String(index) });
    await refusedOf(300, message);
    clock.tick(60_001);
    await refusedOf(60, (index) => message(300 + index));
    const firstOf = async (activityId: string) => {
      const verdict = await verdictOn({ ...press, flow: 'message', activityId });
      return !verdict.ok && verdict.isFirst;
    };
    assert.deepEqual([await firstOf('a'), await firstOf('a'), await firstOf('b')], [true, true, false]);
  });

  it('tell once of a pause in each conversation, and once more where the word met nobody', async () => {
    const message = (activityId: string, conversation: string): Turn => ({
      ...press,
      flow: 'message',
      conversation,
      activityId,
    });
    await refusedOf(300, (index) => message(String(index), 'INC-1'));
    const firstIn = async (conversation: string, activityId: string) => {
      const verdict = await verdictOn(message(activityId, conversation));
      return !verdict.ok && verdict.isFirst;
    };
    const twice = async (conversation: string, name: string) => [
      await firstIn(conversation, `${name}1`),
      await firstIn(conversation, `${name}2`),
    ];
    assert.deepEqual(await twice('INC-1', 'a'), [true, false]);
    assert.deepEqual(await twice('INC-2', 'b'), [true, false]);
    notTold(message('c', 'INC-2'));
    assert.deepEqual(await twice('INC-2', 'd'), [true, false]);
    notTold(message('e', 'INC-2'));
    assert.deepEqual(await twice('INC-2', 'f'), [false, false]);
    // Of an hour, which is another pause.
    clock.tick(60_001);
    // Those that were refused count as well.
    await refusedOf(52, (index) => message(`g${index}`, 'INC-1'));
    assert.deepEqual(await twice('INC-1', 'h'), [true, false]);
    assert.deepEqual(await twice('INC-2', 'i'), [true, false]);
    clock.tick(3_540_000);
    await refusedOf(300, (index) => message(`j${index}`, 'INC-1'));
    clock.tick(60_001);
    await refusedOf(60, (index) => message(`k${index}`, 'INC-1'));
    assert.deepEqual(await twice('INC-2', 'l'), [true, false]);
  });

  it('let no more through around the end of an hour, and pause whoever goes on for ten minutes', async () => {
    const message = (index: number): Turn => ({ ...press, flow: 'message', activityId: String(index) });
    assert.equal((await verdictOn(message(0))).ok, true);
    clock.tick(3_500_000);
    assert.equal(await refusedOf(300, (index) => message(1 + index)), 0);
    clock.tick(60_001);
    assert.equal(await refusedOf(59, (index) => message(301 + index)), 0);

    const verdict = await verdictOn(message(360));
    assert.deepEqual([!verdict.ok && verdict.waitSeconds, !verdict.ok && verdict.isFirst], [600, true]);
    clock.tick(599_000);
    const again = await verdictOn(message(361));
    assert.deepEqual(again, { ...verdict, waitSeconds: 1, isFirst: false });
    clock.tick(1_001);
    assert.equal((await verdictOn(message(362))).ok, true, 'the one of an hour ago');
    assert.equal((await verdictOn(message(363))).ok, false);
  });

  it('keep a pause that runs, however many others are heard meanwhile', async () => {
    const message = (index: number): Turn => ({ ...press, flow: 'message', activityId: String(index) });
    await refusedOf(300, message);
    clock.tick(60_001);
    await refusedOf(60, (index) => message(300 + index));
    clock.tick(3_500_000);
    assert.equal((await verdictOn(message(400))).ok, false);
    clock.tick(120_000);
    for (let other = 0; other < 1_001; other += 1)
      await verdictOn({ ...message(other), person: `other-${other}`, conversation: `INC-${other}` });
    const verdict = await verdictOn(message(401));
    assert.equal(!verdict.ok && verdict.waitSeconds, 480);
  });

  it('leave a conversation room for others, though one person makes, withdraws and presses as much as they may', () => {
    const ofPresses = pressLimits.at(-1)?.messages ?? assert.fail();
    const ofOne = 360 * ['card', 'edit', 'outcome'].length + ofPresses;
    const [hour] = threadLimits.filter(({ spanMs }) => spanMs > 3_600_000);
    assert.ok(hour);
    const left = (['reply', 'routine', 'urgent'] as const).map(
      (priority) => allowedBy(hour, priority) - ofOne,
    );
    assert.deepEqual(left, [60, 150, 600]);
  });

  it('let 1,200 messages a minute of one conversation through, whoever sends them', async () => {
    const turn = (index: number): Turn => ({
      flow: 'message',
      person: `person-${index % 10}`,
      conversation: 'INC-1',
      activityId: String(index),
    });

    assert.equal(await refusedOf(1_200, turn), 0);
    const verdict = await verdictOn({ ...turn(0), activityId: 'one more', person: 'somebody else' });
    assert.equal(!verdict.ok && verdict.limit.of, 'conversation');
    assert.equal((await verdictOn({ ...turn(0), conversation: 'INC-2', person: 'somebody else' })).ok, true);
  });

  it('count a message that is delivered again once, and never refuse what was taken', async () => {
    const turn = (index: number): Turn => ({ ...press, flow: 'message', activityId: String(index) });
    await refusedOf(300, turn);

    assert.equal((await verdictOn(turn(299))).ok, true);
    assert.equal((await verdictOn(turn(300))).ok, false);
    clock.tick(60_001);
    assert.equal((await verdictOn(turn(300))).ok, true);
  });
});
