import { failure, noActivity } from './connector-failure.ts';
import type { ConnectorContext, Target } from './connector-target.ts';
import type { JsonAnswer } from './http.ts';
import { asObject, asText } from './http.ts';
import { isMember, personByAnyId } from './roster.ts';
import type { Conversation } from './world.ts';

/** Targeted messages: in a channel or group chat, and only one person sees them besides the bot. */

export function isTargeted({ query }: Pick<Target, 'query'>): boolean {
  return query.get('isTargetedActivity') === 'true';
}

export function recipientOf(body: Record<string, unknown>): string | undefined {
  return asText(asObject(body['recipient'])?.['id']);
}

export const badArgument = failure(400, 'BadArgument', 'Bad argument.');

/** What is wrong with the addressee of a new message, if anything. */
export function misdirected(
  context: ConnectorContext,
  target: Target & { conversation: Conversation },
  body: Record<string, unknown>,
): JsonAnswer | undefined {
  const { conversation, threadId, id } = target;
  const find = (messageId: string) => context.messages.get(conversation.id, messageId);
  const root = threadId === undefined ? undefined : find(threadId);
  if (threadId !== undefined && root === undefined) return noActivity;
  if (isTargeted(target)) return targetedProblem(context, conversation, body);
  // Below a message that one person sees there is no place for what all see.
  if (root?.onlyFor !== undefined) return noActivity;
  return find(id)?.onlyFor === undefined ? undefined : badArgument;
}

function targetedProblem(
  { messages, departed }: ConnectorContext,
  conversation: Conversation,
  body: Record<string, unknown>,
): JsonAnswer | undefined {
  const recipient = personByAnyId(recipientOf(body));
  if (conversation.kind === 'personal' || recipient === undefined) return badArgument;
  if (!isMember(recipient, conversation, departed)) return badArgument;
  const about = targetedMessageIds(body).map((id) => messages.get(conversation.id, id));
  return about.every((message) => message?.onlyFor === recipient.teamsId)
    ? undefined
    : failure(400, 'INVALID_TARGETED_MESSAGE_ID', 'The targeted message id is invalid.');
}

/** The prompts that Teams shows above the message. */
function targetedMessageIds({ entities }: Record<string, unknown>): string[] {
  const all: unknown[] = Array.isArray(entities) ? entities : [];
  return all
    .map(asObject)
    .filter((entity) => entity?.['type'] === 'targetedMessageInfo')
    .map((entity) => asText(entity?.['messageId']) ?? '');
}
