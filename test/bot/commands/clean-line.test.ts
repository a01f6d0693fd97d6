import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanLine, cut } from '../../../bot/commands/clean-line.ts';

describe('cleaning a line', () => {
  const cases: readonly (readonly [what: string, typed: string, cleaned: string])[] = [
    ['no-break spaces', 'a\u00A0b\u202Fc', 'a b c'],
    ['tabs and line breaks', ' a\t\tb\r\nc\u2028d\u2029e ', 'a b c d e'],
    ['zero-width characters', 'res\u200Btr\u200Cict\u2060 \uFEFFx', 'restrict x'],
    ['soft hyphens', 'ab\u00ADcd', 'abcd'],
    ['bidirectional marks', '\u202Eabc\u202C\u2066d\u2069', 'abcd'],
    ['blank letters', 'a\u3164b\u115Fc', 'abc'],
    ['control characters', 'a\u0000b\u001Bc', 'a b c'],
    ['half characters', 'a\uD83Db', 'a\uFFFDb'],
  ];
  for (const [what, typed, cleaned] of cases) {
    it(`settles ${what}`, () => assert.equal(cleanLine(typed), cleaned));
  }

  it('keeps quotes, dashes, accents and full-width letters as they were written', () => {
    const written = '“C2” – it’s café, ｗｉｄｅ — e\u0301';
    assert.equal(cleanLine(written), written);
  });

  it('keeps emoji whole, joined ones too', () => {
    const written = '👩🏽‍💻 🏳️‍🌈 👨‍👩‍👧 ❤️ 1️⃣';
    assert.equal(cleanLine(written), written);
  });

  it('drops a joiner that joins no emoji', () => {
    assert.equal(cleanLine('a\u200Db 👩\u200D \u200D💻'), 'ab 👩 💻');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const once = cleanLine(text);
        assert.equal(cleanLine(once), once);
      }),
    );
  });

  it('leaves one well-formed line without double spaces', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const line = cleanLine(text);
        assert.ok(line.isWellFormed());
        assert.doesNotMatch(line, /^\s|\s$|\s\s|[^\S ]|\p{Cc}/u);
      }),
    );
  });

  it('cuts between characters', () => {
    assert.equal(cut('ab😀', 3), 'ab');
    assert.equal(cut('ab😀', 4), 'ab😀');
  });
});

/** Any UTF-16, with more of the characters that matter here than chance would give. */
function anyText(): fc.Arbitrary<string> {
  const special = fc.constantFrom(
    '\u200D',
    '\u200B',
    '\uFE0F',
    '👩',
    '💻',
    '🏽',
    ' ',
    '\u00A0',
    '\n',
    '\uD83D',
    'a',
  );
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(special, fc.string({ unit: 'binary', maxLength: 2 }))).map((parts) => parts.join('')),
  );
}
