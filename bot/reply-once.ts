import { setTimeout as sleep } from 'node:timers/promises';
import { passed } from '../src/platform/steps.ts';
import type { AnsweredMessages } from '../src/store/answered-messages.ts';

type Answered = Pick<AnsweredMessages, 'claim' | 'replied' | 'release'>;

interface Message {
  readonly conversation: string;
  readonly key: string;
}

/** Another delivery of the message is being answered: soon it is, or its process has died. */
const lookAgainMs = 500;

/**
 * Replies once to a message however often it is delivered. When the reply fails, the message is given free again: the turn
 * fails, Teams delivers the message anew, and that delivery may reply.
 */
export async function replyOnce(
  answered: Answered,
  { conversation, key }: Message,
  send: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const claim = await answered.claim(conversation, key);
    if (claim === 'replied') return;
    if (claim === 'ours') break;
    await sleep(lookAgainMs);
  }
  passed('reply-claimed');
  try {
    await send();
    passed('reply-sent');
  } catch (error) {
    await answered.release(conversation, key);
    throw error;
  }
  // The reply is in the chat, and a turn that ends well is not delivered again: a mark that fails costs nothing.
  await answered.replied(conversation, key).catch(() => undefined);
}
