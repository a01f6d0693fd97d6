import type { Activity } from 'botbuilder';
import { ChatError } from '../src/jobs/ports.ts';
import type { MessagePriority } from '../src/store/thread-budget.ts';
import { type Alone, onlyFor, targetedCall } from './alone.ts';
import {
  type Place,
  type Post,
  type PostParts,
  Reference,
  type Way,
  addressed,
  guarded,
  messageLimit,
  textActivity,
  wayTo,
} from './post.ts';
import { notAnsweredThere } from './texts/replies.ts';
import { sendToPerson } from './to-person.ts';

interface AloneReply {
  readonly to: Place;
  readonly alone: Alone;
  readonly activity: Partial<Activity>;
  readonly priority: MessagePriority;
}

/** Where Teams will not show a message to one person only, they get it in their own chat with the bot. */
export async function replyAlone(
  parts: PostParts,
  post: Post,
  { to, alone, activity, priority }: AloneReply,
): Promise<void> {
  const signal = messageLimit(parts);
  try {
    await post(to, priority, (way) => sendAlone(way, alone, activity), { signal, isAlone: true });
  } catch (error) {
    if (!(error instanceof ChatError) || error.kind === 'later') throw error;
    const { conversation } = to;
    await sendToPerson(parts, {
      conversation,
      person: alone.person,
      activity: fitElsewhere(activity),
      signal,
    });
  }
}

/** A button belongs to the conversation in which it was asked for. */
function fitElsewhere(activity: Partial<Activity>): Partial<Activity> {
  const hasButton = JSON.stringify(activity.attachments ?? []).includes('"Action.Execute"');
  return hasButton ? textActivity(notAnsweredThere) : activity;
}

interface AloneText {
  readonly alone: Alone;
  readonly reference: unknown;
  readonly text: string;
}

export function answerAlone(parts: PostParts, { alone, reference, text }: AloneText): Promise<void> {
  return guarded(async () => {
    const signal = messageLimit(parts);
    const way = await wayTo(parts, Reference.parse(reference), signal);
    await sendAlone(way, alone, textActivity(text));
  });
}

async function sendAlone({ client, reference, abortSignal }: Way, alone: Alone, activity: Partial<Activity>) {
  const message = addressed(onlyFor(alone, activity), alone.thread, reference);
  await client.conversations.sendToConversation(alone.thread, message, {
    abortSignal,
    ...targetedCall(alone),
  });
}
