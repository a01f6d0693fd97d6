import type { Server as HttpServer } from 'node:http';
import type { Activity } from 'botbuilder';
import restify, { type Request, type Response, type Server } from 'restify';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { TeamsAdapter } from './adapter.ts';
import type { OnceAnswered } from './answers.ts';
import type { InboundAuthentication, InboundOutcome } from './authentication.ts';
import { jsonBody } from './body.ts';
import type { CordonBot } from './bot.ts';
import { Inbound } from './inbound.ts';
import { type PageParts, servePages } from './pages/routes.ts';
import { withinTime } from './within-time.ts';

export interface ServerParts {
  readonly adapter: Pick<TeamsAdapter, 'deliver'>;
  readonly bot: Pick<CordonBot, 'receive'>;
  readonly authentication: Pick<InboundAuthentication, 'authenticate'>;
  /** Names what is not ready; empty when all is well. `paused` is no fault: an administrator wants it so. */
  readonly readiness: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
  /** False when `/metrics` has a listener of its own. */
  readonly metricsHere: boolean;
  /** Undefined without `PUBLIC_URL`. */
  readonly pages?: { readonly basePath: string; readonly parts: PageParts } | undefined;
  readonly log: Log;
  readonly limits?: ConnectionLimits;
}

export interface ConnectionLimits {
  /** From the beginning of a request, or of the connection, to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** How often connections are looked at: they end so much later at most. */
  readonly checkMs: number;
  /** Without a byte in or out: also of somebody who does not read. Longer than any page may take. */
  readonly idleMs: number;
  readonly connections: number;
}

/**
 * Keys that have to be fetched first may not come at all; after this long there is no time left for a press in the
 * 5 s. Whoever comes next finds them fetched.
 */
const authenticateWithinMs = 4_000;
/** Teams sends a few kB at once and gives up after 15 s itself. */
const usualLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  checkMs: 1_000,
  idleMs: 60_000,
  // Some 20 kB each, and 2 MB for a moment of whoever sends all at once. Bot Framework keeps a few dozen open; more in front of
  // the process is a gateway's work.
  connections: 300,
};

export function createServer(parts: ServerParts): Server {
  const server = restify.createServer({ name: 'cordon' });
  const arrivals = new WeakMap<Request, number>();
  boundConnections(server.server, parts.limits ?? usualLimits);
  boundUnanswered(server);
  refuseUnreadableAddress(server);
  server.pre((req, _res, next) => {
    arrivals.set(req, performance.now());
    next();
  });
  // Both restify lines crash on a body that only claims to be compressed; nothing of Teams comes compressed.
  server.pre((req, res, next) => {
    if (req.headers['content-encoding'] === undefined) next();
    else refuse(res, { status: 415, error: 'content encodings are not accepted' }, next);
  });
  server.on('restifyError', (_req: Request, res: Response, error: unknown, done: () => void) => {
    hideInside(res, error);
    done();
  });
  server.get('/healthz', (_req, res, next) => {
    res.send(200, { status: 'ok' });
    next();
  });
  server.get('/readyz', (_req, res, next) => {
    void parts.readiness().then((names) => {
      const missing = names.filter((name) => name !== 'paused');
      const ready = missing.length === 0;
      const paused = names.includes('paused') ? { paused: true } : {};
      res.send(ready ? 200 : 503, { ready, missing, ...paused });
      next();
    });
  });
  if (parts.metricsHere) serveMetrics(server, parts.metrics);
  if (parts.pages !== undefined) servePages(server, parts.pages.basePath, parts.pages.parts);
  server.post(
    '/api/messages',
    ...jsonBody((reason) => countRefusal(parts, { status: 401, reason })),
    (req: Request, res: Response, next: (error?: unknown) => void) => {
      const arrivedAt = arrivals.get(req) ?? performance.now();
      receive(parts, { req, arrivedAt }, res).then(
        () => next(false),
        (error: unknown) => {
          parts.log.error({ err: error }, 'a turn failed');
          if (!res.headersSent) res.send(500, { error: 'internal' });
          next(false);
        },
      );
    },
  );
  return server;
}

export function createMetricsServer(metrics: Metrics): Server {
  const server = restify.createServer({ name: 'cordon-metrics' });
  boundConnections(server.server, usualLimits);
  boundUnanswered(server);
  refuseUnreadableAddress(server);
  serveMetrics(server, metrics);
  return server;
}

function serveMetrics(server: Server, metrics: Metrics): void {
  server.get('/metrics', (_req, res, next) => {
    void metrics.text().then((text) => {
      res.setHeader('content-type', metrics.contentType);
      res.sendRaw(200, text);
      next();
    });
  });
}

interface Arrived {
  readonly req: Request;
  /** By the process's monotonic clock; all that is due within a time is due from here on. */
  readonly arrivedAt: number;
}

