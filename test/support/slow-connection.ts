import { type Socket, connect } from 'node:net';

export interface Slow {
  readonly socket: Socket;
  /** Milliseconds from the beginning to the end of the connection, whoever ended it. */
  readonly closed: Promise<number>;
}

/** Says this at once, and one more byte of nothing in particular every now and then, for as long as it is let. */
export function slowConnection(port: number, begin: string, everyMs: number): Slow {
  const began = performance.now();
  const socket = connect(port, '127.0.0.1', () => socket.write(begin));
  const drip = setInterval(() => {
    if (begin !== '') socket.write('x');
  }, everyMs);
  socket.resume();
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => {
      clearInterval(drip);
      resolve(performance.now() - began);
    });
  });
  return { socket, closed };
}

const head =
  'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n';

/** The ways in which a caller can keep a connection without ever finishing what it says. */
export const slowBeginnings = {
  'says nothing at all': '',
  'drips its headers': head,
  'drips its body': `${head}Authorization: Bearer a.b.c\r\n\r\n{`,
  'drips a body that was refused': `${head}\r\n{`,
} as const;
