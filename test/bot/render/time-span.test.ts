import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timeSpan } from '../../../bot/render/time-span.ts';

const start = '2026-11-23T03:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(start) + ms).toISOString();

describe('a span of time', () => {
  const minute = 60_000;
  const table: readonly (readonly [ms: number, text: string])[] = [
    [0, 'less than a minute'],
    [-minute, 'less than a minute'],
    [59_999, 'less than a minute'],
    [minute, '1 min'],
    [59 * minute, '59 min'],
    [60 * minute, '1 h'],
    [61 * minute, '1 h 1 min'],
    [24 * 60 * minute, '1 d'],
    [25 * 60 * minute + minute, '1 d 1 h'],
    [400 * 24 * 60 * minute, '400 d'],
  ];
  for (const [ms, text] of table) {
    it(`of ${ms} ms is ${text}`, () => assert.equal(timeSpan(start, after(ms)), text));
  }

  it('that cannot be told is no number that is none', () => {
    assert.equal(timeSpan('yesterday', start), 'less than a minute');
  });

  it('is short whatever it is', () => {
    const moment = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    fc.assert(
      fc.property(moment, moment, (from, to) => {
        assert.match(timeSpan(from, to), /^(less than a minute|\d+ (d|h|min)( \d+ (h|min))?)$/);
      }),
    );
  });
});
