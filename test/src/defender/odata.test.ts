import assert from 'node:assert/strict';
import fc from 'fast-check';
import { and, anyOf, eq, filterQuery, isIn, since } from '../../../src/defender/odata.ts';

describe('an OData filter', () => {
  it('doubles quotes inside a value', () => {
    assert.equal(eq('id', "x' or 'a' eq 'a"), "id eq 'x'' or ''a'' eq ''a'");
    assert.equal(isIn('id', ["o'a", 'b']), "id in ('o''a','b')");
  });

  it('joins terms, with parentheses only where they are needed', () => {
    assert.equal(and(eq('a', '1'), anyOf('b', ['2'])), "a eq '1' and b eq '2'");
    assert.equal(and(eq('a', '1'), anyOf('b', ['2', '3'])), "a eq '1' and (b eq '2' or b eq '3')");
  });

  it('writes times unquoted and in whole seconds', () => {
    assert.equal(since('t', new Date('2026-01-31T00:00:00.999Z')), 't ge 2026-01-31T00:00:00Z');
  });

  it('arrives as it was built, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const filter = eq('id', value);

        const query = filterQuery(filter);

        assert.equal(new URL(`http://local/?${query}`).searchParams.get('$filter'), filter.toWellFormed());
        assert.doesNotMatch(query.slice('$filter='.length), /['&#+ ]/);
      }),
    );
  });
});
