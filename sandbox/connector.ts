import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { applyFault } from './apply-fault.ts';
import type { ConnectorContext, Target } from './connector-target.ts';
import { operations } from './connector-routes.ts';
import { type Departed, createDeparted } from './departed.ts';
import type { Entra } from './entra.ts';
import type { Faults } from './faults.ts';
import type { JsonAnswer } from './http.ts';
import { bearerOf, parseObject, readText, sendJson, urlOf } from './http.ts';
import type { MessageStore } from './message-store.ts';
import { parseConversationId } from './message-store.ts';
import type { SendLimit } from './send-limit.ts';
import { createSendLimit } from './send-limit.ts';
import { recordCall } from './wire-call.ts';
import type { Wire } from './wire.ts';
import { conversations } from './world.ts';

/** The region's part of a service URL; the real ones have such a path and a slash at the end. */
export const connectorPath = '/teams/';

export interface ConnectorOptions {
  readonly entra: Entra;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly messages: MessageStore;
  readonly now?: () => number;
}

/** The simulated Bot Connector: what the bot calls to speak in Teams. */
export interface Connector {
  readonly handle: RequestListener;
  readonly limit: SendLimit;
  /** Conversations the app is installed in; in others it is refused, as Teams does. */
  readonly installedIn: Set<string>;
  /** Whom the rosters do not list any more. */
  readonly departed: Departed;
}

export function createConnector(options: ConnectorOptions): Connector {
  const { entra, faults, wire, messages, now = Date.now } = options;
  const limit = createSendLimit(now);
  const installedIn = new Set(conversations.map(({ id }) => id));
  const departed = createDeparted();
  const context: ConnectorContext = { messages, limit, installedIn, departed };
  return {
    limit,
    installedIn,
    departed,
    handle: (req, res) => void serve(req, res),
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const found = find(req);
    const text = await readText(req).catch(() => '');
    const body = parseObject(text);
    if (found === undefined) {
      sendJson(res, failure(404, 'NotFound', 'There is no such operation.'));
      return;
    }
    const { operation, target } = found;
    const note = recordCall(wire, res, {
      from: 'bot',
      to: 'teams',
      what: operation.what,
      as: 'Cordon (app)',
    });
    note.detail = detailOf(target, body);
    if (!(await entra.isBotToken(bearerOf(req)))) {
      sendJson(res, failure(401, 'Unauthorized', 'Authorization has been denied for this request.'));
      return;
    }
    const said = (): string => `${target.threadId ?? ''} ${text}`;
    const fault = operation.fault === undefined ? undefined : faults.take(operation.fault, said);
    applyFault(fault, res, () => sendJson(res, operation.answer(context, target, body ?? {})));
  }
}

function find(req: IncomingMessage): { operation: (typeof operations)[number]; target: Target } | undefined {
  const url = urlOf(req);
  const path = url.pathname.replaceAll(/\/+/g, '/').replace(connectorPath, '/');
  for (const operation of operations) {
    const match = operation.method === req.method ? operation.path.exec(path) : null;
    if (match === null) continue;
    const [, conversation = '', last = ''] = match.map((part) => safelyDecoded(part));
    return { operation, target: { ...parseConversationId(conversation), id: last, query: url.searchParams } };
  }
  return undefined;
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function detailOf({ conversation, threadId }: Target, body: Record<string, unknown> | undefined): object {
  return {
    ...(conversation === undefined ? {} : { conversation: conversation.name }),
    ...(threadId === undefined ? {} : { thread: threadId }),
    ...(body === undefined ? {} : { body }),
  };
}

function failure(status: number, code: string, message: string): JsonAnswer {
  return { status, body: { error: { code, message } } };
}
