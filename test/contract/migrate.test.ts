import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { type Database, DatabaseRefusedError } from '../../src/store/database-port.ts';
import { migrate } from '../../src/store/migrate.ts';
import { databases } from './databases.ts';
import { dumpSchema } from './schema-dump.ts';

const golden = new URL('../golden/schema.txt', import.meta.url);

for (const { name, open } of databases) {
  describe(`migrations on ${name}`, () => {
    let database: Database;
    before(async () => {
      database = await open();
    });
    after(() => database.close());

    const versions = async () =>
      (await database.sql.selectFrom('schema_migrations').select('version').orderBy('version').execute()).map(
        (row) => row.version,
      );

    it('bring an empty database to the reviewed schema, however many start at once', async () => {
      await Promise.all([migrate(database), migrate(database), migrate(database)]);

      const schema = await dumpSchema(database.sql);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, schema);
      assert.equal(schema, readFileSync(golden, 'utf8'));
    });

    it('are each applied once', async () => {
      const before = await versions();

      await migrate(database);

      assert.deepEqual(await versions(), before);
      assert.equal(before[0], 1);
    });

    it('refuse a database that a newer program has changed, and leave it alone', async () => {
      await sql`insert into schema_migrations values (9999, now())`.execute(database.sql);

      await assert.rejects(migrate(database), (error: unknown) => {
        assert.ok(error instanceof DatabaseRefusedError);
        assert.match(error.message, /schema version 9999.*start the newer program/);
        return true;
      });

      await sql`delete from schema_migrations where version = 9999`.execute(database.sql);
      await migrate(database);
    });
  });
}