async function receive(parts: ServerParts, { req, arrivedAt }: Arrived, res: Response): Promise<void> {
  const body: unknown = req.body;
  if (!isObject(body)) {
    res.send(400, { error: 'expected a JSON object' });
    return;
  }
  const outcome = await withinTime<InboundOutcome, Refused>(
    parts.authentication.authenticate({ authorizationHeader: req.headers.authorization, activity: body }),
    authenticateWithinMs - (performance.now() - arrivedAt),
    { ok: false, status: 503, reason: 'too-slow' },
  );
  if (!outcome.ok) {
    countRefusal(parts, outcome);
    res.send(outcome.status, { error: outcome.status === 503 ? 'try again' : 'not authorized' });
    return;
  }
  const parsed = Inbound.safeParse(body);
  if (!parsed.success) {
    parts.metrics.activities.inc({ kind: 'malformed', outcome: 'refused' });
    res.send(400, { error: 'not an activity' });
    return;
  }
  await deliver(parts, { activity: toActivity(body, outcome.tenantId), arrivedAt }, res);
}

interface Refused {
  readonly ok: false;
  readonly status: number;
  /** Fixed words for the log and the counter. */
  readonly reason: string;
}

function countRefusal(parts: ServerParts, { status, reason }: Omit<Refused, 'ok'>): void {
  parts.metrics.activities.inc({ kind: 'refused', outcome: reason });
  parts.log.info({ reason, status }, 'refused an inbound request');
}

async function deliver(
  parts: ServerParts,
  { activity, arrivedAt }: { readonly activity: Activity; readonly arrivedAt: number },
  res: Response,
): Promise<void> {
  const onceAnswered: OnceAnswered = (then) => void res.once('finish', then);
  const answer = await parts.adapter.deliver(activity, (context) =>
    parts.bot.receive(context, arrivedAt, onceAnswered),
  );
  parts.metrics.activities.inc({ kind: kindOf(activity), outcome: 'handled' });
  if (answer === undefined) res.send(200);
  else res.send(answer.status, answer.body);
}

const knownKinds = new Set([
  'message',
  'invoke',
  'conversationUpdate',
  'installationUpdate',
  'messageUpdate',
]);

function kindOf(activity: Activity): string {
  return knownKinds.has(activity.type) ? activity.type : 'other';
}

/** The authenticated tenant replaces whatever the body says, and replies are never collected in the HTTP answer. */
function toActivity(body: object, tenantId: string): Activity {
  const activity = { ...body } as Activity;
  return {
    ...activity,
    conversation: { ...activity.conversation, tenantId },
    deliveryMode: 'normal',
  };
}

/** restify has it, its types have not: asked first of all, `false` ends the request. */
type WithFirst = Server & { first(handler: (req: Request, res: Response) => boolean): void };

/** Nobody who means well sends more on one connection without waiting for an answer. */
const mostUnanswered = 10;

/** A question is in memory until it is answered, and an answer until somebody reads it. */
function boundUnanswered(server: Server): void {
  const unanswered = new WeakMap<Request['socket'], number>();
  (server as WithFirst).first(({ socket }, res) => {
    if (socket.destroyed) return false;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > mostUnanswered) {
      socket.destroy();
      return false;
    }
    unanswered.set(socket, count);
    res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    return true;
  });
}

function boundConnections(server: HttpServer, limits: ConnectionLimits): void {
  // restify listens and does nothing: such a connection would be without any limit, and its failure the end of the process.
  server.removeAllListeners('upgrade');
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.setTimeout(limits.idleMs);
  server.maxHeadersCount = 100;
  server.maxConnections = limits.connections;
  // An option of `http.createServer`, which restify calls without any; Node reads it when it begins to listen. Its own 30 s
  // would be added to every limit.
  Object.assign(server, { connectionsCheckingInterval: limits.checkMs });
}

/** The router makes one address of Host and target, where nobody catches what cannot be one: that would end the process. */
function refuseUnreadableAddress(server: Server): void {
  server.pre((req, res, next) => {
    try {
      req.getUrl();
    } catch {
      refuse(res, { status: 400, error: 'not an address' }, next);
      return;
    }
    next();
  });
}

function refuse(
  res: Response,
  { status, error }: { readonly status: number; readonly error: string },
  next: (error?: unknown) => void,
): void {
  // The body is not read: the connection cannot be used again.
  res.setHeader('connection', 'close');
  res.send(status, { error });
  next(false);
}

/** restify would answer with its own words, which may hold a part of the request or of an exception. */
function hideInside(res: Response, error: unknown): void {
  const status =
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (!res.headersSent) res.send(status, { error: status === 413 ? 'too large' : 'not accepted' });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
