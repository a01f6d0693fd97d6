import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { Cordon } from '../../bot/compose.ts';
import { run } from '../../bot/run.ts';
import { createMetricsServer } from '../../bot/server.ts';
import type { Config } from '../../src/config.ts';
import { createMetrics } from '../../src/platform/metrics.ts';

describe('a run', () => {
  let ready: Promise<void>;
  let cordon: Cordon;
  let stop: sinon.SinonStub<[Promise<unknown>], Promise<void>>;
  let listeners: NodeJS.UnhandledRejectionListener[];

  const config = { port: 0, metricsPort: 0, host: '127.0.0.1' } as Config;

  beforeEach(() => {
    listeners = process.listeners('unhandledRejection');
    stop = sinon.stub<[Promise<unknown>], Promise<void>>().resolves();
    let tellReady = (): void => undefined;
    ready = new Promise((resolve) => {
      tellReady = resolve;
    });
    const parts: unknown = {
      log: {
        debug() {},
        info: (_fields: unknown, message: string) => {
          if (message === 'Cordon is ready') setImmediate(tellReady);
        },
        warn() {},
        error() {},
      },
      server: createMetricsServer(createMetrics()),
      metricsServer: createMetricsServer(createMetrics()),
      start: () => Promise.resolve(),
      stop,
    };
    cordon = parts as Cordon;
  });

  afterEach(() => {
    sinon.restore();
    for (const listener of process.listeners('unhandledRejection')) {
      if (!listeners.includes(listener)) process.removeListener('unhandledRejection', listener);
    }
  });

  const isListening = () => [cordon.server, cordon.metricsServer].map((each) => each?.server.listening);

  it('lasts until the process is told to stop, then closes everything', async () => {
    const end = run(cordon, config);
    await ready;
    assert.deepEqual(isListening(), [true, true]);
    assert.equal(stop.callCount, 0);

    process.emit('SIGTERM');

    assert.equal(await end, 'stopped');
    assert.equal(stop.callCount, 1);
    assert.deepEqual(isListening(), [false, false]);
  });

  it('lets turns that are under way end before the database is closed', async () => {
    const turn = Promise.withResolvers<() => void>();
    cordon.server.get('/slow', (_req, res, next) => {
      turn.resolve(() => {
        res.send(200, { ok: true });
        next();
      });
    });
    const order: string[] = [];
    stop.callsFake(async (turnsOver) => {
      order.push('told');
      (await turn.promise)();
      await turnsOver;
      order.push('over');
    });
    const end = run(cordon, config);
    await ready;
    const asked = fetch(`${cordon.server.url}/slow`);
    await turn.promise;

    process.emit('SIGTERM');

    assert.equal((await asked).status, 200);
    assert.equal(await end, 'stopped');
    assert.deepEqual(order, ['told', 'over']);
  });

  it('is over within 10 s although something does not stop', async () => {
    stop.returns(new Promise(() => undefined));
    const end = run(cordon, config);
    await ready;
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

    process.emit('SIGTERM');
    await clock.tickAsync(9_999);

    assert.equal(await end, 'overdue');
    assert.deepEqual(isListening(), [false, false]);
  });

  it('is overdue, not failed, when something cannot be closed', async () => {
    stop.rejects(new Error('cannot'));
    const end = run(cordon, config);
    await ready;

    process.emit('SIGTERM');

    assert.equal(await end, 'overdue');
  });

  it('that cannot start closes what was opened and tells why it failed', async () => {
    cordon.start = () => Promise.reject(new Error('no database'));
    stop.rejects(new Error('cannot'));

    await assert.rejects(run(cordon, config), /no database/);

    assert.equal(stop.callCount, 1);
    assert.deepEqual(isListening(), [false, false]);
  });
});
