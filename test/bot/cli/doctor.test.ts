import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { appendAudit } from '../../../src/audit/chain.ts';
import type { Sql } from '../../../src/store/database-port.ts';
import { openEmbedded } from '../../../src/store/embedded.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { freePort } from '../../../sandbox/free-port.ts';
import { cordon } from '../../support/cordon-command.ts';

const names = [
  'settings',
  'database',
  'policy',
  'token service',
  'Defender',
  'consent',
  'submission',
  'dead jobs',
];

describe('cordon doctor', function () {
  this.timeout(60_000);
  let folder: string;
  let sandbox: Sandbox;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-doctor-'));
    sandbox = await startSandbox({
      bot: 'none',
      page: false,
      databaseUrl: `pglite:${join(folder, 'database')}`,
    });
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => sandbox.faults.reset());

  /** The verdict and text of each check by its name, in order. */
  async function examine(settings: Readonly<Record<string, string>> = {}) {
    const end = await cordon(['doctor'], { folder, settings: { ...sandbox.settings, ...settings } });
    const checks = end.out.map(
      (line) => /^(ok|warning|failed) +([^:]+): (.+)$/.exec(line) ?? assert.fail(line),
    );
    assert.deepEqual(end.err, []);
    assert.ok(!end.out.join().includes(sandbox.settings['BOT_APP_SECRET'] ?? ''));
    return {
      code: end.code,
      names: checks.map(([, , name]) => name),
      check: (name: string) => {
        const found = checks.find((one) => one[2] === name);
        return `${found?.[1]}: ${found?.[3]}`;
      },
    };
  }

  const inDatabase = (work: (sql: Sql) => Promise<unknown>) =>
    inDatabaseAsItIs(async (sql) => {
      await migrate({ sql });
      await work(sql);
    });

  async function inDatabaseAsItIs(work: (sql: Sql) => Promise<unknown>): Promise<void> {
    const database = await openEmbedded(join(folder, 'database'));
    try {
      await work(database.sql);
    } finally {
      await database.close();
    }
  }

  const answered = (sql: Sql, result: string) =>
    sql.transaction().execute((tx) =>
      appendAudit(tx, 'req_doctor', '2026-11-23T03:10:00.000Z', {
        what: 'entra-on-behalf-of',
        who: { objectId: 'oid', name: 'Alex Moreno' },
        detail: { result },
      }),
    );

  it('before the first start finds nothing wrong, and creates no database', async () => {
    const found = await examine();

    assert.deepEqual(found.names, names);
    assert.equal(found.code, 0);
    assert.match(found.check('database'), /^warning: there is none in that folder yet/);
    for (const name of ['consent', 'submission', 'dead jobs']) {
      assert.equal(found.check(name), 'warning: not checked: see to the database first');
    }
  });

  it('warns when people cannot reach the sign-in page, which breaks nothing else', async () => {
    const found = await examine({ PUBLIC_URL: '' });

    assert.match(found.check('settings'), /^warning: complete; without PUBLIC_URL/);
    assert.equal(found.code, 0);
  });

  it('says of each part that it works', async () => {
    await inDatabase((sql) => answered(sql, 'ok'));

    const found = await examine();

    assert.deepEqual(found.names, names);
    assert.equal(found.check('settings'), 'ok: complete and without contradiction');
    assert.match(found.check('database'), /^ok: answers, with schema version \d+$/);
    assert.match(found.check('policy'), /^ok: no policy file: one approval.*expire after 240 min$/);
    assert.equal(found.check('token service'), 'ok: gave a sign-in link of OAuth connection "cordon"');
    assert.match(found.check('Defender'), /^ok: reached: it refuses a call without a token/);
    assert.equal(found.check('consent'), 'ok: proven by the on-behalf-of answer on 2026-11-23 03:10 UTC');
    assert.equal(found.check('submission'), 'ok: not paused');
    assert.equal(found.check('dead jobs'), 'ok: none');
    assert.equal(found.code, 0);
  });

  it('takes consent for unproven until an answer tells of it', async () => {
    await inDatabase(async (sql) => {
      await sql.deleteFrom('audit_records').execute();
      await sql.deleteFrom('audit_chains').execute();
      await answered(sql, 'not-signed-in');
    });

    const found = await examine();

    assert.match(found.check('consent'), /^warning: not proven: send \/whoami/);
    assert.equal(found.code, 0);
  });

  it('fails for missing consent, and shows the pause and the dead jobs', async () => {
    await inDatabase(async (sql) => {
      await answered(sql, 'ok');
      await answered(sql, 'consent-missing');
      await answered(sql, 'unavailable');
      const since = '2026-11-23T03:20:00.000Z';
      await sql
        .insertInto('submission_pauses')
        .values({ kind: 'administrator', reason: 'Drill', paused_by: 'operator:riley', since })
        .execute();
      await sql
        .insertInto('dead_jobs')
        .values({
          id: 'a-job',
          job: 'submit',
          request_id: 'req_gone',
          request_revision: 3,
          failure: 'failed',
          died_at: since,
        })
        .execute();
    });

    const found = await examine();

    assert.match(found.check('consent'), /^failed: .*nobody has consented.*03:10 UTC: grant admin consent/);
    assert.equal(
      found.check('submission'),
      'warning: paused since 2026-11-23 03:20 UTC by operator:riley: Drill; "npx cordon resume" ends it',
    );
    assert.match(found.check('dead jobs'), /^warning: submit of no known request since 2026-11-23 03:20 UTC/);
    assert.equal(found.code, 1);
  });

  it('tells a wrong credential from an unknown connection', async () => {
    const [wrongSecret, wrongConnection] = await Promise.all([
      examine({ BOT_APP_SECRET: 'not-the-secret', DATABASE_URL: `pglite:${join(folder, 'none')}` }),
      examine({ BOT_OAUTH_CONNECTION: 'cordons' }),
    ]);

    assert.match(
      wrongSecret.check('token service'),
      /^failed: Entra refused the bot's own credential \(AADSTS7000215\): check BOT_APP_SECRET/,
    );
    assert.match(
      wrongConnection.check('token service'),
      /^failed: knows no OAuth connection "cordons" \(HTTP 400\): create it .* BOT_OAUTH_CONNECTION/,
    );
    assert.deepEqual([wrongSecret.code, wrongConnection.code], [1, 1]);
  });

  it('does not hide the other checks behind a database, services or addresses that are away', async () => {
    const nowhere = `https://127.0.0.1:${await freePort()}`;

    const found = await examine({
      DATABASE_URL: 'postgres://cordon:hunter2hunter2@127.0.0.1:1/cordon',
      ENTRA_AUTHORITY_HOST: nowhere,
      DEFENDER_API_URL: nowhere,
    });

    assert.deepEqual(found.names, names);
    assert.match(found.check('database'), /^failed: no usable answer \(ECONNREFUSED\): check host and port/);
    assert.match(found.check('token service'), /^failed: Entra gave no answer/);
    assert.match(
      found.check('Defender'),
      /^failed: cannot be reached \(ECONNREFUSED\): check DEFENDER_API_URL/,
    );
    assert.equal(found.code, 1);
  });

  it('tells the token service that is away from Entra that is not', async () => {
    const found = await examine({
      DATABASE_URL: `pglite:${join(folder, 'none')}`,
      BOT_TOKEN_SERVICE_URL: 'https://127.0.0.1:1',
    });

    assert.match(found.check('token service'), /^failed: no answer: check BOT_TOKEN_SERVICE_URL/);
  });

  it('does not take for Defender what answers otherwise, or never', async () => {
    const answers = [200, 403, 503, undefined];
    const server = createServer((_req, res) => {
      const status = answers.shift();
      if (status === undefined) return;
      // Not chained: restify, loaded by another test of this process, changes what writeHead returns.
      res.writeHead(status);
      res.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const settings = {
      DATABASE_URL: `pglite:${join(folder, 'none')}`,
      DEFENDER_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    try {
      assert.match((await examine(settings)).check('Defender'), /^failed: HTTP 200 instead of 401/);
      assert.match((await examine(settings)).check('Defender'), /^failed: HTTP 403 instead of 401/);
      assert.match((await examine(settings)).check('Defender'), /^warning: reached, but it answers HTTP 503/);
      const started = performance.now();
      assert.match((await examine(settings)).check('Defender'), /^failed: cannot be reached: check/);
      assert.ok(performance.now() - started < 20_000);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('names each wrong setting, and what could not be checked for it', async () => {
    const found = await examine({ PORT: 'http', BOT_TENANT_ID: '' });

    assert.deepEqual(found.names, ['settings', ...names]);
    assert.match(found.check('settings'), /^failed: PORT: expected a port number/);
    assert.equal(found.check('Defender'), 'warning: not checked: see to the settings first');
    assert.equal(found.code, 1);
  });

  it('says who has the embedded database, looks at the rest, and ends with 75', async () => {
    await inDatabase(async () => {
      const found = await examine();

      assert.match(found.check('database'), new RegExp(`^failed: .*in use by process ${process.pid}`));
      assert.match(found.check('Defender'), /^ok/);
      assert.equal(found.code, 75);
    });
  });

  for (const { version, verdict } of [
    { version: 9999, verdict: /^failed: has schema version 9999.*use the newer program/ },
    { version: 1, verdict: /^warning: has schema version 1: the next start of the bot brings it to \d+/ },
  ]) {
    it(`compares the schema with its own: version ${version}`, async () => {
      await inDatabaseAsItIs(async (sql) => {
        await sql.deleteFrom('schema_migrations').execute();
        await sql.insertInto('schema_migrations').values({ version, applied_at: new Date() }).execute();
      });

      const found = await examine();

      assert.match(found.check('database'), verdict);
      assert.equal(found.check('dead jobs'), 'warning: not checked: see to the database first');
      const paused = await cordon(['pause', 'Drill'], { folder, settings: sandbox.settings });
      assert.deepEqual({ code: paused.code, out: paused.out }, { code: 75, out: [] });
      assert.match(
        paused.err[0] ?? '',
        new RegExp(`^DATABASE_URL: the database has schema version ${version}`),
      );
    });
  }
});
