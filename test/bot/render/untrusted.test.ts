import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isShortened,
  markdownSafeName,
  safeName,
  safeText,
  splitMacros,
} from '../../../bot/render/untrusted.ts';

describe('text from outside', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['  plain   words ', 'plain words'],
    ['right\u200F to \u202Bleft\u202C', 'right to left'],
    ['soft\u00ADhyphen', 'softhyphen'],
    ['bell\u0007tab\there', 'bell tab here'],
    ['family 👨‍👩‍👧 ok', 'family 👨‍👩‍👧 ok'],
    [`z${'\u0301'.repeat(40)}o`, `z${'\u0301'.repeat(4)}o`],
    ['lone \uD83D half', 'lone \uFFFD half'],
    ['\n\n', ''],
  ];
  for (const [given, shown] of cases) {
    it(`becomes ${JSON.stringify(shown)}`, () => {
      assert.equal(safeText(given, 1000), shown);
    });
  }

  it('is never longer than asked for and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 40 }), (text, limit) => {
        const shown = safeText(text, limit);
        assert.ok(shown.length <= limit && shown.isWellFormed());
        assert.equal(splitMacros(shown).join(''), shown);
        assert.equal(isShortened(text, limit), safeText(text, 10_000).length > limit);
      }),
    );
  });

  it('is cut before a date macro only, however many braces come first', () => {
    assert.deepEqual(splitMacros(`${'{'.repeat(900)}DATE(`), ['{'.repeat(899), '{DATE(']);
    assert.deepEqual(splitMacros('a {{ time(x)}} b'), ['a {', '{ time(x)}} b']);
    assert.deepEqual(splitMacros('{'.repeat(900)), ['{'.repeat(900)]);
  });

  it('makes a few runs at most, none of which holds a date macro', () => {
    const runs = splitMacros('{{DATE('.repeat(140));

    assert.ok(runs.length <= 8);
    assert.ok(runs.every((run) => !/\{\{\s*(?:DATE|TIME)/i.test(run)));
    assert.equal(runs.join('').replaceAll(' ', ''), '{{DATE('.repeat(140));
  });

  it('gives a name even where there is nothing to see', () => {
    assert.equal(safeName('\u200B\u202E '), 'unnamed');
    assert.equal(safeName(undefined), 'unnamed');
  });

  it('takes from a name what Markdown or a mention would read', () => {
    assert.equal(markdownSafeName('</at><at>Boss</at> [x](y) *b* & Co'), '/at at Boss /at x (y) b Co');
    assert.equal(markdownSafeName('Chen, Riley (SOC)'), 'Chen, Riley (SOC)');
  });

  it('is read in a time that grows with its length only', () => {
    const started = process.hrtime.bigint();

    safeText(' \n'.repeat(200_000) + 'x'.repeat(200_000), 1000);

    assert.ok(process.hrtime.bigint() - started < 2_000_000_000n);
  });
});
