import { createHash } from 'node:crypto';
import { type Activity, CardFactory, type ConversationParameters } from 'botbuilder';
import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import type { PrivateNote } from '../src/containment/event.ts';
import type { Person } from '../src/containment/person.ts';
import type { ContainmentRequest } from '../src/containment/request.ts';
import type { Handover } from '../src/jobs/handover.ts';
import { type CardLook, type Chat, ChatError } from '../src/jobs/ports.ts';
import type { Conversations } from '../src/store/conversations.ts';
import type { MessagePriority } from '../src/store/thread-budget.ts';
import type { ThreadPacer } from '../src/store/thread-pacer.ts';
import { type Alone, onlyFor, targetedCall } from './alone.ts';
import { toChatError } from './chat-error.ts';
import { sendInTurn } from './in-turn.ts';
import type { AdaptiveCardJson } from './render/card-json.ts';
import { renderDigest } from './render/digest-card.ts';
import type { Mention } from './render/mention.ts';
import { renderRequestCard } from './render/request-card.ts';
import { summaryOf } from './render/summary.ts';
import { type Setup, privateNoteText } from './texts/decisions.ts';
import { outcomeReply } from './texts/outcomes.ts';
import { notAnsweredThere } from './texts/replies.ts';
import { elsewhereReply } from './texts/elsewhere.ts';
import { boxReply } from './texts/box-news.ts';

/** What is kept of a conversation to reach it again. */
const Reference = z.object({
  serviceUrl: z.string(),
  tenantId: z.string(),
  bot: z.object({ id: z.string(), name: z.string().optional() }),
});
type Reference = z.infer<typeof Reference>;

/**
 * For a whole message: waiting for its turn, the bot's token, Teams' answer, all tries. A card is held for longer than that
 * (`src/store/cards.ts`), so that nobody sends it a second time meanwhile.
 */
const messageMs = 10_000;

interface Parts {
  readonly connect: (serviceUrl: string) => Promise<ConnectorClient>;
  readonly conversations: Pick<Conversations, 'find' | 'shutOut'>;
  readonly pacer: ThreadPacer;
  readonly portalUrl: string;
  readonly setup: Setup;
  readonly messageMs?: number;
}

export interface Courier extends Chat {
  /** `urgent` is what nobody would be told again. */
  replyText(to: ReplyTo, text: string, priority?: MessagePriority): Promise<void>;
  replyCard(to: ReplyTo, card: AdaptiveCardJson, summary: string): Promise<void>;
  postHandover(handover: Handover): Promise<void>;
  /** At once and past the database, which may be away. */
  answerAlone(alone: Alone, reference: unknown, text: string): Promise<void>;
}

export interface ReplyTo extends Place {
  /** Then nobody else sees the reply. */
  readonly alone?: Alone | undefined;
}

/** Sends and edits messages. Cards and text never share a message: Teams splits those and gives no usable id. */
export function createCourier(parts: Parts): Courier {
  const post = createPost(parts);

  const send = (
    place: Place,
    activity: Partial<Activity>,
    priority: MessagePriority = 'urgent',
  ): Promise<string> =>
    post(place, priority, async ({ client, reference, abortSignal }) => {
      const sent = await client.conversations.sendToConversation(
        place.thread,
        addressed(activity, place.thread, reference),
        { abortSignal },
      );
      if (!sent.id) throw new ChatError('later');
      return sent.id;
    });

  const reply = async (
    to: ReplyTo,
    activity: Partial<Activity>,
    priority: MessagePriority,
  ): Promise<void> => {
    const { alone } = to;
    if (alone === undefined) await send(to, activity, priority);
    else await replyAlone(parts, post, { to, alone, activity, priority });
  };

  const cardOf = (request: ContainmentRequest, look: CardLook) =>
    cardActivity(renderRequestCard(request, { ...look, portalUrl: parts.portalUrl }), summaryOf(request));

  return {
    picture: (request, look) => fingerprint(cardOf(request, look)),
    sendCard: (request, look) => send(request.place, cardOf(request, look)),
    updateCard: (request, look, activityId, why) =>
      post(request.place, why, async ({ client, reference, abortSignal }) => {
        const { thread } = request.place;
        const activity = { ...addressed(cardOf(request, look), thread, reference), id: activityId };
        await client.conversations.updateActivity(thread, activityId, activity, { abortSignal });
      }),
    tellThread: async (request) => {
      await send(request.place, mentioning(request, outcomeReply(request)));
    },
    tellBox: async (request, news, members) => {
      const reply = boxReply(request, news, members);
      if (reply !== undefined) await send(request.place, mentioning(request, reply));
    },
    tellElsewhere: async (request, news) => {
      await send(request.place, mentioning(request, elsewhereReply(request, news)));
    },
    tellPerson: (request, person, note) => tellPerson(parts, { request, person, note }),
    replyText: (to, text, priority = 'reply') => reply(to, textActivity(text), priority),
    replyCard: (to, card, summary) => reply(to, cardActivity(card, summary), 'reply'),
    answerAlone: (alone, reference, text) => answerAlone(parts, { alone, reference, text }),
    postHandover: async ({ here: { conversation }, digest, times }) => {
      const { card, summary } = renderDigest(digest, times);
      await send({ conversation, thread: conversation }, cardActivity(card, summary));
    },
  };
}

