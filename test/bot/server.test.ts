import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TurnContext } from 'botbuilder';
import type { Request } from 'restify';
import sinon from 'sinon';
import type { InboundOutcome, InboundRequest } from '../../bot/authentication.ts';
import { createServer } from '../../bot/server.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { until } from '../support/until.ts';

const activity = {
  type: 'message',
  serviceUrl: 'https://smba.trafficmanager.net/amer/',
  from: { id: '29:1' },
  conversation: { id: '19:a' },
  recipient: { id: '28:bot' },
};
const letIn: InboundOutcome = { ok: true, claims: {}, tenantId: 't', serviceUrl: activity.serviceUrl };
const noLog = { debug() {}, info() {}, warn() {}, error() {} };

describe('the front door', () => {
  let address: { port: number; host: string };
  let server: ReturnType<typeof createServer>;
  let authenticate: sinon.SinonStub<[InboundRequest], Promise<InboundOutcome>>;
  let receive: sinon.SinonStub<[unknown, number, (then: () => void) => void], Promise<void>>;
  let missing: string[];

  beforeEach(async () => {
    authenticate = sinon.stub<[InboundRequest], Promise<InboundOutcome>>().resolves(letIn);
    receive = sinon.stub<[unknown, number, (then: () => void) => void], Promise<void>>().resolves();
    missing = [];
    server = createServer({
      adapter: {
        deliver: async (_activity, logic) => {
          await logic(sinon.createStubInstance(TurnContext));
          return undefined;
        },
      },
      bot: { receive },
      authentication: { authenticate },
      readiness: () => Promise.resolve(missing),
      metrics: createMetrics(),
      metricsHere: false,
      log: noLog,
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address();
    address = { host: '127.0.0.1', port };
  });

  afterEach(() => {
    sinon.restore();
    server.server.close();
    server.server.closeAllConnections();
  });

  interface Sent {
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer;
    /** Sent in pieces without a declared length. */
    readonly chunks?: readonly string[];
  }

  const json = { 'content-type': 'application/json', authorization: 'Bearer a.b.c' };

  function post({ headers = json, body, chunks }: Sent): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const req = request(
        { ...address, method: 'POST', path: '/api/messages', headers, agent: false },
        (res) => {
          let text = '';
          res.setEncoding('utf8');
          res.on('data', (part: string) => (text += part));
          res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
        },
      );
      req.once('error', reject);
      for (const chunk of chunks ?? []) req.write(chunk);
      req.end(body);
    });
  }

  it('keeps nothing of a body beside its answer, which may wait long for somebody to read it', async () => {
    const kept: unknown[] = [];
    server.on('after', (req: Request) => kept.push([req.body, req.listenerCount('data')]));
    authenticate.onFirstCall().resolves({ ok: false, status: 401, reason: 'bad-signature' });
    const answers = [
      await post({ body: JSON.stringify(activity) }),
      await post({ body: '{"half":' }),
      await post({ body: '[1, 2]' }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 400, 400],
    );
    assert.deepEqual(kept, Array(3).fill([undefined, 0]));
  });

  it('makes no object of a body, which may be many times as large, while its sender is unknown', async () => {
    const parse = sinon.spy(JSON, 'parse');
    const body = JSON.stringify({ ...activity, text: 'of whoever it may be' });
    authenticate.onFirstCall().resolves({ ok: false, status: 401, reason: 'bad-signature' });

    assert.equal((await post({ body })).status, 401);
    assert.equal(parse.calledWith(body), false);

    assert.equal((await post({ body })).status, 200);
    assert.equal(parse.calledWith(body), true);
  });

  it('says when an answer has gone out whole, not before', async () => {
    const gone = sinon.spy();
    receive.callsFake((_context, _arrivedAt, onceAnswered) => {
      onceAnswered(gone);
      return Promise.resolve().then(() => assert.equal(gone.callCount, 0));
    });

    assert.equal((await post({ body: JSON.stringify(activity) })).status, 200);

    await until(() => gone.callCount === 1);
  });

  it('says nothing of an answer whose caller went away meanwhile', async () => {
    const gone = sinon.spy();
    const closed = new Promise((resolve) =>
      server.server.once('connection', (socket: Socket) => socket.once('close', resolve)),
    );
    const over = new Promise<void>((resolve) => {
      receive.onFirstCall().callsFake(async (_context, _arrivedAt, onceAnswered) => {
        onceAnswered(gone);
        caller.destroy();
        await closed;
        resolve();
      });
    });
    const caller = request({ ...address, method: 'POST', path: '/api/messages', headers: json });
    caller.once('error', () => undefined);
    caller.end(JSON.stringify(activity));
    await over;
    receive.resolves();

    await isAlive();

    assert.equal(gone.callCount, 0);
  });

  async function isAlive(): Promise<void> {
    assert.deepEqual(await post({ body: JSON.stringify(activity) }), { status: 200, text: '' });
  }

  const form = [
    '--x\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n',
    `Content-Type: application/octet-stream\r\n\r\n${'A'.repeat(400_000)}\r\n--x--\r\n`,
  ];

  it('writes no file for anybody who sends a form', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cordon-uploads-'));
    const env = sinon.stub(process, 'env').value({ ...process.env, TMPDIR: folder });
    const headers = { ...json, 'content-type': 'multipart/form-data; boundary=x' };
    try {
      assert.equal((await post({ headers, body: form.join('') })).status, 415);
      assert.equal((await post({ headers, chunks: form })).status, 415);

      assert.deepEqual(await readdir(folder), []);
    } finally {
      env.restore();
      await rm(folder, { recursive: true, force: true });
    }
    assert.equal(authenticate.callCount, 0);
    await isAlive();
  });

  const foreign = [
    'text/csv',
    'text/tab-separated-values',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/vnd.api+json',
    'text/plain; charset=utf-8',
    'nonsense',
    '',
  ];
  for (const type of foreign) {
    it(`answers 415 to a body of the type ${JSON.stringify(type)}`, async () => {
      const { status, text } = await post({
        headers: { ...json, 'content-type': type },
        body: '"a,"b"\n1,2,3',
      });

      assert.equal(status, 415);
      assert.doesNotMatch(text, /a,|csv|Error/);
      await isAlive();
    });
  }

  for (const type of [
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json;charset=UTF-8',
  ]) {
    it(`takes ${type}`, async () => {
      const headers = { ...json, 'content-type': type };

      assert.equal((await post({ headers, body: JSON.stringify(activity) })).status, 200);
    });
  }

  it('answers 415 to a body that is compressed or only says so', async () => {
    for (const body of [gzipSync('{}'), '{}']) {
      assert.equal((await post({ headers: { ...json, 'content-encoding': 'gzip' }, body })).status, 415);
    }
    await isAlive();
  });

  it('answers 413 above 256 kB, declared or in pieces', async () => {
    const large = JSON.stringify({ ...activity, text: 'x'.repeat(256 * 1024) });

    assert.equal((await post({ body: large })).status, 413);
    assert.equal((await post({ chunks: [large.slice(0, 100_000), large.slice(100_000)] })).status, 413);
    assert.equal(authenticate.callCount, 0);
    await isAlive();
  });

  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'a.b.c']) {
    it(`answers 401 before it reads a body that comes with ${JSON.stringify(authorization)}`, async () => {
      const headers = {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      };

      // No JSON: had it been read, the answer were 400.
      assert.equal((await post({ headers, body: '{'.repeat(1_000) })).status, 401);
      assert.equal((await post({ headers })).status, 401);
      assert.equal(authenticate.callCount, 0);
    });
  }

  it('answers 400 to an authorized body that is no JSON object, without its words', async () => {
    for (const body of ['', '{"secret":', '[]', 'null', '7']) {
      const { status, text } = await post({ body });
      assert.equal(status, 400);
      assert.doesNotMatch(text, /secret|Unexpected/);
    }
    await isAlive();
  });

  it('counts the time of authentication to that of the turn', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let seen = 0;
    authenticate.callsFake(() => {
      clock.tick(2_500);
      return Promise.resolve(letIn);
    });
    receive.callsFake((_context, arrivedAt) => {
      seen = performance.now() - arrivedAt;
      return Promise.resolve();
    });

    await isAlive();

    assert.equal(seen, 2_500);
  });

  it('answers 503 when the keys do not come in time, and keeps nothing for when they do', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const asked = new Promise<InboundRequest>((resolve) => {
      authenticate.callsFake((request) => {
        resolve(request);
        return new Promise(() => undefined);
      });
    });
    const answer = post({ body: JSON.stringify(activity) });
    const { activity: read } = await asked;
    assert.deepEqual(read(), activity);
    await clock.tickAsync(4_000);

    assert.deepEqual(await answer, { status: 503, text: '{"error":"try again"}' });
    assert.equal(read(), undefined);
    assert.equal(receive.callCount, 0);
  });

  it('does not blame the keys when it is the body that was long on its way', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    authenticate.callsFake(async () => {
      await clock.tickAsync(3_900);
      return { ok: false, status: 401, reason: 'bad-signature' };
    });
    server.pre((_req, _res, next) => {
      clock.tick(4_300);
      next();
    });

    const { status } = await post({ body: JSON.stringify(activity) });

    assert.equal(status, 401);
  });

  it('names what is not ready', async () => {
    missing = ['database'];

    const answer = await fetch(`http://127.0.0.1:${address.port}/readyz`);

    assert.equal(answer.status, 503);
    assert.deepEqual(await answer.json(), { ready: false, missing: ['database'] });
  });

  it('is ready while submission is paused, and says so', async () => {
    missing = ['paused'];

    const answer = await fetch(`http://127.0.0.1:${address.port}/readyz`);

    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { ready: true, missing: [], paused: true });
  });
});
