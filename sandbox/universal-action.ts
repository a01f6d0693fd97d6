import type { CardAction } from './activities.ts';
import type { Delivered } from './delivery.ts';
import type { FaultState } from './faults.ts';
import { asObject, asText } from './http.ts';
import type { Conversation } from './world.ts';

export interface Login {
  readonly text: string;
  readonly title: string;
  readonly link: string;
}

/** What a bot answers to a pressed button, as the client gets it. */
export interface InvokeAnswer {
  readonly statusCode: number;
  readonly type: string;
  readonly value: unknown;
  /** Present when the person must press a sign-in button and type six digits back. */
  readonly login?: Login;
}

const errorType = 'application/vnd.microsoft.error';
const loginType = 'application/vnd.microsoft.activity.loginRequest';

/**
 * The client's half of a Universal Action: press; where the bot asks for a login, trade a token silently
 * if Teams can do so there; if not, or if the bot cannot use that token, leave it to the button.
 */
export async function runUniversalAction(
  action: CardAction,
  send: (action: CardAction) => Promise<Delivered>,
  silentToken: (() => Promise<string>) | undefined,
): Promise<InvokeAnswer> {
  const first = answerOf(await send(action));
  if (first.type !== loginType) return first;
  const value = asObject(first.value) ?? {};
  const connectionName = asText(value['connectionName']) ?? '';
  const resource = asObject(value['tokenExchangeResource']);
  if (connectionName === '') return failure(400, 'Unexpected response type for Status Code: 401');
  const id = asText(resource?.['id']);
  if (silentToken === undefined || id === undefined || action.state !== undefined) return withLogin(first);
  const token = await silentToken();
  const second = answerOf(await send({ ...action, authentication: { id, connectionName, token } }));
  if (second.statusCode === 412) return withLogin(first);
  return second.type === loginType ? withLogin(second) : second;
}

/** Real Teams exchanges silently in 1:1 and group chats; in channels people report that it does not. */
export function isSilentHere(conversation: Conversation, { silentSignIn }: FaultState): boolean {
  if (silentSignIn !== 'as-teams') return silentSignIn === 'always';
  return conversation.kind !== 'channel';
}

function withLogin(answer: InvokeAnswer): InvokeAnswer {
  const value = asObject(answer.value) ?? {};
  const [button] = Array.isArray(value['buttons']) ? (value['buttons'] as unknown[]) : [];
  const { title, value: link } = asObject(button) ?? {};
  if (typeof link !== 'string') return answer;
  return {
    ...answer,
    login: { text: asText(value['text']) ?? 'Please sign in', title: asText(title) ?? 'Sign in', link },
  };
}

/** A client that gets no answer, or none it can read, says that the app cannot be reached. */
function answerOf({ status, body }: Delivered): InvokeAnswer {
  if (status === undefined) return failure(504, 'The app did not answer in time.');
  const statusCode = body?.['statusCode'];
  const type = asText(body?.['type']);
  if (status !== 200 || typeof statusCode !== 'number' || type === undefined) {
    return failure(status === 200 ? 502 : status, 'Unable to reach the app. Please try again.');
  }
  return { statusCode, type, value: body?.['value'] };
}

function failure(statusCode: number, message: string): InvokeAnswer {
  return { statusCode, type: errorType, value: { code: String(statusCode), message } };
}
