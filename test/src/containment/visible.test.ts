import assert from 'node:assert/strict';
import { isVisible } from '../../../src/containment/visible.ts';

describe('visible text', () => {
  for (const text of ['no', '否', '👍', '?!', '  ok ', 'ㅤx']) {
    it(`is seen in ${JSON.stringify(text)}`, () => {
      assert.equal(isVisible(text), true);
    });
  }

  for (const text of ['', ' \t', '\u200B', '\u2800', '\u3164', '\uFFA0', '\u202E', '\uFE0F', '\u00A0']) {
    it(`is not seen in ${JSON.stringify(text).replace(/[^\x20-\x7e]/gu, 'an invisible character')}`, () => {
      assert.equal(isVisible(text), false);
    });
  }
});
