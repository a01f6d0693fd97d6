import assert from 'node:assert/strict';
import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import restify, { type Request } from 'restify';
import sinon from 'sinon';
import { type Body, bodyBytes, takeBody } from '../../bot/body.ts';
import { until } from '../support/until.ts';

const size = 256 * 1024;
const headers = { 'content-type': 'application/json', authorization: 'Bearer a.b.c' };

/** What nobody holds any more is not counted. */
function bytesKept(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().arrayBuffers;
}

describe('a body whose sender is not known yet', () => {
  let server: restify.Server;
  let kept: Body[];
  let address: { host: string; port: number };

  beforeEach(async () => {
    kept = [];
    server = restify.createServer();
    // Nobody is answered: each waits for its sender to be known.
    server.post('/', ...bodyBytes(sinon.spy()), (req: Request, _res, _next) => {
      kept.push(takeBody(req));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    address = { host: '127.0.0.1', port: server.address().port };
  });
  afterEach(() => {
    server.server.close();
    server.server.closeAllConnections();
  });

  const send = (own: Record<string, string> = {}) =>
    request({ ...address, method: 'POST', headers: { ...headers, ...own }, agent: false }).on(
      'error',
      () => undefined,
    );

  it('is kept as the bytes that came, whatever they are', async () => {
    const body = Buffer.alloc(size, 0xff);
    const count = 40;
    const before = bytesKept();
    for (let sent = 0; sent < count; sent += 1) send().end(body);
    await until(() => kept.length === count);

    // What was collected is given back beside the program.
    await until(() => bytesKept() - before < 1.5 * count * size, 5_000);
    assert.equal(kept.length, count);
  });

  it('is read whole, in whatever pieces it came', async () => {
    const text = JSON.stringify({ text: 'Größe 語 🦊' });
    const caller = send();
    for (const byte of Buffer.from(text)) caller.write(Buffer.of(byte));
    caller.end();
    await until(() => kept.length === 1);

    assert.deepEqual(kept[0]?.read(), JSON.parse(text));
  });

  it('is nothing to anybody when they go away before its end', async () => {
    const after = new Promise((resolve) => server.once('after', resolve));
    const caller = send({ 'content-length': '100' });
    server.once('pre', () => setImmediate(() => caller.destroy()));
    caller.write('{"type":');
    await after;

    assert.deepEqual(kept, []);
  });
});
