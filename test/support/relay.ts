import { type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export type Relay = Awaited<ReturnType<typeof openRelay>>;

/** Passes connections on, until told to fall silent: then they stay open and nothing comes through, as after a lost route. */
export async function openRelay(target: { readonly host: string; readonly port: number }) {
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      if (silent) one.pause();
      one.on('data', (data) => other.write(data));
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent: () => {
      silent = true;
      sockets.forEach((socket) => socket.pause());
    },
    /** For new connections only: what was lost stays lost. */
    recover: () => {
      silent = false;
    },
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
