import assert from 'node:assert/strict';
import { readSchemaVersions, migrate } from '../../src/store/migrate.ts';
import type { Asked } from '../e2e/play.ts';
import { alex } from '../e2e/stage.ts';
import { takeBackTo } from '../support/database-copy.ts';
import { installFastClock, openFastClock } from '../support/fast-clock.ts';
import { type Rig, calm, openRig } from '../support/rig.ts';
import { migrationsOfNext } from '../support/schema-folders.ts';
import { until } from '../support/until.ts';

describe('An upgrade with requests under way', function () {
  this.timeout(120_000);
  let rig: Rig;
  before(async () => {
    rig = await openRig({ bots: 2, devices: 4 });
  });
  after(async () => {
    assert.deepEqual(await rig.stop(), []);
  });

  const ask = (at: number): Promise<Asked> => rig.ask({ device: rig.devices[at] ?? '' });
  /** Schema 1 tells nobody when it was last used: Defender is asked first, and minutes pass until "not there" counts. */
  const succeeded = async (...all: readonly Asked[]): Promise<void> => {
    const clock = await openFastClock(rig.databaseUrl);
    try {
      await until(async () => {
        if (all.every((asked) => rig.label(asked) === 'Succeeded')) return true;
        await clock.advance(20);
        return false;
      }, 60_000);
    } finally {
      await clock.close();
    }
  };
  const versions = async () =>
    (
      await rig.database.sql.selectFrom('schema_migrations').select('version').orderBy('version').execute()
    ).map(({ version }) => version);

  it('from schema 1, by two replicas that start at once, migrates once and goes on', async () => {
    const { bots, faults } = rig.sandbox;
    const awaiting = await ask(0);
    const submitting = await ask(1);
    // Defender takes it, and nobody is there any more to hear so.
    faults.set({ faults: { 'defender.submit': { kind: 'delay', ms: 3_000 } } });
    await rig.pressAnyway(alex, submitting, 'approve');
    await until(() => rig.label(submitting) === 'Submitting');
    await Promise.all(bots.map((bot) => bot.kill()));
    await takeBackTo(rig.database, 1);
    assert.deepEqual(await versions(), [1]);
    await installFastClock(rig.databaseUrl);
    calm(rig.sandbox);

    await Promise.all(bots.map((bot) => bot.start()));

    const { known } = await readSchemaVersions(rig.database.sql);
    assert.deepEqual(
      await versions(),
      Array.from({ length: known }, (_, index) => index + 1),
    );
    await rig.pressAnyway(alex, awaiting, 'approve');
    await succeeded(awaiting, submitting);
    for (const asked of [awaiting, submitting]) assert.equal(rig.submissions(asked).length, 1);
  });

  it('to the next schema leaves the running replicas at work, and refuses them a new start', async () => {
    const [one, other] = rig.sandbox.bots;
    assert.ok(one && other);
    const before = await ask(2);
    const next = await migrationsOfNext();
    try {
      await migrate(rig.database, next.url);
    } finally {
      await next.remove();
    }

    await rig.pressAnyway(alex, before, 'approve');
    await until(() => rig.label(before) === 'Succeeded');

    await other.stop();
    await assert.rejects(
      other.start(),
      /DATABASE_URL: the database has schema version 9000.*start the newer program/,
    );
    assert.deepEqual(await other.exited, { code: 75, signal: null });
    const after = await ask(3);
    await rig.pressAnyway(alex, after, 'approve');
    await until(() => rig.label(after) === 'Succeeded');
    for (const asked of [before, after]) assert.equal(rig.submissions(asked).length, 1);
  });
});
