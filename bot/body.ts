import restify, { type Next, type Request, type RequestHandler, type Response } from 'restify';
import { forgetBody } from './connections.ts';

/** An activity of Teams is a few kB; restify's own default is no limit at all. */
const maxBodyBytes = 256 * 1024;

/**
 * What stands before a body is read: kind, declared size and the look of the credentials, cheapest first. restify's
 * general body parser also takes forms and files, which it writes to disk for anybody who sends them, and its one for JSON makes
 * an object of whatever anybody sends.
 */
export function bodyText(onRefused: (reason: 'no-token' | 'malformed-token') => void): RequestHandler[] {
  const check = (req: Request, res: Response, next: Next): void => {
    const status = refusalOf(req);
    if (status === undefined) {
      next();
      return;
    }
    if (status === 401) onRefused(req.headers.authorization ? 'malformed-token' : 'no-token');
    // The body is not read but thrown away as it comes, so that whoever still sends it gets the answer.
    res.send(status, { error: words[status] });
    next(false);
  };
  return [check, restify.plugins.bodyReader({ maxBodySize: maxBodyBytes })];
}

export interface Body {
  /** The object that was sent; undefined: no object. */
  readonly read: () => object | undefined;
  /** Nobody asks for it any more. */
  readonly forget: () => void;
}

/**
 * What was sent, until its sender is known: an object may be twenty times as large, and a text twice, on the heap. So both are
 * made only when somebody asks.
 */
export function takeBody(req: Request): Body {
  let sent = typeof req.body === 'string' ? Buffer.from(req.body) : undefined;
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
