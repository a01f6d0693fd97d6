import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { DefenderClientOptions } from '../../../src/defender/client.ts';
import { createDefenderClient } from '../../../src/defender/client.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { generousGovernor, json, startServer } from './server.ts';
import type { LocalServer } from './server.ts';

const machineId = 'a'.repeat(40);
const options = { tenantId: 't1', priority: 'fresh' } as const;
/** Half a second less than the promise of `cordon pause`. */
const withinMs = 4_500;

describe('A POST to Defender whose grant is so old that submission may be paused since', () => {
  let server: LocalServer;
  let clock: sinon.SinonFakeTimers;
  beforeEach(async () => {
    server = await startServer();
    clock = sinon.useFakeTimers({ now: Date.now(), toFake: ['performance', 'Date'] });
  });
  afterEach(async () => {
    clock.restore();
    await server.close();
  });

  async function submit(more: Partial<DefenderClientOptions>): Promise<string> {
    server.expect(json(400, { error: { code: 'BadRequest' } }));
    const client = createDefenderClient({ apiUrl: server.url, fetch, governor: generousGovernor(), ...more });
    const submission = { machineId, action: 'restrict', comment: 'why | cordon:r1' } as const;
    const error: unknown = await client.submit('token', submission, options).catch((each: unknown) => each);
    assert.ok(error instanceof DefenderError);
    return error.kind;
  }
  const connecting =
    (ms: number): typeof fetch =>
    (input, init) => {
      clock.tick(ms);
      return fetch(input, init);
    };

  it('is not written when looking up names and connecting took the time', async () => {
    assert.equal(await submit({ fetch: connecting(withinMs) }), 'outcome-unknown');
    assert.equal(server.received.length, 0);
  });

  it('is surely not sent when the grant itself came so late', async () => {
    const acquire = () => {
      clock.tick(withinMs);
      return Promise.resolve({ granted: true } as const);
    };

    assert.equal(await submit({ governor: { ...generousGovernor(), acquire } }), 'unreachable');
    assert.equal(server.received.length, 0);
  });

  it('is written before that', async () => {
    assert.equal(await submit({ fetch: connecting(withinMs - 100) }), 'bad-request');
    assert.equal(server.received.length, 1);
  });
});
