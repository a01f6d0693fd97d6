import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallGovernor } from '../../../src/defender/governor.ts';

interface Received {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: Received) => void;

export interface LocalServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers of the next requests, in order; a request beyond them gets 501. */
  expect(...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

/** A real server on loopback that answers as told and remembers what it was asked. */
export async function startServer(): Promise<LocalServer> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    void collect(request).then((seen) => {
      received.push(seen);
      const answer = answers.shift() ?? json(501, { error: { code: 'Unexpected' } });
      answer(response, seen);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    expect: (...more) => void answers.push(...more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function collect(request: IncomingMessage): Promise<Received> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '/', 'http://local'),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    body,
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export const hang: Answer = () => undefined;

export const reset: Answer = (response) => void response.socket?.resetAndDestroy();

/** Sends the headers and half of the body, then cuts the line. */
export function cutInBody(status: number): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => response.socket?.resetAndDestroy());
  };
}

export interface RecordingGovernor extends CallGovernor {
  readonly acquired: Parameters<CallGovernor['acquire']>[0][];
  readonly paused: { readonly kind: string; readonly tenantId: string; readonly ms: number }[];
}

export function generousGovernor(): RecordingGovernor {
  const acquired: RecordingGovernor['acquired'] = [];
  const paused: RecordingGovernor['paused'] = [];
  return {
    acquired,
    paused,
    acquire: (call) => {
      acquired.push(call);
      return Promise.resolve({ granted: true });
    },
    pause: (call, ms) => {
      paused.push({ ...call, ms });
      return Promise.resolve();
    },
  };
}
