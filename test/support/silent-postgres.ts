import { type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Types of the messages that the server sends, and their bodies, as PostgreSQL's protocol 3.0 has them. */
const authenticationOk = message('R', Buffer.alloc(4));
const ready = message('Z', Buffer.from('I'));
const answerToSync = Buffer.concat([
  message('1', Buffer.alloc(0)),
  message('2', Buffer.alloc(0)),
  message('n', Buffer.alloc(0)),
  message('C', Buffer.from('SELECT 0\0')),
  ready,
]);

/** Speaks just enough to answer every statement with no rows; `silence` ends the answers on the sockets there are. */
export async function silentPostgres() {
  const sockets = new Map<Socket, { silent: boolean }>();
  const server = createServer((socket) => {
    const mode = { silent: false };
    sockets.set(socket, mode);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let begun = false;
    socket.on('data', (data) => {
      if (mode.silent) return;
      if (!begun) {
        begun = true;
        socket.write(Buffer.concat([authenticationOk, ready]));
        return;
      }
      if (asksToSync(data)) socket.write(answerToSync);
      else if (data[0] === 'Q'.charCodeAt(0))
        socket.write(Buffer.concat([message('C', Buffer.from('SELECT 0\0')), ready]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `postgres://cordon@127.0.0.1:${(server.address() as AddressInfo).port}/cordon`,
    /** The open sockets stay open and say nothing more, as after a failover without RST. */
    silence: () => sockets.forEach((mode) => (mode.silent = true)),
    connections: () => sockets.size,
    close: async () => {
      sockets.forEach((_mode, socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The last message of an extended query is Sync: its type and a length of four. */
function asksToSync(data: Buffer): boolean {
  return data.subarray(-5).equals(Buffer.from([0x53, 0, 0, 0, 4]));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
