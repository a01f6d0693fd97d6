import { setTimeout as sleep } from 'node:timers/promises';
import { ChatError } from '../src/jobs/ports.ts';
import type { AnsweredMessages } from '../src/store/answered-messages.ts';

type Answered = Pick<AnsweredMessages, 'claim' | 'release'>;

/** Together far below the 15 s after which Teams gives the turn up. */
const tries = 3;
const longestWaitMs = 3_000;
const usualWaitMs = 500;

interface Message {
  readonly conversation: string;
  readonly key: string;
}

/**
 * Replies once to a message however often it is delivered. When Teams does not take the reply even after some patience, the
 * message is given free again: the turn fails, Teams delivers the message anew, and that delivery may reply.
 */
export async function replyOnce(
  answered: Answered,
  { conversation, key }: Message,
  send: () => Promise<void>,
): Promise<void> {
  if (!(await answered.claim(conversation, key))) return;
  try {
    await patiently(send);
  } catch (error) {
    await answered.release(conversation, key);
    throw error;
  }
}

async function patiently(send: () => Promise<void>): Promise<void> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      await send();
      return;
    } catch (error) {
      const wait =
        error instanceof ChatError && error.kind === 'later' ? (error.retryAfterMs ?? usualWaitMs) : Infinity;
      if (left === 0 || wait > longestWaitMs) throw error;
      await sleep(wait);
    }
  }
}
