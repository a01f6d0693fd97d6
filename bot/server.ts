import type { Server as HttpServer } from 'node:http';
import type { Activity } from 'botbuilder';
import restify, { type Request, type Response, type Server } from 'restify';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { TeamsAdapter } from './adapter.ts';
import type { InboundAuthentication } from './authentication.ts';
import type { CordonBot } from './bot.ts';
import { Inbound } from './inbound.ts';

export interface ServerParts {
  readonly adapter: TeamsAdapter;
  readonly bot: CordonBot;
  readonly authentication: InboundAuthentication;
  /** Names what is not ready; empty when all is well. */
  readonly readiness: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
  /** False when `/metrics` has a listener of its own. */
  readonly metricsHere: boolean;
  readonly log: Log;
}

/** An activity of Teams is a few kB; restify's own default is no limit at all. */
const maxBodyBytes = 256 * 1024;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;

export function createServer(parts: ServerParts): Server {
  const server = restify.createServer({ name: 'cordon' });
  boundConnections(server.server);
  // Both restify lines crash on a body that only claims to be compressed; nothing of Teams comes compressed.
  server.pre((req, res, next) => {
    if (req.headers['content-encoding'] === undefined) next();
    else refuse(res, 415, next);
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
    void parts.readiness().then((missing) => {
      res.send(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
      next();
    });
  });
  if (parts.metricsHere) serveMetrics(server, parts.metrics);
  server.post(
    '/api/messages',
    restify.plugins.bodyParser({ mapParams: false, maxBodySize: maxBodyBytes }),
    (req: Request, res: Response, next: (error?: unknown) => void) => {
      receive(parts, req, res).then(
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
  boundConnections(server.server);
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

async function receive(parts: ServerParts, req: Request, res: Response): Promise<void> {
  const body: unknown = req.body;
  if (!isObject(body)) {
    res.send(400, { error: 'expected a JSON object' });
    return;
  }
  const outcome = await parts.authentication.authenticate({
    authorizationHeader: req.headers.authorization,
    activity: body,
  });
  if (!outcome.ok) {
    parts.metrics.activities.inc({ kind: 'refused', outcome: outcome.reason });
    parts.log.info({ reason: outcome.reason, status: outcome.status }, 'refused an inbound request');
    res.send(outcome.status, { error: outcome.status === 503 ? 'try again' : 'not authorized' });
    return;
  }
  const parsed = Inbound.safeParse(body);
  if (!parsed.success) {
    parts.metrics.activities.inc({ kind: 'malformed', outcome: 'refused' });
    res.send(400, { error: 'not an activity' });
    return;
  }
  await deliver(parts, { body, tenantId: outcome.tenantId }, res);
}

async function deliver(
  parts: ServerParts,
  inbound: { body: object; tenantId: string },
  res: Response,
): Promise<void> {
  const activity = toActivity(inbound.body, inbound.tenantId);
  const answer = await parts.adapter.deliver(activity, (context) => parts.bot.run(context));
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

function boundConnections(server: HttpServer): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxHeadersCount = 100;
}

function refuse(res: Response, status: number, next: (error?: unknown) => void): void {
  // The body is not read: the connection cannot be used again.
  res.setHeader('connection', 'close');
  res.send(status, { error: 'content encodings are not accepted' });
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
