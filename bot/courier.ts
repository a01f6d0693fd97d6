import { createHash } from 'node:crypto';
import { type Activity, CardFactory } from 'botbuilder';
import type { PrivateNote } from '../src/containment/event.ts';
import type { Person } from '../src/containment/person.ts';
import { type ContainmentRequest, hasOwnThread, threadOf } from '../src/containment/request.ts';
import type { Handover } from '../src/jobs/handover.ts';
import { type CardLook, type Chat, ChatError } from '../src/jobs/ports.ts';
import type { Cards } from '../src/store/cards.ts';
import type { MessagePriority } from '../src/store/thread-budget.ts';
import type { Alone } from './alone.ts';
import { type Place, type PostParts, addressed, createPost, messageLimit, textActivity } from './post.ts';
import type { AdaptiveCardJson } from './render/card-json.ts';
import { renderDigest } from './render/digest-card.ts';
import type { Mention } from './render/mention.ts';
import { renderRequestCard } from './render/request-card.ts';
import { summaryOf } from './render/summary.ts';
import { type Setup, privateNoteText } from './texts/decisions.ts';
import { outcomeReply } from './texts/outcomes.ts';
import { elsewhereReply } from './texts/elsewhere.ts';
import { boxReply } from './texts/box-news.ts';
import { answerAlone, replyAlone } from './reply-alone.ts';
import { sendToPerson } from './to-person.ts';

interface Parts extends PostParts {
  readonly cards: Pick<Cards, 'activityId'>;
  readonly portalUrl: string;
  readonly setup: Setup;
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

type Sending = (
  place: Place,
  activity: Partial<Activity>,
  priority?: MessagePriority,
  signal?: AbortSignal,
) => Promise<string>;
type Replying = (to: ReplyTo, activity: Partial<Activity>, priority: MessagePriority) => Promise<void>;

/** Sends and edits messages. Cards and text never share a message: Teams splits those and gives no usable id. */
export function createCourier(parts: Parts): Courier {
  const post = createPost(parts);

  const send: Sending = (place, activity, priority = 'urgent', signal = messageLimit(parts)) =>
    post(
      place,
      priority,
      async ({ client, reference, abortSignal }) => {
        const message = addressed(activity, place.thread, reference);
        const sent = await client.conversations.sendToConversation(place.thread, message, { abortSignal });
        if (!sent.id) throw new ChatError('later');
        return sent.id;
      },
      { signal },
    );

  /** Below the card; where that began the thread and somebody deleted it, as a post of its own. */
  const tell = async (request: ContainmentRequest, activity: Partial<Activity>): Promise<void> => {
    const { place } = request;
    const thread = below(place, await parts.cards.activityId(request.id));
    // One limit for both, or somebody else might say it meanwhile.
    const signal = messageLimit(parts);
    try {
      await send({ ...place, thread }, activity, 'urgent', signal);
    } catch (error) {
      const isGone = error instanceof ChatError && error.kind === 'gone';
      if (!isGone || thread === place.thread) throw error;
      await send(place, activity, 'urgent', signal);
    }
  };

  const reply: Replying = async (to, activity, priority) => {
    const { alone } = to;
    if (alone === undefined) await send(to, activity, priority);
    else await replyAlone(parts, post, { to, alone, activity, priority });
  };

  const cardOf = (request: ContainmentRequest, look: CardLook) =>
    cardActivity(renderRequestCard(request, { ...look, portalUrl: parts.portalUrl }), summaryOf(request));

  return {
    picture: (request, look) => fingerprint(cardOf(request, look)),
    sendCard: (request, look) => send(request.place, cardOf(request, look)),
    updateCard: (request, look, activityId, why) => {
      const thread = below(request.place, activityId);
      return post({ ...request.place, thread }, why, async ({ client, reference, abortSignal }) => {
        const activity = { ...addressed(cardOf(request, look), thread, reference), id: activityId };
        await client.conversations.updateActivity(thread, activityId, activity, { abortSignal });
      });
    },
    tellThread: (request) => tell(request, mentioning(request, outcomeReply(request))),
    tellBox: async (request, news, members) => {
      const reply = boxReply(request, news, members);
      if (reply !== undefined) await tell(request, mentioning(request, reply));
    },
    tellElsewhere: (request, news) => tell(request, mentioning(request, elsewhereReply(request, news))),
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
    const signal = messageLimit(parts);
    await sendToPerson(parts, { conversation: request.place.conversation, person, activity, signal });
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.kind !== 'later') return false;
    throw error;
  }
}

function cardActivity(card: AdaptiveCardJson, summary: string): Partial<Activity> {
  return { type: 'message', summary, attachments: [CardFactory.adaptiveCard(card)] };
}

function below(place: ContainmentRequest['place'], activityId: string | undefined): string {
  const isFirst = hasOwnThread(place) && activityId !== undefined;
  return isFirst ? threadOf(place.conversation, activityId) : place.thread;
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
