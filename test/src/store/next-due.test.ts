import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextDue } from '../../../src/store/handovers.ts';

describe('the next time of a handover', () => {
  const cases: readonly (readonly [number[], string, string])[] = [
    [[360, 1_080], '2026-11-29T05:59:59.999Z', '2026-11-29T06:00:00.000Z'],
    [[360, 1_080], '2026-11-29T06:00:00.000Z', '2026-11-29T18:00:00.000Z'],
    [[360, 1_080], '2026-11-29T18:00:00.001Z', '2026-11-30T06:00:00.000Z'],
    [[0], '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    [[1_439], '2028-02-29T23:59:00.000Z', '2028-03-01T23:59:00.000Z'],
  ];
  for (const [times, now, due] of cases)
    it(`after ${now} is ${due}`, () => {
      assert.equal(nextDue(times, now), due);
    });

  it('is one of the times, later than now, and no more than a day away', () => {
    const aTime = fc.integer({ min: 0, max: 1_439 });
    const anInstant = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(aTime, { minLength: 1, maxLength: 8 }), anInstant, (times, now) => {
        const due = new Date(nextDue(times, now.toISOString()));
        const away = due.getTime() - now.getTime();
        assert.ok(away > 0 && away <= 86_400_000);
        assert.ok(times.includes(due.getUTCHours() * 60 + due.getUTCMinutes()));
        assert.equal(due.getUTCSeconds() + due.getUTCMilliseconds(), 0);
      }),
    );
  });
});
