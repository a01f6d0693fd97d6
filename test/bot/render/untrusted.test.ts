import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isShortened,
  markdownSafeName,
  markdownSafeText,
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

  it('leaves no link where invisible characters stood in one', () => {
    for (const gap of ['\u200B', '\u202E', '\u2060\uFEFF', '\u00AD'])
      for (const link of [`https:${gap}//evil.example`, `https:/${gap}/evil.example`]) {
        assert.equal(markdownSafeText(link, 400), 'https evil.example');
        assert.equal(markdownSafeName(link), 'https evil.example');
      }
  });

  const shapes: readonly (readonly [string, (length: number) => string])[] = [
    ['blanks', (length) => `x${' \n'.repeat(length / 2)}x`],
    ['signs of line breaks', (length) => `${'↵'.repeat(length - 1)}x`],
    ['blanks before words', (length) => '↵ a'.repeat(length / 3)],
    ['marks', (length) => `x${'\u0301'.repeat(length - 1)}`],
    ['joiners', (length) => '🦊\u200D'.repeat(length / 3)],
    ['Markdown', (length) => ':/<'.repeat(length / 3)],
  ];
  for (const [what, text] of shapes) {
    it(`of nothing but ${what} is read in a time that grows with its length, not with the square`, () => {
      const [short, long] = [text(2_700), text(54_000)];
      const read = (given: string): void => {
        safeText(given, 1_000);
        markdownSafeText(given, 1_000);
      };
      read(long);

      // Twenty times the length takes a square 400 times as long; a busy machine does not come near that.
      assert.ok(quickest(() => read(long)) < 120 * quickest(() => read(short)));
    });
  }
});

/** In milliseconds: the best of several, because whatever else the machine does only adds to it. */
function quickest(work: () => void): number {
  const took = Array.from({ length: 9 }, () => {
    const began = performance.now();
    for (let times = 0; times < 4; times += 1) work();
    return performance.now() - began;
  });
  return Math.min(...took);
}
