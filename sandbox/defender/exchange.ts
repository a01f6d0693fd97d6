import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultAction } from '../faults.ts';
import type { Wire } from '../wire.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './caller.ts';
import type { Answer } from './operations.ts';
import { operationOf, rulesOf } from './routes.ts';
import type { Operation } from './routes.ts';

/** One call on its way through: where it goes, how it is answered, and what the wire log will say of it. */
export interface Exchange {
  readonly res: ServerResponse;
  readonly url: URL;
  /** Undefined for what this API has not got. */
  readonly operation: Operation | undefined;
  readonly contentType: string | undefined;
  note(facts: Noted): void;
  /** Sends what `work` answers or refuses; anything unforeseen is a 500 without a word about the inside. */
  finish(work: () => Answer): void;
}

interface Noted {
  readonly caller: Caller;
  readonly body: string | undefined;
  readonly fault: FaultAction | undefined;
}

export function exchangeOver(req: IncomingMessage, res: ServerResponse, wire: Wire): Exchange {
  const url = addressOf(req);
  const operation = operationOf(req.method, url.pathname);
  const startedAt = performance.now();
  let noted: Noted | undefined;
  let answered: unknown;
  // 'close' comes in every case, also when the line was cut before or instead of an answer.
  res.once('close', () => {
    wire.record({
      from: 'bot',
      to: 'defender',
      what: operation === undefined ? `${req.method ?? ''} ${url.pathname}` : rulesOf[operation.name].what,
      ...(noted === undefined ? {} : { as: noted.caller.label }),
      ...(res.writableFinished ? { status: res.statusCode } : {}),
      ms: Math.round(performance.now() - startedAt),
      detail: {
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        request: shown(noted?.body),
        fault: noted?.fault?.kind,
        response: summary(answered),
      },
    });
  });
  return {
    res,
    url,
    operation,
    contentType: req.headers['content-type'],
    note: (facts) => {
      noted = facts;
    },
    finish: (work) => {
      if (res.headersSent) return;
      const { status, body, headers } = outcome(work);
      answered = body;
      res.writeHead(status, { 'content-type': 'application/json; odata.metadata=minimal', ...headers });
      res.end(JSON.stringify(body));
    },
  };
}

/** The address as the caller wrote it: next-page links must lead back to the same host. */
function addressOf(req: IncomingMessage): URL {
  const scheme = 'encrypted' in req.socket ? 'https' : 'http';
  const base = `${scheme}://${req.headers.host ?? 'localhost'}`;
  return URL.parse(req.url ?? '/', base) ?? new URL('http://localhost/');
}

interface Outcome extends Answer {
  readonly headers?: Readonly<Record<string, string>>;
}

function outcome(work: () => Answer): Outcome {
  try {
    return work();
  } catch (error) {
    const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalServerError', '');
    return { status: refusal.status, body: refusal.body(), headers: refusal.headers };
  }
}

function shown(body: string | undefined): unknown {
  try {
    return body === undefined || body === '' ? undefined : JSON.parse(body);
  } catch {
    return body;
  }
}

const shownEntries = 10;

/** A list is shown by its first entries: the panel is for people. */
function summary(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('value' in body) || !Array.isArray(body.value))
    return body;
  return { ...body, entries: body.value.length, value: body.value.slice(0, shownEntries) as unknown };
}
