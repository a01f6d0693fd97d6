import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBlocks, parseSpans } from '../../sandbox/page/markdown.ts';
import type { Span } from '../../sandbox/page/markdown.ts';

describe('Markdown of bot messages on the chat page', () => {
  it('reads bold, italics, code and links', () => {
    const spans = parseSpans('**#12** is _done_ on `srv-1`, see [portal](https://a.example/x_(1))');

    assert.deepEqual(spans, [
      { kind: 'bold', spans: [{ kind: 'text', text: '#12' }] },
      { kind: 'text', text: ' is ' },
      { kind: 'italic', spans: [{ kind: 'text', text: 'done' }] },
      { kind: 'text', text: ' on ' },
      { kind: 'code', text: 'srv-1' },
      { kind: 'text', text: ', see ' },
      { kind: 'link', href: 'https://a.example/x_(1)', spans: [{ kind: 'text', text: 'portal' }] },
    ]);
  });

  for (const literal of ['ws_finance_017', '2 * 3 * 4', 'a**', '<b>x</b>', '`', '[x]', '__']) {
    it(`leaves ${literal} as it is`, () => {
      assert.deepEqual(parseSpans(literal), [{ kind: 'text', text: literal }]);
    });
  }

  it('keeps lines of a paragraph together and gathers bullets', () => {
    assert.deepEqual(parseBlocks('one\ntwo\n\nthree\n- a\n- b'), [
      { kind: 'paragraph', lines: ['one', 'two'] },
      { kind: 'paragraph', lines: ['three'] },
      { kind: 'bullet', lines: ['a', 'b'] },
    ]);
  });

  it('never invents text: what is shown is part of what was sent, in order', () => {
    const alphabet = fc.constantFrom('a', ' ', '*', '_', '`', '[', ']', '(', ')', '<', '\\');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 40 }), (text) => {
        let from = 0;
        for (const letter of shown(parseSpans(text))) {
          const at = text.indexOf(letter, from);
          assert.ok(at >= from);
          from = at + 1;
        }
      }),
    );
  });

  it('stays quick on long runs of markers', () => {
    for (const marker of ['*', '_', '`', '[', '**a', '[a](']) {
      const began = performance.now();

      parseSpans(marker.repeat(2_000));

      assert.ok(performance.now() - began < 2_000, marker);
    }
  });
});

function shown(spans: readonly Span[]): string {
  return spans.map((span) => ('spans' in span ? shown(span.spans) : span.text)).join('');
}
