import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChatError } from '../src/jobs/ports.ts';
import type { MessagePriority } from '../src/store/thread-budget.ts';
import type { ThreadPacer } from '../src/store/thread-pacer.ts';

/** What waits longer comes again by its job: a worker that waits here keeps other threads waiting too. */
const longestWaitMs: Readonly<Record<MessagePriority, number>> = {
  urgent: 2_000,
  reply: 2_000,
  routine: 500,
  press: 500,
};
const mostTries = 3;
const firstBackOffMs = 300;
/** A wait that is shorter than the clocks can tell apart would only be asked for again. */
const leastWaitMs = 20;

/** Answers to calls whose repetition may succeed within seconds; with a 500 the service has failed for longer. */
const passing: ReadonlySet<number | undefined> = new Set([undefined, 408, 412, 429, 502, 503, 504]);

export interface Message<T> {
  readonly thread: string;
  readonly priority: MessagePriority;
  /** One try; fails with a `ChatError`. */
  readonly send: () => Promise<T>;
  /** When the whole message has taken too long. */
  readonly signal: AbortSignal;
}

/**
 * The one place where messages wait for their turn and are tried again. Every try counts as a message, and so does one
 * whose answer was lost: a card may appear twice rather than never.
 */
export async function sendInTurn<T>(pacer: ThreadPacer, message: Message<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    await waitForTurn(pacer, message);
    try {
      return await message.send();
    } catch (error) {
      if (!(error instanceof ChatError) || error.kind !== 'later') throw error;
      const backOff = backOffMs(tries);
      if (error.status === 429) await pacer.pause(message.thread, error.retryAfterMs ?? backOff);
      if (tries === mostTries || !passing.has(error.status)) throw error;
      // After a 429 it is the pause that says how long.
      if (error.status !== 429) await pause(backOff, message.signal, error);
    }
  }
}

async function waitForTurn<T>(pacer: ThreadPacer, message: Message<T>): Promise<void> {
  const { thread, priority, signal } = message;
  let left = longestWaitMs[priority];
  for (;;) {
    const turn = await pacer.turn(thread, priority);
    if (turn.granted) return;
    const wait = Math.max(leastWaitMs, turn.retryAfterMs);
    const notNow = new ChatError('later', { retryAfterMs: spread(turn.retryAfterMs) });
    if (wait > left) throw notNow;
    left -= wait;
    await pause(wait, signal, notNow);
  }
}

async function pause(ms: number, signal: AbortSignal, otherwise: ChatError): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw otherwise;
  });
}

/** Doubles with each try; more than half of it is chance, so that replicas that failed together do not return together. */
function backOffMs(tries: number): number {
  const whole = firstBackOffMs * 2 ** tries;
  return whole / 4 + randomInt(whole / 2);
}

const longestSpreadMs = 500;

/** Everything that waits for the same thread is told the same moment; only some of it would then get a turn. */
function spread(ms: number): number {
  return ms + randomInt(longestSpreadMs);
}
