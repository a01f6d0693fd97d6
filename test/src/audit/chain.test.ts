import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Link, canonical, genesis, hashOf, tenantChain } from '../../../src/audit/chain.ts';

const link: Link = {
  chain: 'req_9mUuN1Yh3vQk5w2xZr7TbA',
  position: 1,
  at: '2026-11-23T03:10:20.000Z',
  record: { what: 'requested', who: 'cordon', detail: { reason: 'Beacons' } },
  previous: genesis,
};

describe('canonical JSON', () => {
  it('is the same whatever order the keys come in, at any depth', () => {
    const one = { b: 1, a: { d: [{ y: 1, x: 2 }], c: null } };
    const other = { a: { c: null, d: [{ x: 2, y: 1 }] }, b: 1 };

    assert.equal(canonical(one), '{"a":{"c":null,"d":[{"x":2,"y":1}]},"b":1}');
    assert.equal(canonical(other), canonical(one));
  });

  it('leaves out what is undefined, and keeps the order of lists', () => {
    assert.equal(canonical({ a: undefined, b: [3, 1, 2] }), '{"b":[3,1,2]}');
  });

  it('survives a round through the database', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value);

        assert.equal(canonical(JSON.parse(text)), text);
      }),
    );
  });
});

describe('the hash of a record', () => {
  it('is this one: whoever verifies an old log needs the same rule', () => {
    const text =
      '{"at":"2026-11-23T03:10:20.000Z","chain":"req_9mUuN1Yh3vQk5w2xZr7TbA","position":1,' +
      `"previous":"${genesis}","record":{"detail":{"reason":"Beacons"},"what":"requested","who":"cordon"}}`;

    assert.equal(canonical(link), text);
    assert.equal(hashOf(link), '87f56909fffdab114a5975de8695638b033ff3dc08d06d02be4548fce488a5a8');
  });

  const changes: Partial<Link>[] = [
    { chain: 'req_another' },
    { position: 2 },
    { at: '2026-11-23T03:10:20.001Z' },
    { record: { what: 'requested', who: 'cordon', detail: { reason: 'beacons' } } },
    { previous: hashOf(link) },
  ];
  for (const change of changes) {
    it(`depends on ${Object.keys(change).join()}`, () => {
      assert.notEqual(hashOf({ ...link, ...change }), hashOf(link));
    });
  }

  it('has a chain of its own for each tenant, which no request can bear the name of', () => {
    assert.equal(tenantChain('t1'), 'tenant:t1');
  });
});
