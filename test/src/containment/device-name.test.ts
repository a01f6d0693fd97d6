import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distanceOf, matchOfName } from '../../../src/containment/device-name.ts';

describe('a DNS name beside what was typed', () => {
  const table = [
    ['ws-017', 'ws-017', 'exact'],
    ['ws-017', 'WS-017', 'exact'],
    ['WS-017', 'ws-017.contoso.com', 'exact'],
    ['ws-017.', 'ws-017.contoso.com', 'exact'],
    ['ws-017.contoso', 'ws-017.contoso.com', 'exact'],
    ['ws-017.contoso.com', 'ws-017.contoso.com.', 'exact'],
    ['ws-017.contoso.com.', 'WS-017.CONTOSO.COM', 'exact'],
    ['ws-01', 'ws-017.contoso.com', 'near'],
    ['ws-017', 'ws-0170', 'near'],
    ['ws-017', 'ws-0170.contoso.com', 'near'],
    ['ws-017', 'ws-017-old.contoso.com', 'near'],
    ['ws-017.con', 'ws-017.contoso.com', 'near'],
    ['ws-017.contoso.com', 'ws-017', 'near'],
    ['ws-', 'ws-017', 'near'],
    ['ws-0170', 'ws-017', 'none'],
    ['ws-017', 'xws-017', 'none'],
    ['ws-017.fabrikam.com', 'ws-017.contoso.com', 'none'],
    ['ws-017.contoso.com', 'ws-017.contoso', 'none'],
    ['contoso.com', 'ws-017.contoso.com', 'none'],
    ['ws_017', 'ws-017', 'none'],
    ['ws%', 'ws-017', 'none'],
    ['', 'ws-017', 'none'],
    ['.', 'ws-017', 'none'],
    ['ws-017', '', 'none'],
  ] as const;
  for (const [typed, name, match] of table) {
    it(`typed “${typed}”, called “${name}”: ${match}`, () => assert.equal(matchOfName(typed, name), match));
  }

  const label = fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,9}$/);
  const dns = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

  it('is exact for its own first labels in any case, and never for half a label', () => {
    fc.assert(
      fc.property(dns, fc.nat(), (name, at) => {
        const labels = name.split('.');
        const first = labels.slice(0, 1 + (at % labels.length)).join('.');
        assert.equal(matchOfName(first.toUpperCase(), name), 'exact');
        const half = first.slice(0, -1);
        if (half !== '' && !half.endsWith('.')) assert.notEqual(matchOfName(half, name), 'exact');
      }),
    );
  });
});

describe('the distance of two names', () => {
  it('is the number of characters to change', () => {
    const cases = [
      ['', '', 0],
      ['ws-017', 'ws-017', 0],
      ['ws-017', 'ws-018', 1],
      ['ws-017', 'ws-17', 1],
      ['ws-017', 'ws-071', 2],
      ['abc', '', 3],
    ] as const;
    for (const [one, other, distance] of cases) assert.equal(distanceOf(one, other), distance);
  });

  it('is the same both ways, and nothing only for the same name', () => {
    const name = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        assert.equal(distanceOf(one, other), distanceOf(other, one));
        assert.equal(distanceOf(one, other) === 0, one === other);
      }),
    );
  });
});
