import { contentOf, isTooBig } from './connector-content.ts';
import type { Departed } from './departed.ts';
import type { JsonAnswer } from './http.ts';
import { asObject, asText } from './http.ts';
import type { ConversationAddress, MessageStore } from './message-store.ts';
import { parseConversationId } from './message-store.ts';
import type { SendLimit } from './send-limit.ts';
import type { Conversation, Person } from './world.ts';
import { botName, botTeamsId, conversations, people, tenantId } from './world.ts';

export interface ConnectorContext {
  readonly messages: MessageStore;
  readonly limit: SendLimit;
  readonly installedIn: ReadonlySet<string>;
  readonly departed: Departed;
}

/** What a path points to: a conversation or thread, and an activity's or member's id. */
export interface Target extends ConversationAddress {
  readonly id: string;
  readonly query: URLSearchParams;
}

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
  const problem = throttled(context, target) ?? tooBig(body);
  if (problem !== undefined) return problem;
  const conversationId = conversation.id;
  if (threadId !== undefined && context.messages.get(conversationId, threadId) === undefined)
    return noActivity;
  if (body['type'] === 'typing') return { status: 202, body: {} };
  const place = { conversationId, from: bot, ...(threadId === undefined ? {} : { threadId }) };
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
  context.messages.update(conversation.id, id, contentOf(body));
  return { status: 200, body: { id } };
}

export const remove: Answering = ({ messages }, { conversation, id }) =>
  messages.remove(conversation.id, id) === undefined ? noActivity : { status: 200, body: {} };

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
    ? { status: 200, body: member(person) }
    : failure(404, 'MemberNotFoundInConversation', 'The member was not found in the conversation.');
};

const bot = { id: botTeamsId, name: botName, isBot: true };
const notFound = failure(404, 'ConversationNotFound', 'Conversation not found.');
const noActivity = failure(404, 'ActivityNotFoundInConversation', 'Activity not found in the conversation.');

function throttled({ limit }: ConnectorContext, { conversation, threadId }: Target): JsonAnswer | undefined {
  const wait = limit.take(`${conversation?.id ?? ''};${threadId ?? ''}`);
  return wait === undefined
    ? undefined
    : { ...failure(429, 'Throttled', 'Too many requests.'), headers: { 'retry-after': String(wait) } };
}

function tooBig(body: Record<string, unknown>): JsonAnswer | undefined {
  return isTooBig(body) ? failure(413, 'MessageSizeTooBig', 'Message size too large.') : undefined;
}

function membersOf(conversation: Conversation, departed: Departed): object[] {
  return people.filter((person) => isMember(person, conversation, departed)).map(member);
}

function isMember(person: Person, conversation: Conversation, departed: Departed): boolean {
  return conversation.members.includes(person.key) && !departed.has(person, conversation);
}

function member(person: Person): object {
  const [givenName = '', surname = ''] = person.name.split(' ');
  return {
    id: person.teamsId,
    name: person.name,
    objectId: person.objectId,
    aadObjectId: person.objectId,
    givenName,
    surname,
    email: person.upn,
    userPrincipalName: person.upn,
    tenantId,
    userRole: 'user',
  };
}

function chatWith(members: unknown): Conversation | undefined {
  const [first] = Array.isArray(members) ? (members as unknown[]) : [];
  const person = personByAnyId(asText(asObject(first)?.['id']));
  return conversations.find(({ kind, members: [only] }) => kind === 'personal' && only === person?.key);
}

function personByAnyId(id: string | undefined): Person | undefined {
  return people.find(({ teamsId, objectId }) => id === teamsId || id === objectId);
}

function failure(status: number, code: string, message: string): JsonAnswer {
  return { status, body: { error: { code, message } } };
}
