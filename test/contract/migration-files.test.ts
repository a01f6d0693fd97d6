import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../src/store/migrations/', import.meta.url);

/** What an older program beside this one could stumble over; everything else only adds. */
const harmful = [
  { what: 'takes something away', is: /\bdrop\b|\btruncate\b|\bdelete\s+from\b/ },
  { what: 'renames', is: /\brename\b/ },
  { what: 'changes a type', is: /\balter\s+column\b.*\btype\b/s },
  { what: 'demands what older programs do not write', is: /\bset\s+not\s+null\b/ },
  { what: 'adds a column that older programs leave empty and that must not be', is: isBareNotNull },
  {
    what: 'adds a rule to rows that older programs write',
    is: /\balter\s+table\b.*\badd\s+(constraint|check|unique)\b/s,
  },
  { what: 'adds a rule to rows that older programs write', is: isUniqueOnOldTable },
];

function isBareNotNull(statement: string): boolean {
  return (
    /\badd\s+column\b/.test(statement) && /\bnot\s+null\b/.test(statement) && !/\bdefault\b/.test(statement)
  );
}

/** A unique index on a table that the same file does not create, over columns that older programs write. */
function isUniqueOnOldTable(statement: string, file: string): boolean {
  const [, table, columns = ''] =
    /\bcreate\s+unique\s+index\b.*?\bon\s+(\w+)\s*\(([^)]*)\)/s.exec(statement) ?? [];
  if (table === undefined) return false;
  const isNewTable = new RegExp(`create\\s+table\\s+(if not exists\\s+)?${table}\\b`).test(file);
  const isNew = (column: string) =>
    new RegExp(`alter\\s+table\\s+${table}\\s+add\\s+column\\s+${column.trim()}\\b`).test(file);
  return !isNewTable && !columns.split(',').every(isNew);
}

function faultsOf(file: string): string[] {
  const text = file.replaceAll(/--[^\n]*/g, '').toLowerCase();
  return text
    .split(';')
    .flatMap((statement) =>
      harmful
        .filter(({ is }) => (is instanceof RegExp ? is.test(statement) : is(statement, text)))
        .map(({ what }) => `${what}: ${statement.trim()}`),
    );
}

const files = readdirSync(folder).sort();

describe('the migration files', () => {
  it('are numbered without a gap, and nothing else lies beside them', () => {
    assert.deepEqual(
      files.map((name) => /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]),
      files.map((_, index) => String(index + 1).padStart(4, '0')),
    );
  });

  for (const name of files.slice(1)) {
    it(`only add, so that an older program beside them does no harm: ${name}`, () => {
      assert.deepEqual(faultsOf(readFileSync(new URL(name, folder), 'utf8')), []);
    });
  }

  for (const statement of [
    'alter table cards drop column holder;',
    'drop table cards;',
    'alter table cards rename column holder to keeper;',
    'alter table requests alter column number type bigint;',
    'alter table requests alter column number set data type bigint;',
    'alter table requests alter column device set not null;',
    'alter table requests add column severity text not null;',
    'alter table requests add constraint one check (number > 0);',
    'create unique index one on requests (number);',
    'delete from cards;',
  ]) {
    it(`would be refused with: ${statement}`, () => {
      assert.equal(faultsOf(statement).length, 1);
    });
  }

  it('may demand something of columns that older programs do not know', () => {
    const file =
      'alter table requests add column lifts text; create unique index one on requests (lifts) where status = 1;';
    assert.deepEqual(faultsOf(file), []);
    assert.equal(faultsOf(`${file} create unique index two on requests (lifts, number);`).length, 1);
  });

  it('may demand of a new table whatever they like', () => {
    const file = 'create table notes (id text not null); create unique index one_note on notes (id);';
    assert.deepEqual(faultsOf(file), []);
  });
});
