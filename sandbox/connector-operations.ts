import type { ConnectorContext, Target } from './connector-target.ts';
import { contentOf, isTooBig } from './connector-content.ts';
import { failure, noActivity, notFound } from './connector-failure.ts';
import type { JsonAnswer } from './http.ts';
import { asObject, asText } from './http.ts';
import { parseConversationId } from './message-store.ts';
import { isMember, membersOf, personByAnyId, rosterEntry } from './roster.ts';
import { badArgument, isTargeted, misdirected, recipientOf } from './targeted.ts';
import type { Conversation } from './world.ts';
import { botName, botTeamsId, conversations } from './world.ts';

export type Answer = (context: ConnectorContext, target: Target, body: Record<string, unknown>) => JsonAnswer;

type Answering = (
  context: ConnectorContext,
  target: Target & { readonly conversation: Conversation },
  body: Record<string, unknown>,
) => JsonAnswer;

/** For operations on a conversation: it must exist and the app be installed in it. */
export function inConversation(answer: Answering): Answer {
  return (context, target, body) => {
    const { conversation } = target;
    if (conversation === undefined) return notFound;
    return context.installedIn.has(conversation.id)
      ? answer(context, { ...target, conversation }, body)
      : failure(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
  };
}

/** A new thread in a channel, or the 1:1 chat with a person; with its first message when one is given. */
export function create(context: ConnectorContext, target: Target, body: Record<string, unknown>): JsonAnswer {
  const channel = asText(asObject(asObject(body['channelData'])?.['channel'])?.['id']);
  const conversation =
    channel === undefined ? chatWith(body['members']) : parseConversationId(channel).conversation;
  return inConversation(createIn)(context, { ...target, conversation }, body);
}

function createIn(
  { messages }: ConnectorContext,
  { conversation }: { conversation: Conversation },
  body: Record<string, unknown>,
): JsonAnswer {
  const activity = asObject(body['activity']);
  const isChannel = conversation.kind === 'channel';
  if (activity === undefined && !isChannel) return { status: 201, body: { id: conversation.id } };
  const message = messages.add({ conversationId: conversation.id, from: bot, ...contentOf(activity ?? {}) });
  const id = isChannel ? `${conversation.id};messageid=${message.id}` : conversation.id;
  return { status: 201, body: { id, activityId: message.id } };
}

export function send(
  context: ConnectorContext,
  target: Target & { conversation: Conversation },
  body: Record<string, unknown>,
): JsonAnswer {
  const { conversation, threadId } = target;
  const problem = throttled(context, target) ?? tooBig(body) ?? misdirected(context, target, body);
  if (problem !== undefined) return problem;
  const conversationId = conversation.id;
  if (body['type'] === 'typing') return { status: 202, body: {} };
  const whom = isTargeted(target) ? { onlyFor: recipientOf(body) ?? '' } : {};
  const place = { conversationId, from: bot, ...(threadId === undefined ? {} : { threadId }), ...whom };
  const { card, ...words } = contentOf(body);
  if (card === undefined || words.text === undefined) {
    const { id } = context.messages.add({ ...place, ...words, ...(card === undefined ? {} : { card }) });
    return { status: 201, body: { id } };
  }
  // Teams makes two messages of it and names neither: nobody can update such a card later.
  context.messages.add({ ...place, ...words });
  context.messages.add({ ...place, card });
  return { status: 201, body: {} };
}

export function update(
  context: ConnectorContext,
  target: Target & { conversation: Conversation },
  body: Record<string, unknown>,
): JsonAnswer {
  const { conversation, id } = target;
  const problem = throttled(context, target) ?? tooBig(body);
  if (problem !== undefined) return problem;
  const old = context.messages.get(conversation.id, id);
  if (old === undefined) return noActivity;
  if (!old.from.isBot) return failure(403, 'NotEnoughPermissions', 'Only own messages can be updated.');
  const isForOne = old.onlyFor !== undefined;
  if (isForOne !== isTargeted(target) || (isForOne && recipientOf(body) !== undefined)) return badArgument;
  context.messages.update(conversation.id, id, contentOf(body));
  return { status: 200, body: { id } };
}

export const remove: Answering = ({ messages }, target) => {
  const { conversation, id } = target;
  const old = messages.get(conversation.id, id);
  if (old !== undefined && (old.onlyFor !== undefined) !== isTargeted(target)) return badArgument;
  return messages.remove(conversation.id, id) === undefined ? noActivity : { status: 200, body: {} };
};

export const listMembers: Answering = ({ departed }, { conversation }) => ({
  status: 200,
  body: membersOf(conversation, departed),
});

export const pagedMembers: Answering = ({ departed }, { conversation, query }) => {
  const start = Number(query.get('continuationToken') ?? 0);
  // Real pages have at least 50; smaller ones are allowed here, so that a second page can be seen.
  const size = Math.max(1, Number(query.get('pageSize') ?? 200));
  const all = membersOf(conversation, departed);
  const next = start + size < all.length ? { continuationToken: String(start + size) } : {};
  return { status: 200, body: { members: all.slice(start, start + size), ...next } };
};

export const oneMember: Answering = ({ departed }, { conversation, id }) => {
  const person = personByAnyId(id);
  return person !== undefined && isMember(person, conversation, departed)
    ? { status: 200, body: rosterEntry(person) }
    : failure(404, 'MemberNotFoundInConversation', 'The member was not found in the conversation.');
};

const bot = { id: botTeamsId, name: botName, isBot: true };

function throttled({ limit }: ConnectorContext, { conversation, threadId }: Target): JsonAnswer | undefined {
  const wait = limit.take(`${conversation?.id ?? ''};${threadId ?? ''}`);
  return wait === undefined
    ? undefined
    : { ...failure(429, 'Throttled', 'Too many requests.'), headers: { 'retry-after': String(wait) } };
}

function tooBig(body: Record<string, unknown>): JsonAnswer | undefined {
  return isTooBig(body) ? failure(413, 'MessageSizeTooBig', 'Message size too large.') : undefined;
}

function chatWith(members: unknown): Conversation | undefined {
  const [first] = Array.isArray(members) ? (members as unknown[]) : [];
  const person = personByAnyId(asText(asObject(first)?.['id']));
  return conversations.find(({ kind, members: [only] }) => kind === 'personal' && only === person?.key);
}
