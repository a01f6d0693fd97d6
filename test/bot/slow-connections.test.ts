import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from '../../bot/server.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { slowBeginnings, slowConnection } from '../support/slow-connection.ts';

const unused = (): never => assert.fail('not reached');
const limits = { headersMs: 200, requestMs: 300, checkMs: 50, connections: 5 };

describe('a connection that', () => {
  let server: ReturnType<typeof createServer>;
  let port: number;

  beforeEach(async () => {
    server = createServer({
      adapter: { deliver: unused },
      bot: { receive: unused },
      authentication: { authenticate: unused },
      readiness: () => Promise.resolve([]),
      metrics: createMetrics(),
      metricsHere: false,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      limits,
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ({ port } = server.address());
  });
  afterEach(() => {
    server.server.close();
    server.server.closeAllConnections();
  });

  for (const [what, begin] of Object.entries(slowBeginnings)) {
    it(`${what} is ended when its time is over, not at some later look`, async function () {
      // Node looks every 30 s by itself.
      this.timeout(15_000);

      const took = await slowConnection(port, begin, 20).closed;

      // Its own clock began to run a little later.
      assert.ok(took > limits.headersMs - 50, `${took} ms`);
    });
  }

  it('is one more than the process takes is closed at once, and the others go on', async () => {
    const open = Array.from({ length: limits.connections }, () => slowConnection(port, '', 1_000));
    await Promise.all(open.map(({ socket }) => once(socket, 'connect')));
    const connections = () =>
      new Promise<number>((resolve) => {
        server.server.getConnections((_error, count) => resolve(count));
      });

    const drop = once(server.server, 'drop');
    await slowConnection(port, '', 1_000).closed;
    await drop;

    assert.equal(await connections(), limits.connections);
    await Promise.all(open.map(({ closed }) => closed));
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });
});