interface Place {
  readonly conversation: string;
  readonly thread: string;
}

interface Way {
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

type Post = <T>(
  place: Place,
  priority: MessagePriority,
  call: (way: Way) => Promise<T>,
  how?: Posted,
) => Promise<T>;

/** To the conversation of a request or command. Where the bot is shut out is noted, and not tried again. */
function createPost(parts: Parts): Post {
  return async ({ conversation, thread }, priority, call, how = {}) => {
    const abortSignal = how.signal ?? AbortSignal.timeout(parts.messageMs ?? messageMs);
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

async function referenceOf(parts: Parts, conversation: string): Promise<Reference> {
  const known = await parts.conversations.find(conversation);
  const reference = Reference.safeParse(known?.reference);
  if (!reference.success) throw new ChatError('gone');
  if (known?.left === true) throw new ChatError('left');
  return reference.data;
}

/** One time limit over all steps; what has not begun by then does not begin any more. */
async function wayTo(parts: Parts, reference: Reference, abortSignal: AbortSignal): Promise<Way> {
  const client = await parts.connect(reference.serviceUrl);
  if (abortSignal.aborted) throw new ChatError('later');
  return { client, reference, abortSignal };
}

interface AloneReply {
  readonly to: ReplyTo;
  readonly alone: Alone;
  readonly activity: Partial<Activity>;
  readonly priority: MessagePriority;
}

/** Where Teams will not show a message to one person only, they get it in their own chat with the bot. */
async function replyAlone(
  parts: Parts,
  post: Post,
  { to, alone, activity, priority }: AloneReply,
): Promise<void> {
  const signal = AbortSignal.timeout(parts.messageMs ?? messageMs);
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

function answerAlone(parts: Parts, { alone, reference, text }: AloneText): Promise<void> {
  return guarded(async () => {
    const signal = AbortSignal.timeout(parts.messageMs ?? messageMs);
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

interface PrivateMessage {
  readonly request: ContainmentRequest;
  readonly person: Person;
  readonly note: PrivateNote;
}

/**
 * A message in the person's own chat with the bot; not everybody has installed it there, which says nothing about the
 * conversation of the request.
 */
async function tellPerson(parts: Parts, { request, person, note }: PrivateMessage): Promise<boolean> {
  const activity = textActivity(privateNoteText(note, request, parts.setup));
  try {
    const signal = AbortSignal.timeout(parts.messageMs ?? messageMs);
    await sendToPerson(parts, { conversation: request.place.conversation, person, activity, signal });
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.kind !== 'later') return false;
    throw error;
  }
}

type Addressee = Pick<Person, 'teamsId' | 'name'>;

interface ToPerson {
  /** In which the bot has met them. */
  readonly conversation: string;
  readonly person: Addressee;
  readonly activity: Partial<Activity>;
  readonly signal: AbortSignal;
}

async function sendToPerson(
  parts: Parts,
  { conversation, person, activity, signal }: ToPerson,
): Promise<void> {
  const reference = await referenceOf(parts, conversation);
  const thread = await guarded(async () => {
    const { client } = await wayTo(parts, reference, signal);
    const chat = chatWith(person, reference);
    return (await client.conversations.createConversation(chat, { abortSignal: signal })).id;
  });
  const message = addressed(activity, thread, reference);
  const send = () =>
    guarded(async () => {
      const { client } = await wayTo(parts, reference, signal);
      return client.conversations.sendToConversation(thread, message, { abortSignal: signal });
    });
  await sendInTurn(parts.pacer, { thread, priority: 'urgent', send, signal });
}

/** The SDK's type also demands a first message and a topic, which a chat of two does not have. */
function chatWith(person: Addressee, reference: Reference): ConversationParameters {
  const parameters: Partial<ConversationParameters> = {
    isGroup: false,
    bot: { id: reference.bot.id, name: reference.bot.name ?? '' },
    members: [{ id: person.teamsId, name: person.name }],
    tenantId: reference.tenantId,
    channelData: { tenant: { id: reference.tenantId } },
  };
  return parameters as ConversationParameters;
}

function textActivity(text: string): Partial<Activity> {
  return { type: 'message', text, textFormat: 'plain' };
}

function cardActivity(card: AdaptiveCardJson, summary: string): Partial<Activity> {
  return { type: 'message', summary, attachments: [CardFactory.adaptiveCard(card)] };
}

function fingerprint(activity: Partial<Activity>): string {
  return createHash('sha256').update(JSON.stringify(activity)).digest('base64url');
}

function mentioning(
  request: ContainmentRequest,
  { text, mentions }: { readonly text: string; readonly mentions: readonly Mention[] },
): Partial<Activity> {
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

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toChatError(error);
  }
}
