import assert from 'node:assert/strict';
import { createWire } from '../../sandbox/wire.ts';

const call = { from: 'bot', to: 'entra', what: 'POST token' } as const;

describe('The wire log', () => {
  it('numbers what it records and tells only what is new', () => {
    const wire = createWire(() => 0);
    const first = wire.record(call);
    const second = wire.record({ ...call, status: 200, ms: 3 });

    assert.deepEqual(first, { id: 1, at: '1970-01-01T00:00:00.000Z', ...call });
    assert.deepEqual(wire.entries(first.id), [second]);
  });

  it('keeps the newest 500 entries', () => {
    const wire = createWire();
    for (let count = 0; count < 600; count += 1) wire.record(call);

    const ids = wire.entries().map(({ id }) => id);

    assert.deepEqual([ids.length, ids[0], ids.at(-1)], [500, 101, 600]);
  });

  it('blacks out tokens and secrets wherever they hide', () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';
    const wire = createWire();
    const { what, detail } = wire.record({
      ...call,
      what: `GET /?t=${jwt}`,
      detail: {
        Authorization: 'Bearer x',
        nested: [{ access_token: 'y', client_secret: 'z', assertion: 'w', note: `see ${jwt}.` }],
        code: '482913',
        error: { code: 'ActiveRequestAlreadyExists' },
        empty: null,
      },
    });

    assert.equal(what, 'GET /?t=[token]');
    assert.deepEqual(detail, {
      Authorization: '[redacted]',
      nested: [
        {
          access_token: '[redacted]',
          client_secret: '[redacted]',
          assertion: '[redacted]',
          note: 'see [token].',
        },
      ],
      code: '[redacted]',
      error: { code: 'ActiveRequestAlreadyExists' },
      empty: null,
    });
  });

  it('bounds long texts and deep nesting', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 50; level += 1) deep = { deep };
    const { detail } = createWire().record({ ...call, detail: { long: 'x'.repeat(5_000), deep } });

    assert.ok(JSON.stringify(detail).length < 2_500);
  });

  it('tells listeners until they stop listening', () => {
    const wire = createWire();
    const heard: number[] = [];
    const stop = wire.onEntry(({ id }) => heard.push(id));

    wire.record(call);
    stop();
    wire.record(call);

    assert.deepEqual(heard, [1]);
  });
});
