import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AadstsFault, FaultAction, StatusFault } from './faults.ts';

/**
 * Answers a call as the fault says, or lets `next` do the work. Read the request's body before: `next` may run
 * after the caller has hung up, as a slow service finishes what nobody waits for any more.
 */
export function applyFault(fault: FaultAction | undefined, res: ServerResponse, next: () => void): void {
  switch (fault?.kind) {
    case undefined: {
      next();
      return;
    }
    case 'status': {
      sendStatus(fault, res);
      return;
    }
    case 'aadsts': {
      sendAadsts(fault, res);
      return;
    }
    case 'hang': {
      hang(res, fault.ms);
      return;
    }
    case 'delay':
      // The server keeps the process alive; a forgotten long delay must not.
      setTimeout(next, fault.ms).unref();
      return;
    case 'reset': {
      cut(res);
      return;
    }
    case 'reset-after':
      muteUntilEnd(res);
      {
        next();
        return;
      }
    case 'malformed':
      res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      res.end('{"id": "5382f7ea-7557-4ab7-9782-d50480024a4e", "status": ');
      return;
    case 'slow-body':
      holdBackRest(res, fault.ms);
      next();
  }
}

function sendStatus(fault: StatusFault, res: ServerResponse): void {
  const { status, code, retryAfterSeconds, location, body } = fault;
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (location !== undefined) headers['location'] = location;
  const error = { code: code ?? usualCodes[status] ?? 'BadRequest', message: 'Simulated fault.' };
  res.writeHead(status, headers);
  res.end(JSON.stringify(body ?? { error: { ...error, target: randomUUID() } }));
}

/** The codes of https://learn.microsoft.com/defender-endpoint/api/common-errors. */
const usualCodes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'ResourceNotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

function sendAadsts({ number, error, suberror, claims }: AadstsFault, res: ServerResponse): void {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const body = {
    error,
    error_description: `AADSTS${number}: Simulated refusal. Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    ...(suberror === undefined ? {} : { suberror }),
    ...(claims === undefined ? {} : { claims }),
  };
  const status = error === 'invalid_client' ? 401 : 400;
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}

function hang(res: ServerResponse, ms: number | undefined): void {
  if (ms === undefined) return;
  const timer = setTimeout(cut, ms, res).unref();
  res.once('close', () => {
    clearTimeout(timer);
  });
}

function cut(res: ServerResponse): void {
  res.socket?.destroy();
}

/** Whoever answers afterwards believes to; the caller sees the line break at that very moment. */
function muteUntilEnd(res: ServerResponse): void {
  const mute = {
    writeHead: () => res,
    flushHeaders: () => undefined,
    write: () => true,
    end: () => {
      cut(res);
      return res;
    },
  };
  Object.assign(res, mute);
}

/** Head and first character go out; whoever waits for the whole sees the line stay open. */
function holdBackRest(res: ServerResponse, ms: number | undefined): void {
  const end: (rest: string) => unknown = res.end.bind(res);
  Object.assign(res, {
    end: (text = '') => {
      res.write(text.slice(0, 1) || ' ');
      if (ms === undefined) return res;
      const timer = setTimeout(() => end(text.slice(1)), ms).unref();
      res.once('close', () => {
        clearTimeout(timer);
      });
      return res;
    },
  });
}
