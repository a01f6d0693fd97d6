import type { Activity } from 'botbuilder';
import restify, { type Request, type Response, type Server } from 'restify';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { TeamsAdapter } from './adapter.ts';
import type { OnceAnswered } from './answers.ts';
import type { InboundAuthentication, InboundOutcome } from './authentication.ts';
import { bodyBytes, takeBody } from './body.ts';
import type { CordonBot } from './bot.ts';
import { type ConnectionLimits, forgetBody, guardConnections, refuse } from './connections.ts';
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

/**
 * From the end of a body: one that was long on its way is no sign of missing keys. Those that have to be fetched first may not
 * come at all; after this long there is no time left for a press in the 5 s. Whoever comes next finds them fetched.
 */
const authenticateWithinMs = 4_000;

export function createServer(parts: ServerParts): Server {
  const server = restify.createServer({ name: 'cordon' });
  const arrivals = new WeakMap<Request, number>();
  guardConnections(server, parts.limits);
  server.pre((req, _res, next) => {
    arrivals.set(req, performance.now());
    next();
  });
  // Both restify lines crash on a body that only claims to be compressed; nothing of Teams comes compressed.
  server.pre((req, res, next) => {
    if (req.headers['content-encoding'] === undefined) next();
    else refuse(res, { status: 415, error: 'content encodings are not accepted' }, next);
  });
  server.on('restifyError', (req: Request, res: Response, error: unknown, done: () => void) => {
    forgetBody(req);
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
    ...bodyBytes((reason) => countRefusal(parts, { status: 401, reason })),
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
  guardConnections(server);
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
  const body = takeBody(req);
  const { authorization: authorizationHeader } = req.headers;
  const outcome = await withinTime<InboundOutcome, Refused>(
    parts.authentication.authenticate({ authorizationHeader, activity: body.read }),
    authenticateWithinMs,
    { ok: false, status: 503, reason: 'too-slow' },
  );
  if (!outcome.ok) {
    // One that came too late may go on.
    body.forget();
    countRefusal(parts, outcome);
    res.send(outcome.status, { error: words[outcome.status] });
    return;
  }
  const sent = body.read();
  const parsed = Inbound.safeParse(sent);
  if (sent === undefined || !parsed.success) {
    parts.metrics.activities.inc({ kind: 'malformed', outcome: 'refused' });
    res.send(400, { error: 'not an activity' });
    return;
  }
  await deliver(parts, { activity: toActivity(sent, outcome.tenantId), arrivedAt }, res);
}

const words = {
  400: 'expected a JSON object',
  401: 'not authorized',
  403: 'not authorized',
  503: 'try again',
} as const;

interface Refused {
  readonly ok: false;
  readonly status: keyof typeof words;
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
