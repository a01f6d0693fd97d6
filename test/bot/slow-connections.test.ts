import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer } from '../../bot/server.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { slowBeginnings, slowConnection } from '../support/slow-connection.ts';

const unused = (): never => assert.fail('not reached');
const limits = { headersMs: 200, requestMs: 300, checkMs: 50, idleMs: 400, connections: 5 };
/** More than any buffer of the network holds, so that somebody has to read it. */
const large = 'x'.repeat(20_000_000);

const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('a connection that', () => {
  let server: ReturnType<typeof createServer>;
  let port: number;
  let ready: Promise<readonly string[]>;

  beforeEach(async () => {
    ready = Promise.resolve([]);
    server = createServer({
      adapter: { deliver: unused },
      bot: { receive: unused },
      authentication: { authenticate: unused },
      readiness: () => ready,
      metrics: { ...createMetrics(), text: () => Promise.resolve(large) },
      metricsHere: true,
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

  const connections = () =>
    new Promise<number>((resolve) => {
      server.server.getConnections((_error, count) => resolve(count));
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

  it('says what Node would refuse by itself thousands of times is cut off as well', async () => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n']) {
      const socket = connect(port, '127.0.0.1', () => socket.write(text.repeat(2_000)));
      let answers = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => (answers += chunk));
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('close', resolve));
      assert.ok(answers.split('HTTP/1.1 ').length - 1 <= 3, answers.slice(0, 200));
    }
  });

  /** What comes back of a body in so many pieces of one byte. */
  async function answerToPieces(count: number): Promise<string> {
    const headers =
      'Content-Type: application/json\r\nAuthorization: Bearer a.b.c\r\nTransfer-Encoding: chunked\r\nConnection: close';
    const body = `${'1\r\n1\r\n'.repeat(count)}0\r\n\r\n`;
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`POST /api/messages HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`),
    );
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  }

  it('sends a body in more than a thousand pieces of one byte is cut off', async () => {
    // Who is too slow gets an answer.
    assert.equal(await answerToPieces(1_001), '');
    assert.match(await answerToPieces(999), /^HTTP\/1\.1 \d/);
  });

  it('asks three things before the first answer is answered, and one that asks four is cut off', async () => {
    const answersTo = async (count: number): Promise<string> => {
      const { promise, resolve } = Promise.withResolvers<readonly string[]>();
      ready = promise;
      const asked = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count);
      const socket = connect(port, '127.0.0.1', () => socket.write(asked));
      let answers = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        answers += chunk;
        if (answers.split('"ready":true').length - 1 === count) socket.destroy();
      });
      socket.on('error', () => undefined);
      const closed = new Promise((over) => socket.once('close', over));
      // They come in one piece: with the first one seen, all are.
      await new Promise<void>((over) => server.on('pre', () => over()));
      await new Promise(setImmediate);
      resolve([]);
      await closed;
      return answers;
    };
    assert.equal((await answersTo(3)).split(' 200 OK').length - 1, 3);
    assert.equal(await answersTo(4), '');
  });

  it('never reads what it asked for is ended when its time is over', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'));
    await once(socket, 'connect');
    socket.pause();

    while ((await connections()) > 0) await pause(20);

    socket.destroy();
  });

  it('asks for another protocol is answered as ever, and leaves nothing behind when it is cut off', async () => {
    for (const end of ['reset', 'closed'] as const) {
      const socket = connect(port, '127.0.0.1', () => socket.write(upgrade));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 404 /);
      if (end === 'reset') socket.resetAndDestroy();
      else socket.end();
      while ((await connections()) > 0) await pause(20);
    }
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });

  for (const [version, more] of [
    ['1.1', ''],
    ['1.0', 'Connection: keep-alive\r\n'],
  ] as const) {
    it(`asks thousands of times by HTTP/${version} without waiting for an answer is cut off`, async () => {
      const ask = `GET /healthz HTTP/${version}\r\nHost: x\r\n${more}\r\n`;
      const socket = connect(port, '127.0.0.1', () => socket.write(ask.repeat(2_000)));
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('close', resolve));
      assert.ok(text.split(' 200 OK').length - 1 <= 3, text.slice(0, 200));
      assert.equal(await connections(), 0);
    });

    it(`asks a hundred times by HTTP/${version}, one after the other, is answered each time`, async () => {
      const ask = `GET /healthz HTTP/${version}\r\nHost: x\r\n${more}\r\n`;
      const socket = connect(port, '127.0.0.1');
      for (let count = 0; count < 100; count += 1) {
        socket.write(ask);
        const [answer] = (await once(socket, 'data')) as [Buffer];
        assert.match(answer.toString(), / 200 OK/);
      }
      socket.destroy();
    });
  }

  it('is one more than the process takes is closed at once, and the others go on', async () => {
    const open = Array.from({ length: limits.connections }, () => slowConnection(port, '', 1_000));
    await Promise.all(open.map(({ socket }) => once(socket, 'connect')));
    const drop = once(server.server, 'drop');
    await slowConnection(port, '', 1_000).closed;
    await drop;

    assert.equal(await connections(), limits.connections);
    await Promise.all(open.map(({ closed }) => closed));
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });
});
