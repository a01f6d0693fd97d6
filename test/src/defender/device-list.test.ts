import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DefenderClient, createDefenderClient } from '../../../src/defender/client.ts';
import { type WantedDevice, filterOf, filterOfAll, inCalls } from '../../../src/defender/device-list.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { filterQuery, or } from '../../../src/defender/odata.ts';
import { type Harness, startDefender, tokenOf } from '../../sandbox/defender-harness.ts';
import { namedDevice } from '../../support/many-devices.ts';

const floor = Array.from({ length: 50 }, (_, index) => namedDevice(`pc-${index + 1}.contoso.example`));
const odd = [
  namedDevice("o'brien.contoso.example"),
  namedDevice('vault.contoso.example', { group: 'Servers' }),
];
const queryOf = (wanted: readonly WantedDevice[]): string => filterQuery(or(...wanted.map(filterOf)));

describe('Devices listed together', () => {
  let defender: Harness;
  let client: DefenderClient;
  let calls = 0;
  before(async () => {
    defender = await startDefender(0.01, [...floor, ...odd]);
    client = createDefenderClient({
      apiUrl: defender.url,
      fetch,
      governor: { acquire: () => Promise.resolve({ granted: true }), pause: () => Promise.resolve() },
      onCall: () => (calls += 1),
    });
  });
  after(() => defender.close());
  beforeEach(() => {
    calls = 0;
    defender.faults.reset();
  });

  const options = { tenantId: 't', priority: 'routine' } as const;
  const list = (...wanted: readonly WantedDevice[]) => client.listDevices(tokenOf('alex'), wanted, options);
  const namesOf = async (...wanted: readonly WantedDevice[]) =>
    (await list(...wanted)).machines.map(({ computerDnsName }) => computerDnsName);

  it('are fifty in one call, by their ids', async () => {
    const wanted = floor.map(({ id }) => ({ id }));

    const { machines, isCut } = await list(...wanted);

    assert.equal(inCalls(wanted, (one) => one).length, 1);
    assert.deepEqual(machines.map(({ id }) => id).toSorted(), floor.map(({ id }) => id).toSorted());
    assert.equal(isCut, false);
    assert.equal(calls, 1);
  });

  it('are asked for by name as well, in any case, and none besides', async () => {
    const wanted = [
      { id: floor[4]?.id ?? '' },
      { name: 'PC-1' },
      { name: "o'brien" },
      { name: 'pc-9.contoso' },
    ];

    assert.deepEqual(await namesOf(...wanted), [
      'pc-1.contoso.example',
      'pc-5.contoso.example',
      'pc-9.contoso.example',
      "o'brien.contoso.example",
    ]);
  });

  it('are those that begin so, or are called by the first label', async () => {
    assert.deepEqual(await namesOf({ beginning: 'o' }), ["o'brien.contoso.example"]);
    assert.equal((await namesOf({ beginning: 'pc-4' })).length, 11);
  });

  it('are only those that the token’s owner sees, and none is an empty list', async () => {
    assert.deepEqual(await namesOf({ name: 'vault' }), ['vault.contoso.example']);
    const seen = await client.listDevices(tokenOf('priya'), [{ name: 'vault' }], options);
    assert.deepEqual(seen.machines, []);
    defender.faults.set({ faults: { 'defender.device': { kind: 'status', status: 404, code: 'NotFound' } } });
    assert.deepEqual(await list({ name: 'pc-1' }), { machines: [], isCut: false });
  });

  it('say when there are more than came', async () => {
    defender.faults.set({ defenderPageSize: 3 });
    assert.equal((await list({ beginning: 'pc-1' })).isCut, true);
    assert.equal((await list({ name: 'pc-1' })).isCut, false);
  });

  it('fail as any other call does', async () => {
    defender.faults.set({
      faults: { 'defender.device': { kind: 'status', status: 403, code: 'Forbidden' } },
    });
    await assert.rejects(
      list({ name: 'pc-1' }),
      (error) => error instanceof DefenderError && error.kind === 'forbidden',
    );
  });

  it('go into as many calls as addresses of bearable length need, all of them and in their order', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 253, unit: 'grapheme' })
      .map((text) => ({ name: text }));
    const id = fc.stringMatching(/^[0-9a-f]{40}$/).map((text) => ({ id: text }));
    const beginning = fc.domain().map((text) => ({ beginning: text }));
    fc.assert(
      fc.property(fc.array(fc.oneof(name, id, beginning), { maxLength: 50 }), (wanted) => {
        for (const size of ['long', 'short'] as const) {
          const chunks = inCalls<WantedDevice>(wanted, (one) => one, size);
          assert.deepEqual(chunks.flat(), wanted);
          for (const chunk of chunks)
            assert.ok(chunk.length === 1 || queryOf(chunk).length <= 5_020, String(queryOf(chunk).length));
        }
      }),
    );
  });

  it('are twenty by their ids and ten by their names in a short list', () => {
    const sizes = (wanted: readonly WantedDevice[]) =>
      inCalls(wanted, (one) => one, 'short').map(({ length }) => length);

    assert.deepEqual(sizes(floor.map(({ id }) => ({ id }))), [20, 20, 10]);
    assert.deepEqual(sizes(floor.slice(0, 25).map(({ name }) => ({ name }))), [10, 10, 5]);
    assert.deepEqual(sizes(floor.slice(0, 25).map(() => ({ beginning: 'pc' }))), [20, 5]);
    assert.deepEqual(sizes(floor.slice(0, 25).map(() => ({ beginning: 'pc.contoso' }))), [10, 10, 5]);
  });

  it('are one comparison of all ids where they are many, and one of each where they are few', () => {
    const ids = Array.from({ length: 21 }, (_, at) => ({ id: `id-${at}` }));
    assert.equal(filterOfAll(ids.slice(0, 2)), "(id eq 'id-0' or id eq 'id-1')");
    assert.equal(filterOfAll(ids), `id in (${ids.map(({ id }) => `'${id}'`).join(',')})`);
    const names = Array.from({ length: 10 }, () => ({ beginning: 'o’b' }));
    const mixed = filterOfAll([...names, ...ids.slice(0, 11)]);
    assert.ok(
      mixed.startsWith("(id in ('id-0',") && mixed.endsWith(" or startswith(computerDnsName,'o’b'))"),
    );
  });
});

