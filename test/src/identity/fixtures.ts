import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { Clock } from '../../../src/platform/clock.ts';

export const APP_ID = '22222222-2222-4222-8222-222222222222';
export const TENANT = '11111111-1111-4111-8111-11111111aaaa';
export const OTHER_TENANT = '99999999-9999-4999-8999-999999999999';
export const ALEX = '33333333-3333-4333-8333-33333333bbbb';
/** MSAL refuses plain http; requests to this host are led to the local server by an injected fetch. */
export const AUTHORITY_HOST = 'https://login.example.test';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Objects are sent as JSON, text as it is. */
  readonly body?: unknown;
}

/** `hang` keeps the request open until the server is closed. */
export type Answer = (request: Seen) => Reply | 'hang' | 'reset' | Promise<Reply>;

export interface TestServer {
  readonly url: string;
  readonly host: string;
  readonly seen: Seen[];
  answer: Answer;
  close(): Promise<void>;
}

export async function startServer(answer: Answer): Promise<TestServer> {
  const seen: Seen[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
      const call: Seen = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(call);
      void Promise.resolve(server.answer(call)).then((reply) => {
        if (reply === 'hang') return;
        if (reply === 'reset') return void request.socket.destroy();
        const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
        response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
        response.end(text);
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const server: TestServer = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    seen,
    answer,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

/** Leads every https request to the local server, path and query unchanged. */
export function fetchVia(server: TestServer): typeof fetch {
  return (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input);
    return fetch(`${server.url}${address.pathname}${address.search}`, init);
  };
}

export interface Signer {
  readonly jwk: Record<string, unknown>;
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
}

export async function createSigner(kid: string, extra: Record<string, unknown> = {}): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', ...extra };
  return {
    jwk,
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header }).sign(privateKey),
  };
}

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function createTestClock(start = new Date('2026-11-23T03:00:00Z')): TestClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance: (ms) => {
      time += ms;
    },
  };
}

export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** A token that only looks like one; nobody verifies it. */
export function unsigned(claims: Record<string, unknown>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}
