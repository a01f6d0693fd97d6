import type { ServerResponse } from 'node:http';

/** Proxies and browsers drop a silent connection; a comment line now and then keeps it. */
const keepAliveMs = 15_000;

/** Open pages, each of one person, that get server-sent events. */
export interface EventStream {
  open(res: ServerResponse, person: string): void;
  send(event: string, data: unknown, to?: (person: string) => boolean): void;
  close(): void;
}

export function createEventStream(): EventStream {
  const open = new Map<ServerResponse, string>();
  const timer = setInterval(() => {
    for (const res of open.keys()) res.write(': still here\n\n');
  }, keepAliveMs);
  timer.unref();
  return {
    open: (res, person) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      res.write('retry: 1000\n\n');
      open.set(res, person);
      res.once('close', () => open.delete(res));
    },
    send: (event, data, to = () => true) => {
      const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      for (const [res, person] of open) if (to(person)) res.write(text);
    },
    close: () => {
      clearInterval(timer);
      for (const res of open.keys()) res.end();
      open.clear();
    },
  };
}
