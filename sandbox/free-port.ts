import { createServer } from 'node:net';

/** Below the numbers that systems hand out to outgoing connections; one block for each process. */
const firstPort = 10_000;
const portsPerProcess = 100;
const blocks = 220;

let used = 0;

/**
 * A port for a child process that must be told its port. Nobody else takes it before the child does, nor while the
 * child is away.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsPerProcess; tries += 1) {
    const port = firstPort + (process.pid % blocks) * portsPerProcess + (used++ % portsPerProcess);
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free for a child process.');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
