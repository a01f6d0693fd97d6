import type { AdaptiveCardJson } from './render/card-json.ts';
import type { SignInResource } from './token-service.ts';

/** The body of an answer to `adaptiveCard/action`; HTTP is 200 always, the protocol's own code is inside. */
export interface InvokeAnswer {
  readonly statusCode: 200 | 400 | 401 | 412 | 500;
  readonly type: string;
  readonly value: unknown;
  /** For us alone: the id of a message that is needless once this answer has arrived, see `toldHere`. */
  readonly noteId?: string | undefined;
  /** The same of a press for several devices. */
  readonly noteIds?: readonly string[] | undefined;
}

/** Calls back when the whole answer has left this process; never when its caller is gone by then. */
export type OnceAnswered = (then: () => void) => void;

export function cardAnswer(card: AdaptiveCardJson): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card };
}

/** Shown to the clicker alone. */
export function messageAnswer(text: string): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text };
}

export function badRequestAnswer(code: string, message: string): InvokeAnswer {
  return { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code, message } };
}

/** The SSO token could not be used: the client falls back to the sign-in button. */
export function preconditionFailedAnswer(message: string): InvokeAnswer {
  return {
    statusCode: 412,
    type: 'application/vnd.microsoft.error.preconditionFailed',
    value: { code: 'PreconditionFailed', message },
  };
}

export function wrongCodeAnswer(): InvokeAnswer {
  return { statusCode: 401, type: 'application/vnd.microsoft.error.incorrectAuthCode', value: null };
}

export function loginAnswer(login: {
  text: string;
  buttonTitle: string;
  connectionName: string;
  resource: SignInResource;
}): InvokeAnswer {
  const { tokenExchangeResource } = login.resource;
  return {
    statusCode: 401,
    type: 'application/vnd.microsoft.activity.loginRequest',
    value: {
      text: login.text,
      connectionName: login.connectionName,
      ...(tokenExchangeResource ? { tokenExchangeResource } : {}),
      buttons: [{ type: 'signin', title: login.buttonTitle, value: login.resource.signInLink }],
    },
  };
}
