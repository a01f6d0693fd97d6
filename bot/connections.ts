import type { Server as HttpServer } from 'node:http';
import type { Request, Response, Server } from 'restify';

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

/** Teams sends a few kB at once and gives up after 15 s itself. */
const usualLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  checkMs: 1_000,
  idleMs: 60_000,
  // Some 20 kB each, and 256 kB for each of a few bodies that wait for their sender to be known. Bot Framework keeps a few dozen
  // open; more in front of the process is a gateway's work.
  connections: 300,
};

/** What anybody may do with a connection before they have said who they are. */
export function guardConnections(server: Server, limits = usualLimits): void {
  boundConnections(server.server, limits);
  boundUnanswered(server);
  refuseUnreadableAddress(server);
}

/** An answer keeps its request until somebody reads it, and would keep the body with it. */
export function forgetBody(req: Request): void {
  Object.assign(req, { body: undefined });
  // Whoever has collected it holds its pieces.
  req.removeAllListeners('data');
}

/** restify has it, its types have not: asked first of all, `false` ends the request. */
type WithFirst = Server & { first(handler: (req: Request, res: Response) => boolean): void };

/** Nobody who means well sends on before the answer has come; by the time it is counted, the next request may be there. */
const mostUnanswered = 3;

/** A question is in memory until it is answered, and an answer until somebody reads it. */
function boundUnanswered(server: Server): void {
  const unanswered = new WeakMap<Request['socket'], number>();
  (server as WithFirst).first((req, res) => {
    const { socket } = req;
    if (socket.destroyed) return false;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > mostUnanswered) {
      socket.destroy();
      return false;
    }
    unanswered.set(socket, count);
    boundPieces(req);
    res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    return true;
  });
}

/** Each piece costs some hundred bytes, however small it is; 256 kB in ordinary segments are some 200. */
const mostPieces = 1_000;

function boundPieces(req: Request): void {
  const push = req.push.bind(req);
  let pieces = 0;
  req.push = (piece: unknown, encoding?: BufferEncoding): boolean => {
    pieces += piece === null ? 0 : 1;
    if (pieces <= mostPieces) return push(piece, encoding);
    req.socket.destroy();
    return false;
  };
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
  // What Node refuses by itself it does not count as a request, and nor could we.
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
}

/** The router makes one address of Host and target, where nobody catches what cannot be one: that would end the process. */
function refuseUnreadableAddress(server: Server): void {
  server.pre((req, res, next) => {
    try {
      if (req.headers.host === undefined && req.httpVersion === '1.1') throw new TypeError('no host');
      req.getUrl();
    } catch {
      refuse(res, { status: 400, error: 'not an address' }, next);
      return;
    }
    next();
  });
}

export function refuse(
  res: Response,
  { status, error }: { readonly status: number; readonly error: string },
  next: (error?: unknown) => void,
): void {
  // The body is not read: the connection cannot be used again.
  res.setHeader('connection', 'close');
  res.send(status, { error });
  next(false);
}
