import type { Activity } from 'botbuilder';
import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import { ChatError } from '../src/jobs/ports.ts';
import type { Conversations } from '../src/store/conversations.ts';
import type { MessagePriority } from '../src/store/thread-budget.ts';
import type { ThreadPacer } from '../src/store/thread-pacer.ts';
import { toChatError } from './chat-error.ts';
import { sendInTurn } from './in-turn.ts';

/** What is kept of a conversation to reach it again. */
export const Reference = z.object({
  serviceUrl: z.string(),
  tenantId: z.string(),
  bot: z.object({ id: z.string(), name: z.string().optional() }),
});
export type Reference = z.infer<typeof Reference>;

/**
 * For a whole message: waiting for its turn, the bot's token, Teams' answer, all tries. A card is held for longer than that
 * (`src/store/cards.ts`), so that nobody sends it a second time meanwhile.
 */
const messageMs = 10_000;

export function messageLimit({ messageMs: ms = messageMs }: Pick<PostParts, 'messageMs'>): AbortSignal {
  return AbortSignal.timeout(ms);
}

export interface PostParts {
  readonly connect: (serviceUrl: string) => Promise<ConnectorClient>;
  readonly conversations: Pick<Conversations, 'find' | 'shutOut'>;
  readonly pacer: ThreadPacer;
  readonly messageMs?: number;
}

export interface Place {
  readonly conversation: string;
  readonly thread: string;
}

export interface Way {
  readonly client: ConnectorClient;
  readonly reference: Reference;
  readonly abortSignal: AbortSignal;
}

interface Posted {
  /** Some other limit than that of one message. */
  readonly signal?: AbortSignal;
  /** It says nothing of the conversation whether one person may be told alone. */
  readonly isAlone?: true;
}

export type Post = <T>(
  place: Place,
  priority: MessagePriority,
  call: (way: Way) => Promise<T>,
  how?: Posted,
) => Promise<T>;

/** To the conversation of a request or command. Where the bot is shut out is noted, and not tried again. */
export function createPost(parts: PostParts): Post {
  return async ({ conversation, thread }, priority, call, how = {}) => {
    const abortSignal = how.signal ?? messageLimit(parts);
    const attempt = { thread, priority, signal: abortSignal };
    const reference = await referenceOf(parts, conversation);
    try {
      return await sendInTurn(parts.pacer, {
        ...attempt,
        send: () => guarded(async () => call(await wayTo(parts, reference, abortSignal))),
      });
    } catch (error) {
      if (error instanceof ChatError && error.kind === 'left' && how.isAlone !== true)
        await parts.conversations.shutOut(conversation, error.code);
      throw error;
    }
  };
}

export async function referenceOf(parts: PostParts, conversation: string): Promise<Reference> {
  const known = await parts.conversations.find(conversation);
  const reference = Reference.safeParse(known?.reference);
  if (!reference.success) throw new ChatError('gone');
  if (known?.left === true) throw new ChatError('left');
  return reference.data;
}

/** One time limit over all steps; what has not begun by then does not begin any more. */
export async function wayTo(parts: PostParts, reference: Reference, abortSignal: AbortSignal): Promise<Way> {
  const client = await parts.connect(reference.serviceUrl);
  if (abortSignal.aborted) throw new ChatError('later');
  return { client, reference, abortSignal };
}

/** The SDK's types ask for every field of an activity; the service fills in the rest. */
export function addressed(
  activity: Partial<Activity>,
  conversationId: string,
  reference: Reference,
): Activity {
  return {
    channelId: 'msteams',
    from: { id: reference.bot.id, name: reference.bot.name ?? '' },
    conversation: { id: conversationId, tenantId: reference.tenantId },
    ...activity,
  } as Activity;
}

export function textActivity(text: string): Partial<Activity> {
  return { type: 'message', text, textFormat: 'plain' };
}

export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toChatError(error);
  }
}
