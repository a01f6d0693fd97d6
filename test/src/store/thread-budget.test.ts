import assert from 'node:assert/strict';
import fc from 'fast-check';
import { threadLimits } from '../../../bot/thread-limits.ts';
import { type MessagePriority, type Turn, allowedBy, decideTurn } from '../../../src/store/thread-budget.ts';

/** What Teams itself counts. */
const real = [
  { spanMs: 1_000, messages: 7 },
  { spanMs: 2_000, messages: 8 },
  { spanMs: 30_000, messages: 60 },
  { spanMs: 3_600_000, messages: 1_800 },
];

function ask(sent: readonly number[], now: number, priority: MessagePriority): Turn {
  const ages = threadLimits.map((limit) => {
    const sentAt = sent.at(-allowedBy(limit, priority));
    return sentAt === undefined ? undefined : now - sentAt;
  });
  return decideTurn(threadLimits, ages, 0);
}

const wishes = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 1_500 }),
    priority: fc.constantFrom<MessagePriority>('urgent', 'reply', 'routine'),
  }),
  { maxLength: 200 },
);

describe('the budget of a thread', () => {
  it('never lets more through in any window than Teams takes', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const sent: number[] = [];
        let now = 0;
        for (const { afterMs, priority } of asked) {
          now += afterMs;
          if (ask(sent, now, priority).granted) sent.push(now);
        }
        for (const { spanMs, messages } of real) {
          sent.forEach((from) => {
            assert.ok(sent.filter((at) => at >= from && at < from + spanMs).length <= messages);
          });
        }
      }),
    );
  });

  it('lets a message through at the moment that it named, when nothing else was sent meanwhile', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const sent: number[] = [];
        let now = 0;
        for (const { afterMs, priority } of asked) {
          now += afterMs;
          const turn = ask(sent, now, priority);
          if (!turn.granted) {
            assert.ok(turn.retryAfterMs > 0);
            assert.equal(ask(sent, now + turn.retryAfterMs - 1, priority).granted, false);
            now += turn.retryAfterMs;
            assert.equal(ask(sent, now, priority).granted, true);
          }
          sent.push(now);
        }
      }),
    );
  });

  it('always keeps some for urgent messages, however many routine ones there were', () => {
    for (const limit of threadLimits) {
      assert.ok(allowedBy(limit, 'routine') < allowedBy(limit, 'urgent'));
      assert.ok(allowedBy({ ...limit, messages: 1 }, 'routine') === 1);
    }
  });

  it('is not used up by answers to whoever types on and on: a part of each minute and hour is left for requests', () => {
    const sent: number[] = [];
    const hour = 3_600_000;
    for (let now = 0; now < 2 * hour; now += 200) if (ask(sent, now, 'reply').granted) sent.push(now);
    assert.ok(sent.filter((at) => at >= hour).length > 800, 'people are answered');
    for (let count = 0; count < 30; count += 1) {
      const now = 2 * hour + count * 600;
      assert.equal(ask(sent, now, 'urgent').granted, true);
      sent.push(now);
    }
  });

  it('is closed for all while the thread is paused', () => {
    assert.deepEqual(decideTurn(threadLimits, [], 1_200.4), { granted: false, retryAfterMs: 1_201 });
    assert.deepEqual(decideTurn(threadLimits, [], -5), { granted: true });
  });
});
