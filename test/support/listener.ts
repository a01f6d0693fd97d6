import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** An address at which nobody should call: answers this body to whoever does, and keeps who that was. */
export async function withListener(
  body: string,
  run: (origin: string, calls: readonly Call[]) => Promise<void>,
): Promise<void> {
  const calls: Call[] = [];
  const server = createServer(({ method = '', url = '', headers: { authorization } }, res) => {
    calls.push({ method, path: url, authorization });
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await run(`http://127.0.0.1:${port}`, calls);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
