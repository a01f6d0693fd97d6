import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Tls } from './tls.ts';

/** Larger than any message that Teams would carry; protects the sandbox from a runaway client. */
const bodyLimitBytes = 2_000_000;

/** A listening loopback port whose handler is put in later: services need each other's addresses. */
export interface Port {
  readonly origin: string;
  readonly number: number;
  serve(handler: RequestListener): void;
  close(): Promise<void>;
}

export async function openTlsPort(tls: Tls): Promise<Port> {
  let handler: RequestListener = notYet;
  const server = createHttpsServer({ cert: tls.cert, key: tls.key }, (req, res) => handler(req, res));
  const number = await listen(server, 0);
  return {
    origin: `https://localhost:${number}`,
    number,
    serve: (next) => (handler = next),
    close: () => closeServer(server),
  };
}

/** Takes the wanted port, or a free one when that is busy. */
export async function openPlainPort(wanted = 0): Promise<Port> {
  let handler: RequestListener = notYet;
  const server = createHttpServer((req, res) => handler(req, res));
  const number = await listen(server, wanted).catch(() => listen(server, 0));
  return {
    origin: `http://127.0.0.1:${number}`,
    number,
    serve: (next) => (handler = next),
    close: () => closeServer(server),
  };
}

export async function readText(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > bodyLimitBytes) throw new Error('The body is too large for the sandbox.');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The JSON object of a body, or undefined for anything else. */
export async function readObject(req: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  return parseObject(await readText(req));
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendJson(res: ServerResponse, answer: JsonAnswer): void {
  if (res.writableEnded || res.destroyed) return;
  res.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...answer.headers,
  });
  res.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
}

export function urlOf(req: IncomingMessage): URL {
  return new URL(req.url ?? '/', 'http://sandbox.invalid');
}

export function bearerOf(req: IncomingMessage): string | undefined {
  const header = req.headers.authorization ?? '';
  return header.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
}

function notYet(_req: IncomingMessage, res: ServerResponse): void {
  sendJson(res, { status: 503 });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Keep-alive connections of the bot would otherwise hold the port open for minutes.
    server.closeAllConnections();
  });
}
