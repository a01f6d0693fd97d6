import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDuration } from '../../../src/containment/duration.ts';

describe('a duration', () => {
  it('is a number from 1 to 999 with its unit, and is that many seconds', () => {
    const seconds = { m: 60, h: 3_600, d: 86_400 };
    const units = fc.constantFrom('m' as const, 'h' as const, 'd' as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), units, fc.boolean(), (amount, unit, large) => {
        const duration = parseDuration(`${amount}${large ? unit.toUpperCase() : unit}`);

        assert.deepEqual(duration, { text: `${amount}${unit}`, seconds: amount * seconds[unit] });
      }),
    );
  });

  it('is nothing else', () => {
    const isDuration = /^[1-9][0-9]{0,2}[mhd]$/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (word) => {
        fc.pre(!isDuration.test(word.normalize('NFKC').toLowerCase()));
        assert.equal(parseDuration(word), undefined);
      }),
    );
  });
});
