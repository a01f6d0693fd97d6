import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { leaksOf } from '../e2e/leaks.ts';
import { type Asked, createPlay, told } from '../e2e/play.ts';
import { alex, incident, riley } from '../e2e/stage.ts';
import { type PostgresCluster, createPostgresCluster } from '../support/postgres-cluster.ts';
import { type Relay, openRelay } from '../support/relay.ts';
import { calm } from '../support/rig.ts';

/** Commits must outlast a crash of the server here; of the machine they need not. */
const settings = { synchronous_commit: 'on', max_connections: '40', superuser_reserved_connections: '3' };
/** After the database is back, all is as before within this: probes, clicks, jobs, tracking. */
const backWithinMs = 30_000;
const answerWithinMs = 5_000;

describe('The database away', function () {
  this.timeout(150_000);
  let cluster: PostgresCluster;
  let relay: Relay;
  let sandbox: Sandbox;
  const play = createPlay(() => sandbox, []);

  before(async () => {
    cluster = await createPostgresCluster(settings);
    const { port } = new URL(cluster.url);
    relay = await openRelay({ host: '127.0.0.1', port: Number(port) });
    // Not the superuser: it would get the connections that are kept for one.
    await onServer(cluster.url, 'create role cordon login', 'create database cordon owner cordon');
    sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      databaseUrl: `postgres://cordon@127.0.0.1:${relay.port}/cordon`,
      settings: { TRACKING_INTERVAL_SECONDS: '1' },
    });
  });
  beforeEach(() => {
    calm(sandbox);
  });
  after(async () => {
    await sandbox.stop();
    await relay.close();
    cluster.remove();
  });
  afterEach('nothing broke that nobody waited for, and nothing was sent twice', () => {
    assert.equal(sandbox.bot.running, true);
    assert.doesNotMatch(sandbox.bot.output(), /a failure nobody waited for/);
    assert.deepEqual(leaksOf(sandbox, []), []);
    const marks = sandbox.defender.submissions().map(({ comment }) => comment.split('cordon:').at(-1));
    assert.equal(new Set(marks).size, marks.length);
    sandbox.defender.reset();
  });

  const owner = () => cluster.url.replace(/postgres$/, 'cordon');

  async function readiness(): Promise<{ readonly status: number; readonly missing: readonly string[] }> {
    const answer = await fetch(`${sandbox.bot.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const { missing } = (await answer.json()) as { missing: readonly string[] };
    return { status: answer.status, missing };
  }

  async function untilReady(status: number): Promise<readonly string[]> {
    const deadline = performance.now() + backWithinMs;
    for (;;) {
      const now = await readiness();
      if (now.status === status) return now.missing;
      assert.ok(performance.now() < deadline, `still ${now.status} ${now.missing.join()}`);
      await pause(200);
    }
  }

  /** What people do meanwhile: each gets an answer in time that claims nothing. */
  async function isHonest(asked: Asked): Promise<void> {
    const started = performance.now();
    const answer = await play.pressAnyway(alex, asked, 'approve');
    const ms = performance.now() - started;
    assert.equal(answer.statusCode, 200);
    assert.match(told(answer), /press again/);
    assert.ok(ms < answerWithinMs, `a press was answered after ${Math.round(ms)} ms`);
    assert.match(await play.answerTo(riley, incident, '/status #1'), /nothing was recorded/);
    assert.ok((await untilReady(503)).includes('database'));
  }

  /** A request in every stage that an outage may catch it in. */
  async function requestsUnderWay() {
    const awaiting = await play.ask({ device: 'ws-reception-02' });
    // This device is offline: its action stays `Pending` until somebody says otherwise.
    const tracked = await play.ask({ device: 'lt-sales-118' });
    await play.press(alex, tracked, 'approve');
    await play.until(tracked, 'Pending');
    // Defender accepts it while nobody can write that down.
    const submitting = await play.ask({ device: 'ws-design-044' });
    sandbox.faults.set({ faults: { 'defender.submit': { kind: 'delay', ms: 2_000 } } });
    await play.press(alex, submitting, 'approve');
    await play.until(submitting, 'Submitting');
    return { awaiting, tracked, submitting };
  }

  async function allEndWell(asked: Awaited<ReturnType<typeof requestsUnderWay>>): Promise<void> {
    const { awaiting, tracked, submitting } = asked;
    const [action] = sandbox.defender.actions().filter(({ machineId }) => machineId === tracked.device.id);
    sandbox.defender.finish(action?.id ?? '', 'Succeeded');
    await play.press(alex, awaiting, 'approve');
    for (const each of [awaiting, tracked, submitting]) {
      await play.until(each, 'Succeeded', backWithinMs);
      assert.equal(play.submissions(each).length, 1, each.device.name);
      await play.outcome(each, /Succeeded/);
    }
  }

  for (const seconds of [5, 40]) {
    it(`stopped as by a crash, and there again after ${seconds} s`, async () => {
      const asked = await requestsUnderWay();

      cluster.stop('immediate');
      const over = pause(seconds * 1_000);
      await isHonest(asked.awaiting);
      await over;
      cluster.start();

      await untilReady(200);
      await allEndWell(asked);
    });
  }

  it('silent on all connections, without a word that they are lost', async () => {
    const asked = await requestsUnderWay();

    relay.fallSilent();
    await isHonest(asked.awaiting);
    relay.recover();

    await untilReady(200);
    await allEndWell(asked);
  });

  it('without a connection to spare', async () => {
    const asked = await requestsUnderWay();

    const giveBack = await takeAllConnections();
    await isHonest(asked.awaiting);
    await giveBack();

    await untilReady(200);
    await allEndWell(asked);
  });

  it('with a full disk', async () => {
    const asked = await requestsUnderWay();

    await onServer(owner(), fillDisk);
    await isHonest(asked.awaiting);
    await onServer(owner(), freeDisk);

    await untilReady(200);
    await allEndWell(asked);
  });

  async function takeAllConnections(): Promise<() => Promise<void>> {
    const cut = () =>
      onServer(
        cluster.url,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cordon' and application_name like 'cordon%'`,
      );
    const taken: pg.Client[] = [];
    await cut();
    for (let refused = 0; refused < 3;) {
      const client = new pg.Client({ connectionString: owner().replace('postgres@', 'cordon@') });
      client.on('error', () => undefined);
      try {
        await client.connect();
        taken.push(client);
      } catch {
        // The bot may have been quicker: its connections are cut until we have them all.
        await cut();
        refused += 1;
      }
    }
    return async () => {
      await Promise.all(taken.map((client) => client.end()));
    };
  }
});

/** PostgreSQL's own words for a full disk, at every write. */
const fillDisk = `
  create function disk_is_full() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
  do $$
    declare full_table text;
    begin
      for full_table in select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname in ('public', 'cordon_jobs')
      loop
        execute 'create trigger disk_is_full before insert or update on ' || full_table ||
          ' for each statement execute function disk_is_full()';
      end loop;
    end $$`;
const freeDisk = 'drop function disk_is_full cascade';

async function onServer(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
