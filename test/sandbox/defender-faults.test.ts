import assert from 'node:assert/strict';
import { deviceNamed, startDefender, tokenOf, until } from './defender-harness.ts';
import type { Harness, Reply } from './defender-harness.ts';

const device = deviceNamed('lt-sales').id;

describe('Faults of the simulated Defender', () => {
  let sim: Harness;
  beforeEach(async () => {
    sim = await startDefender();
  });
  afterEach(() => sim.close());

  const restrict = (signal?: AbortSignal): Promise<Reply> =>
    sim.raw(`/api/machines/${device}/restrictCodeExecution`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf('alex')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Comment: 'why' }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('answers a status once, with code and Retry-After, and works again', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 7 } } });

    const refused = await restrict();

    assert.deepEqual(
      [refused.status, refused.error.code, refused.headers.get('retry-after')],
      [429, 'TooManyRequests', '7'],
    );
    assert.equal(sim.defender.submissions().length, 0);
    assert.equal((await restrict()).status, 201);
  });

  it('strikes only the kind of call it was armed for', async () => {
    sim.faults.set({ faults: { 'defender.list': { kind: 'status', status: 500, times: Infinity } } });

    assert.equal((await sim.get(`/api/machines/${device}`)).status, 200);
    assert.equal((await sim.get('/api/machineactions')).status, 500);
    assert.equal((await sim.get('/api/machineactions')).status, 500);
  });

  it('cuts the line before anything is done', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'reset' } } });

    await assert.rejects(restrict());

    assert.equal(sim.defender.actions().length, 0);
  });

  it('cuts the line after the action was accepted', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'reset-after' } } });

    await assert.rejects(restrict());

    assert.equal(sim.defender.actions().length, 1);
    assert.equal(sim.defender.submissions()[0]?.accepted, true);
    await until(() => sim.wire.entries().length === 1);
    assert.equal(sim.wire.entries()[0]?.status, undefined);
  });

  it('accepts a delayed submission even when the caller has hung up', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'delay', ms: 100 } } });
    const hangUp = new AbortController();
    const submitted = restrict(hangUp.signal);
    await until(() => sim.faults.get().faults['defender.submit'] === undefined);

    hangUp.abort();

    await assert.rejects(submitted);
    await until(() => sim.defender.actions().length === 1);
  });

  it('hangs without doing anything, and cuts the line after the given time', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'hang', ms: 20 } } });

    await assert.rejects(restrict());

    assert.equal(sim.defender.actions().length, 0);
  });

  it('begins to answer and keeps the rest, the work done', async () => {
    sim.faults.set({ faults: { 'defender.submit': { kind: 'slow-body' } } });
    await assert.rejects(restrict(AbortSignal.timeout(100)));
    assert.equal(sim.defender.submissions()[0]?.accepted, true);

    sim.faults.set({ faults: { 'defender.list': { kind: 'slow-body', ms: 20 } } });
    const { body } = await sim.get('/api/machineactions');
    assert.equal((body['value'] as unknown[]).length, 1);
  });

  it('sends broken JSON with 200', async () => {
    sim.faults.set({ faults: { 'defender.action': { kind: 'malformed' } } });
    const { id } = sim.defender.addAction({ deviceId: device, type: 'Isolate' });

    const reply = await sim.get(`/api/machineactions/${id}`);

    assert.equal(reply.status, 200);
    assert.throws(() => JSON.parse(reply.text) as unknown);
  });

  it('spends no fault on a call without a valid token', async () => {
    sim.faults.set({ faults: { 'defender.list': { kind: 'status', status: 500 } } });

    assert.equal((await sim.raw('/api/machineactions', {})).status, 401);
    assert.equal((await sim.get('/api/machineactions')).status, 500);
  });

  it('shows on the wire who called what and what came of it, and never the token', async () => {
    const token = tokenOf('alex');
    await restrict();
    await sim.get('/api/machineactions', token);
    await until(() => sim.wire.entries().length === 2);

    const [submit, list] = sim.wire.entries();

    assert.deepEqual(
      [submit?.from, submit?.to, submit?.what, submit?.as, submit?.status],
      ['bot', 'defender', 'POST restrictCodeExecution', 'Alex Moreno', 201],
    );
    assert.equal(list?.what, 'GET machineactions');
    assert.match(JSON.stringify(submit?.detail), /"Comment":"why"/);
    assert.ok(!JSON.stringify(sim.wire.entries()).includes(token));
  });
});
