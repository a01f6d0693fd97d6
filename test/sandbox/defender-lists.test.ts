import assert from 'node:assert/strict';
import { deviceNamed, startDefender } from './defender-harness.ts';
import type { Harness } from './defender-harness.ts';

const finance = deviceNamed('ws-finance');

describe('Devices and lists of the simulated Defender', () => {
  let sim: Harness;
  before(async () => {
    sim = await startDefender();
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.defender.reset();
    sim.faults.reset();
  });

  const idsOf = (body: Record<string, unknown>): unknown[] =>
    (body['value'] as { id: unknown }[]).map(({ id }) => id);
  const seed = (count: number): string[] =>
    Array.from({ length: count }, (_, hour) => {
      const createdAt = Date.UTC(2026, 0, 1, hour);
      return sim.defender.addAction({ deviceId: finance.id, type: 'Isolate', status: 'Succeeded', createdAt })
        .id;
    });

  it('reads a device by id or by name in any case, with or without the version in the path', async () => {
    for (const path of [
      `machines/${finance.id}`,
      `v1.0/machines/${finance.name}`,
      `Machines/${finance.name.toUpperCase()}`,
    ]) {
      const { status, body } = await sim.get(`/api/${path}`);

      assert.equal(status, 200);
      assert.deepEqual(
        [
          body['id'],
          body['computerDnsName'],
          body['osPlatform'],
          body['deviceValue'],
          typeof body['rbacGroupId'],
        ],
        [finance.id, finance.name, 'Windows11', 'High', 'number'],
      );
    }
  });

  it('does not act on a name', async () => {
    const reply = await sim.post(`/api/machines/${finance.name}/restrictCodeExecution`, { Comment: 'x' });

    assert.deepEqual([reply.status, reply.error.code], [404, 'ResourceNotFound']);
  });

  it('filters devices, and answers an empty list where none fits', async () => {
    const prefix = await sim.get(
      `/api/machines?$filter=${encodeURIComponent("startswith(computerDnsName,'srv-')")}`,
    );
    const none = await sim.get(`/api/machines?$filter=${encodeURIComponent("computerDnsName eq 'nobody'")}`);

    assert.equal(idsOf(prefix.body).length, 2);
    assert.deepEqual([none.status, idsOf(none.body)], [200, []]);
  });

  it('lists actions newest first and leads through the pages', async () => {
    const ids = seed(5);
    sim.faults.set({ defenderPageSize: 2 });
    const found: unknown[] = [];

    let next: unknown = `/api/machineactions?$filter=${encodeURIComponent("type eq 'Isolate'")}`;
    let pages = 0;
    while (typeof next === 'string') {
      const reply = await sim.get(next);
      found.push(...idsOf(reply.body));
      next = reply.body['@odata.nextLink'];
      pages += 1;
    }

    assert.equal(pages, 3);
    assert.deepEqual(found, ids.toReversed());
  });

  it('honours $top, $skip, $orderby and $count', async () => {
    const ids = seed(5);
    sim.faults.set({ defenderPageSize: 2 });

    const first = await sim.get(
      '/api/machineactions?$top=3&$skip=1&$orderby=creationDateTimeUtc asc&$count=true',
    );
    const last = await sim.get(String(first.body['@odata.nextLink']));

    assert.deepEqual([...idsOf(first.body), ...idsOf(last.body)], ids.slice(1, 4));
    assert.equal(first.body['@odata.count'], 5);
    assert.equal(last.body['@odata.nextLink'], undefined);
    assert.deepEqual(idsOf((await sim.get('/api/machineactions?$skip=99')).body), []);
  });

  it('finds the actions of several ids in one call', async () => {
    const [one, two] = seed(3);

    assert.equal((await sim.list(`id in ('${String(one)}','${String(two)}')`)).length, 2);
    assert.equal((await sim.list('creationDateTimeUtc ge 2026-01-01T01:00:00Z')).length, 2);
  });

  for (const query of [
    "$filter=machineTags eq 'x'",
    '$filter=',
    '$top=10001',
    '$top=-1',
    '$skip=x',
    '$orderby=id',
    '$count=1',
    '$top=1&$top=2',
  ]) {
    it(`refuses ${query} as an ODataError`, async () => {
      const reply = await sim.get(`/api/machineactions?${query}`);

      assert.deepEqual([reply.status, reply.error.code], [400, 'ODataError']);
    });
  }

  it('refuses an unknown option such as $stop without a code, with details', async () => {
    const reply = await sim.get('/api/machineactions?$stop=1');

    assert.equal(reply.status, 400);
    assert.deepEqual(Object.keys(reply.error), ['code', 'message', 'details']);
    assert.equal(reply.error.code, '');
  });

  it('answers 404 to what it has not got', async () => {
    for (const path of [
      '/api/alerts',
      '/api/machines/%E0%A4%A',
      '/api/machines//',
      `/api/machineactions/nothing`,
      '/other',
    ]) {
      assert.equal((await sim.get(path)).status, 404, path);
    }
    assert.equal((await sim.post(`/api/machines/${finance.id}`, {})).status, 404);
  });
});
