import type { Next, Request, RequestHandler, Response } from 'restify';
import { forgetBody } from './connections.ts';

/** An activity of Teams is a few kB. */
const maxBodyBytes = 256 * 1024;

/**
 * What stands before a body is read: kind, declared size and the look of the credentials, cheapest first. Then its bytes as they
 * came: all of restify's own readers make a text of them, three times as large where they are no UTF-8; its parser for JSON makes
 * an object of whatever anybody sends, and the general one writes files to disk. Content-MD5, which those also compare, went out
 * of HTTP with RFC 7231: TLS vouches for the bytes.
 */
export function bodyBytes(onRefused: (reason: 'no-token' | 'malformed-token') => void): RequestHandler[] {
  const check = (req: Request, res: Response, next: Next): void => {
    const status = refusalOf(req);
    if (status === undefined) {
      next();
      return;
    }
    if (status === 401) onRefused(req.headers.authorization ? 'malformed-token' : 'no-token');
    // The body is not read but thrown away as it comes, so that whoever still sends it gets the answer.
    refuse(res, status, next);
  };
  return [check, readBytes];
}

function readBytes(req: Request, res: Response, next: Next): void {
  let pieces: Buffer[] = [];
  let size = 0;
  const over = (): void => {
    for (const event of ['end', 'error', 'close']) req.removeListener(event, over);
    req.removeListener('data', take);
    // Whoever went away before the end gets no turn.
    if (!req.complete) next(false);
    else if (size > maxBodyBytes) refuse(res, 413, next);
    else {
      Object.assign(req, { body: Buffer.concat(pieces) });
      next();
    }
    pieces = [];
  };
  const take = (piece: Buffer): void => {
    size += piece.length;
    // What is too much is thrown away as it comes, like the body of whoever is refused before.
    if (size > maxBodyBytes) pieces = [];
    else pieces.push(piece);
  };
  for (const event of ['end', 'error', 'close']) req.once(event, over);
  req.on('data', take);
}

function refuse(res: Response, status: keyof typeof words, next: Next): void {
  res.send(status, { error: words[status] });
  next(false);
}

export interface Body {
  /** The object that was sent; undefined: no object. */
  readonly read: () => object | undefined;
  /** Nobody asks for it any more. */
  readonly forget: () => void;
}

/**
 * What was sent, until its sender is known: an object may be twenty times as large on the heap, and a text three times. So both
 * are made only when somebody asks.
 */
export function takeBody(req: Request): Body {
  let sent = Buffer.isBuffer(req.body) ? req.body : undefined;
  forgetBody(req);
  return {
    read: () => sent && objectIn(sent),
    forget: () => {
      sent = undefined;
    },
  };
}

function objectIn(sent: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(sent.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const words = { 401: 'not authorized', 413: 'too large', 415: 'only JSON is accepted' } as const;

function refusalOf(req: Request): keyof typeof words | undefined {
  const { authorization } = req.headers;
  const length = Number(req.headers['content-length'] ?? 0);
  const hasBody = length > 0 || req.headers['transfer-encoding'] !== undefined;
  if (hasBody && !isJson(req.headers['content-type'])) return 415;
  if (length > maxBodyBytes) return 413;
  return authorization !== undefined && /^Bearer +\S/i.test(authorization) ? undefined : 401;
}

/** Exactly this type: restify also takes a JSON body for any `…+json`, and none at all for a misspelt one. */
function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
