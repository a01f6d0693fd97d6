import assert from 'node:assert/strict';
import type { Device } from '../../../sandbox/world.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { parseDeviceId } from '../../../src/containment/ids.ts';
import type { ContainmentRequest, DeviceWish } from '../../../src/containment/request.ts';
import { lookUpSeveral } from '../../../src/jobs/look-up-several.ts';
import { type Harness, startDefender } from '../../sandbox/defender-harness.ts';
import { createBatchPlay } from '../../support/batch-play.ts';
import { namedDevice } from '../../support/many-devices.ts';
import { riley } from '../../support/requests.ts';
import { createLook } from './look-bench.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const floor = Array.from({ length: 50 }, (_, index) =>
  namedDevice(`pc-${String(index + 1).padStart(2, '0')}.contoso.example`),
);
const byId = ({ id }: Device): DeviceWish => ({ deviceId: parseDeviceId(id) ?? assert.fail() });
const byName = ({ name }: Device): DeviceWish => ({ deviceName: name });

/** What a service would refuse in a filter of devices, although our simulated one takes it. */
const strictness = {
  /** A comparison is four nodes, and so is its place in a chain but for one of them. */
  ofMoreThan100Nodes: (filter: string) =>
    (filter.match(/ eq | in \(|startswith\(/g) ?? []).length * 4 + (filter.match(/ or /g) ?? []).length > 100,
  ofLists: (filter: string) => filter.includes(' in ('),
  ofAllFilters: () => true,
} as const satisfies Record<string, (filter: string) => boolean>;

describe('A list of several devices that Defender does not take', () => {
  let bench: Workbench;
  let defender: Harness;
  let filters: string[] = [];
  before(async () => {
    bench = await openWorkbench();
    defender = await startDefender(0.01, floor);
  });
  after(async () => {
    await bench.close();
    await defender.close();
  });
  beforeEach(() => {
    filters = [];
    defender.faults.reset();
  });

  const play = createBatchPlay(() => bench.requests);

  /** Answers how many of the devices are known after it, and what it asked for. */
  async function look({ id }: ContainmentRequest, ...strict: (keyof typeof strictness)[]) {
    const refusing: typeof fetch = async (url, init) => {
      const { pathname, searchParams } = new URL(url instanceof Request ? url.url : url);
      const filter = searchParams.get('$filter') ?? '';
      if (pathname === '/api/machines') filters.push(filter);
      const isRefused = pathname === '/api/machines' && strict.some((rule) => strictness[rule](filter));
      return isRefused
        ? Response.json({ error: { code: 'ODataError', message: 'Too long.' } }, { status: 400 })
        : fetch(url, init);
    };
    const { calls, parts } = createLook({ bench, defender, fetch: refusing });
    await lookUpSeveral(parts, await play.onCard(id), { person: riley });
    assert.ok(calls.length <= 4, `${calls.length} calls`);
    const members = membersOf(await play.onCard(id));
    const known = members.filter(({ device }) => device?.stakes?.restriction?.state === 'none').length;
    return { known, calls };
  }

  it('is no longer than a usual service takes, of fifty ids', async () => {
    const { known, calls } = await look(await play.asked(floor.map(byId)), 'ofMoreThan100Nodes');

    assert.equal(known, 50);
    assert.equal(calls.length, 2);
    assert.match(filters[0] ?? '', /^id in \(/);
  });

  it('is asked for in short ones, as many as the calls of a card are enough for', async () => {
    const request = await play.asked(floor.map(byId));

    assert.equal((await look(request, 'ofLists', 'ofMoreThan100Nodes')).known, 40);
    assert.equal((await look(request, 'ofLists', 'ofMoreThan100Nodes')).known, 50);
  });

  it('is asked for in short ones by name, and those that are left by the next looks', async () => {
    const request = await play.asked(floor.map(byName));
    const known: number[] = [];
    for (let looks = 0; looks < 3; looks += 1) known.push((await look(request, 'ofMoreThan100Nodes')).known);

    assert.deepEqual(known, [20, 40, 50]);
  });

  it('is one call of names where Defender takes as many as their addresses bear', async () => {
    const { known, calls } = await look(await play.asked(floor.slice(0, 25).map(byName)));

    assert.equal(known, 25);
    assert.deepEqual(calls, ['/api/machines', '/api/machineactions']);
  });

  it('leaves the devices to be read by their ids, as long as there are calls', async () => {
    const { known, calls } = await look(await play.asked(floor.slice(0, 3).map(byId)), 'ofAllFilters');

    assert.equal(known, 2);
    assert.deepEqual(calls, [
      '/api/machines',
      '/api/machines/{id}',
      '/api/machines/{id}',
      '/api/machineactions',
    ]);
  });

  it('is not asked for again where the refusal has another reason', async () => {
    for (const status of [403, 429, 503]) {
      defender.faults.set({ faults: { 'defender.device': { kind: 'status', status, times: null } } });
      const { known, calls } = await look(await play.asked(floor.map(byName)));
      assert.deepEqual([known, calls], [0, ['/api/machines']]);
    }
  });

  it('has a device read by its id also where the list had no room for it', async () => {
    defender.faults.set({ defenderPageSize: 2 });

    const { known, calls } = await look(await play.asked(floor.slice(0, 3).map(byId)));

    assert.equal(known, 3);
    assert.deepEqual(calls, ['/api/machines', '/api/machines/{id}', '/api/machineactions']);
  });
});
