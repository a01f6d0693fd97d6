import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import type { Deadline } from './deadline.ts';
import { msLeft } from './deadline.ts';

/**
 * `fetch` writes a request some time after it is called: names are looked up, connections made. A process that stands
 * still meanwhile would write it however late, since its timers may run only after the write. So the moment is compared
 * once more when the HTTP client is about to write, and the connection is closed instead.
 */

const deadlines = new AsyncLocalStorage<Deadline>();
const requests = new WeakMap<object, Deadline>();

// Published by Node's own HTTP client, synchronously: https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
subscribe('undici:request:create', (message) => {
  const deadline = deadlines.getStore();
  const request = partOf(message, 'request');
  if (deadline !== undefined && request !== undefined) requests.set(request, deadline);
});

subscribe('undici:client:sendHeaders', (message) => {
  const request = partOf(message, 'request');
  const deadline = request && requests.get(request);
  if (msLeft(deadline) > 0) return;
  const socket = partOf(message, 'socket');
  if (socket instanceof Socket) socket.destroy();
});

/** Calls of `fetch` within `work` write nothing after the deadline. */
export function writtenBefore<T>(deadline: Deadline | undefined, work: () => Promise<T>): Promise<T> {
  return deadline === undefined ? work() : deadlines.run(deadline, work);
}

function partOf(message: unknown, name: 'request' | 'socket'): object | undefined {
  if (typeof message !== 'object' || message === null || !(name in message)) return undefined;
  const part: unknown = message[name as keyof typeof message];
  return typeof part === 'object' && part !== null ? part : undefined;
}
