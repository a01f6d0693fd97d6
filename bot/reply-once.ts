import { passed } from '../src/platform/steps.ts';
import type { AnsweredMessages } from '../src/store/answered-messages.ts';

type Answered = Pick<AnsweredMessages, 'claim' | 'release'>;

interface Message {
  readonly conversation: string;
  readonly key: string;
}

/**
 * Replies once to a message however often it is delivered. When the reply fails, the message is given free again: the turn
 * fails, Teams delivers the message anew, and that delivery may reply.
 */
export async function replyOnce(
  answered: Answered,
  { conversation, key }: Message,
  send: () => Promise<void>,
): Promise<void> {
  if (!(await answered.claim(conversation, key))) return;
  passed('reply-claimed');
  try {
    await send();
    passed('reply-sent');
  } catch (error) {
    await answered.release(conversation, key);
    throw error;
  }
}
