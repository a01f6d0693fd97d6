import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ApiError } from '../../sandbox/defender/api-error.ts';
import { parseFilter } from '../../sandbox/defender/odata-filter.ts';
import type { Fields, Row } from '../../sandbox/defender/odata-filter.ts';
import { ticks } from '../../sandbox/defender/odata-tokens.ts';

const fields: Fields = { id: 'text', type: 'text', status: 'text', at: 'date', group: 'number' };
const row = { id: 'a', type: 'Restrict', status: 'Pending', at: '2026-01-31T00:00:00.1234567Z', group: 7 };

function holds(filter: string, of: Row = row): boolean {
  return parseFilter(filter, fields)(of);
}

describe('The OData filter of the simulated Defender', () => {
  const truths: readonly (readonly [string, boolean])[] = [
    ["id eq 'a'", true],
    ["id eq 'A'", false],
    ["id ne 'b' and type eq 'Restrict'", true],
    ["id eq 'b' or type eq 'Restrict'", true],
    ["id eq 'a' or id eq 'b' and id eq 'c'", true],
    ["(id eq 'a' or id eq 'b') and id eq 'c'", false],
    ["not (id eq 'a')", false],
    ["not startswith(type,'Un')", true],
    ["startswith(type, 'Rest')", true],
    ["id in ('a','b') AND status in ('Pending', 'InProgress')", true],
    ["id in ('b')", false],
    ['at ge 2026-01-31T00:00:00Z', true],
    ['at gt 2026-01-31T00:00:00.1234567Z', false],
    ['at ge 2026-01-31T00:00:00.1234567Z', true],
    ['at lt 2026-01-31T01:00:00.1234568+01:00', true],
    ['at le 2026-01-30', false],
    ['group eq 7', true],
    ['group ge 8', false],
    ['type eq null', false],
    ['type ne null', true],
  ];
  for (const [filter, truth] of truths) {
    it(`finds ${filter} ${truth ? 'true' : 'false'}`, () => {
      assert.equal(holds(filter), truth);
    });
  }

  const faulty = [
    '',
    'id',
    "id eq 'a",
    'id eq a',
    'id eq "a"',
    "id = 'a'",
    "id eq 'a' and",
    "(id eq 'a'",
    "id eq 'a')",
    "id eq 'a' id eq 'b'",
    'id in ()',
    "id in 'a'",
    "secret eq 'a'",
    "constructor eq 'a'",
    "ID eq 'a'",
    "at ge '2026-01-31T00:00:00Z'",
    'at ge 2026-13-31T00:00:00Z',
    'id eq 7',
    "startswith(at,'2026')",
    'startswith(type)',
    `${'('.repeat(500)}id eq 'a'${')'.repeat(500)}`,
  ];
  for (const filter of faulty) {
    it(`refuses ${filter === '' ? 'an empty filter' : filter.slice(0, 40)} as an ODataError`, () => {
      assert.throws(
        () => parseFilter(filter, fields),
        (error: unknown) => error instanceof ApiError && error.status === 400 && error.code === 'ODataError',
      );
    });
  }

  it('finds any text whose quotes are doubled, and no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const filter = `id eq '${one.replaceAll("'", "''")}'`;

        assert.equal(holds(filter, { id: one }), true);
        assert.equal(holds(filter, { id: other }), one === other);
      }),
    );
  });

  it('answers any text with a predicate or an ODataError, never with anything else', () => {
    const pieces = [
      'id',
      'eq',
      "'a'",
      '(',
      ')',
      ',',
      'and',
      'or',
      'not',
      'in',
      'null',
      '7',
      ' ',
      'startswith',
      '$',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        try {
          assert.equal(typeof holds(parts.join(' ')), 'boolean');
        } catch (error) {
          assert.ok(error instanceof ApiError);
        }
      }),
    );
  });

  it('tells times apart that differ by 100 nanoseconds', () => {
    assert.equal(ticks('2026-01-31T00:00:00.1234568Z') - ticks('2026-01-31T00:00:00.1234567Z'), 1n);
  });
});
