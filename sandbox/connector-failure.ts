import type { JsonAnswer } from './http.ts';

export function failure(status: number, code: string, message: string): JsonAnswer {
  return { status, body: { error: { code, message } } };
}

export const notFound = failure(404, 'ConversationNotFound', 'Conversation not found.');
export const noActivity = failure(
  404,
  'ActivityNotFoundInConversation',
  'Activity not found in the conversation.',
);
