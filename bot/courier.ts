import { type Activity, CardFactory, type ConversationParameters } from 'botbuilder';
import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import type { PrivateNote } from '../src/containment/event.ts';
import type { Person } from '../src/containment/person.ts';
import type { ContainmentRequest } from '../src/containment/request.ts';
import { type Chat, ChatError } from '../src/jobs/ports.ts';
import type { Conversations } from '../src/store/conversations.ts';
import { toChatError } from './chat-error.ts';
import type { AdaptiveCardJson } from './render/card-json.ts';
import { renderRequestCard } from './render/request-card.ts';
import { summaryOf } from './render/summary.ts';
import { privateNoteText } from './texts/decisions.ts';
import { outcomeReply } from './texts/outcomes.ts';

/** What is kept of a conversation to reach it again. */
const Reference = z.object({
  serviceUrl: z.string(),
  tenantId: z.string(),
  bot: z.object({ id: z.string(), name: z.string().optional() }),
});
type Reference = z.infer<typeof Reference>;

/**
 * For a whole message: the bot's token, finding the conversation, Teams' answer. A card is held for longer than that
 * (`src/store/cards.ts`), so that nobody sends it a second time meanwhile.
 */
const messageMs = 10_000;

interface Parts {
  readonly connect: (serviceUrl: string) => Promise<ConnectorClient>;
  readonly conversations: Conversations;
  readonly portalUrl: string;
  readonly messageMs?: number;
}

export interface Courier extends Chat {
  replyText(place: { conversation: string; thread: string }, text: string): Promise<void>;
  replyCard(
    place: { conversation: string; thread: string },
    card: AdaptiveCardJson,
    summary: string,
  ): Promise<void>;
}

/** Sends and edits messages. Cards and text never share a message: Teams splits those and gives no usable id. */
export function createCourier(parts: Parts): Courier {
  async function reach(conversation: string): Promise<{ client: ConnectorClient; reference: Reference }> {
    const reference = Reference.safeParse(await parts.conversations.reference(conversation));
    if (!reference.success) throw new ChatError('gone');
    return { client: await parts.connect(reference.data.serviceUrl), reference: reference.data };
  }

  async function send(place: Place, activity: Partial<Activity>): Promise<string> {
    return inTime(async (limit) => {
      const { client, reference } = await reach(place.conversation);
      const sent = await client.conversations.sendToConversation(
        place.thread,
        addressed(activity, place.thread, reference),
        limit(),
      );
      if (!sent.id) throw new ChatError('later');
      return sent.id;
    });
  }

  const inTime: InTime = (work) => guarded(() => withinTime(parts.messageMs ?? messageMs, work));

  const cardOf = (request: ContainmentRequest) =>
    cardActivity(renderRequestCard(request, parts), summaryOf(request));

  return {
    sendCard: (request) => send(request.place, cardOf(request)),
    updateCard: (request, activityId) =>
      inTime(async (limit) => {
        const { client, reference } = await reach(request.place.conversation);
        const { thread } = request.place;
        const activity = { ...addressed(cardOf(request), thread, reference), id: activityId };
        await client.conversations.updateActivity(thread, activityId, activity, limit());
      }),
    tellThread: async (request) => {
      await send(request.place, outcomeActivity(request));
    },
    tellPerson: (request, person, note) => tellPerson({ reach, inTime }, { request, person, note }),
    replyText: async (place, text) => {
      await send(place, { type: 'message', text, textFormat: 'plain' });
    },
    replyCard: async (place, card, summary) => {
      await send(place, cardActivity(card, summary));
    },
  };
}

interface Place {
  readonly conversation: string;
  readonly thread: string;
}

type Limit = () => { readonly abortSignal: AbortSignal };
type InTime = <T>(work: (limit: Limit) => Promise<T>) => Promise<T>;
type Reach = (conversation: string) => Promise<{ client: ConnectorClient; reference: Reference }>;

/** A message in the person's own chat with the bot; not everybody has installed it there. */
async function tellPerson(
  { reach, inTime }: { reach: Reach; inTime: InTime },
  { request, person, note }: { request: ContainmentRequest; person: Person; note: PrivateNote },
): Promise<boolean> {
  try {
    await inTime(async (limit) => {
      const { client, reference } = await reach(request.place.conversation);
      const { id } = await client.conversations.createConversation(chatWith(person, reference), limit());
      const text = privateNoteText(note, request);
      const activity: Partial<Activity> = { type: 'message', text, textFormat: 'plain' };
      await client.conversations.sendToConversation(id, addressed(activity, id, reference), limit());
    });
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.kind !== 'later') return false;
    throw error;
  }
}

/** The SDK's type also demands a first message and a topic, which a chat of two does not have. */
function chatWith(person: Person, reference: Reference): ConversationParameters {
  const parameters: Partial<ConversationParameters> = {
    isGroup: false,
    bot: { id: reference.bot.id, name: reference.bot.name ?? '' },
    members: [{ id: person.teamsId, name: person.name }],
    tenantId: reference.tenantId,
    channelData: { tenant: { id: reference.tenantId } },
  };
  return parameters as ConversationParameters;
}

function cardActivity(card: AdaptiveCardJson, summary: string): Partial<Activity> {
  return { type: 'message', summary, attachments: [CardFactory.adaptiveCard(card)] };
}

function outcomeActivity(request: ContainmentRequest): Partial<Activity> {
  const { text, mentions } = outcomeReply(request);
  return {
    type: 'message',
    text,
    summary: summaryOf(request),
    entities: mentions.map(({ person, text: mention }) => ({
      type: 'mention',
      text: mention,
      mentioned: { id: person.teamsId, name: person.name },
    })),
  };
}

/** The SDK's types ask for every field of an activity; the service fills in the rest. */
function addressed(activity: Partial<Activity>, conversationId: string, reference: Reference): Activity {
  return {
    channelId: 'msteams',
    from: { id: reference.bot.id, name: reference.bot.name ?? '' },
    conversation: { id: conversationId, tenantId: reference.tenantId },
    ...activity,
  } as Activity;
}

/** One time limit over all steps; what has not begun by then does not begin any more. */
async function withinTime<T>(ms: number, work: (limit: Limit) => Promise<T>): Promise<T> {
  const abortSignal = AbortSignal.timeout(ms);
  const limit = () => {
    if (abortSignal.aborted) throw new ChatError('later');
    return { abortSignal };
  };
  return work(limit);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toChatError(error);
  }
}