describe('What was done to several devices', () => {
  const device = namedDevice('pc-51.contoso.example');
  const other = namedDevice('pc-52.contoso.example');
  const third = namedDevice('pc-53.contoso.example');
  let defender: Harness;
  let calls = 0;
  before(async () => {
    defender = await startDefender(0.01, [device, other, third]);
  });
  after(() => defender.close());
  beforeEach(() => {
    calls = 0;
    defender.faults.reset();
    defender.defender.reset();
  });

  function listed(mostPages = 3) {
    const client = createDefenderClient({
      apiUrl: defender.url,
      fetch,
      governor: { acquire: () => Promise.resolve({ granted: true }), pause: () => Promise.resolve() },
      onCall: () => (calls += 1),
    });
    const machineIds = [device.id, other.id.toUpperCase()];
    const query = { machineIds, types: ['RestrictCodeExecution', 'UnrestrictCodeExecution'], mostPages };
    return client.listActionsOf(tokenOf('alex'), query, { tenantId: 't', priority: 'routine' });
  }

  function done(deviceId: string, type: 'RestrictCodeExecution' | 'Isolate', hoursAgo: number): string {
    const createdAt = Date.now() - hoursAgo * 3_600_000;
    return defender.defender.addAction({ deviceId, type, status: 'Succeeded', createdAt }).id;
  }

  it('is listed in one call, the newest first, of these devices and kinds alone', async () => {
    const first = done(device.id, 'RestrictCodeExecution', 3);
    const second = done(other.id, 'RestrictCodeExecution', 2);
    const last = done(device.id, 'RestrictCodeExecution', 1);
    done(device.id, 'Isolate', 1);
    done(third.id, 'RestrictCodeExecution', 1);

    assert.deepEqual(
      (await listed()).map(({ id }) => id),
      [last, second, first],
    );
    assert.equal(calls, 1);
  });

  it('is nothing where not all of it came in the calls that were left', async () => {
    for (const hours of [1, 2, 3]) done(device.id, 'RestrictCodeExecution', hours);
    defender.faults.set({ defenderPageSize: 1 });

    assert.equal((await listed(3)).length, 3);
    calls = 0;
    await assert.rejects(listed(2), (error) => error instanceof DefenderError && error.kind === 'unreadable');
    assert.equal(calls, 2);
  });
});
