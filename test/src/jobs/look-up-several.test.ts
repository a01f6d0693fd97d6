import assert from 'node:assert/strict';
import type { Device } from '../../../sandbox/world.ts';
import { cardLabel, membersOf } from '../../../src/containment/batch.ts';
import { parseDeviceId } from '../../../src/containment/ids.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest, DeviceWish } from '../../../src/containment/request.ts';
import { lookUpSeveral } from '../../../src/jobs/look-up-several.ts';
import { type Harness, startDefender } from '../../sandbox/defender-harness.ts';
import { createBatchPlay } from '../../support/batch-play.ts';
import { namedDevice } from '../../support/many-devices.ts';
import { alex, riley } from '../../support/requests.ts';
import { basicScopes as basic, createLook } from './look-bench.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const floor = Array.from({ length: 50 }, (_, index) =>
  namedDevice(`pc-${String(index + 1).padStart(2, '0')}.contoso.example`, {
    alerts: [{ title: 'Beacon', severity: 'High', status: 'New' }],
  }),
);
const mac = namedDevice('mb-01.contoso.example', { os: 'macOS' });
const unmanaged = namedDevice('pc-guest.contoso.example', { onboarding: 'CanBeOnboarded' });
const twins = ['one', 'other'].map((seed) => namedDevice('pc-twin.contoso.example', {}, seed));
const hidden = namedDevice('vault.contoso.example', { group: 'Nobody’s' });
const byId = ({ id }: Device): DeviceWish => ({ deviceId: parseDeviceId(id) ?? assert.fail() });
const byName = ({ name }: Device): DeviceWish => ({ deviceName: name });
const named = (deviceName: string): DeviceWish => ({ deviceName });

describe('What is at stake on each of several devices', () => {
  let bench: Workbench;
  let defender: Harness;
  let calls: string[] = [];
  before(async () => {
    bench = await openWorkbench();
    defender = await startDefender(0.01, [...floor, ...twins, mac, unmanaged, hidden]);
  });
  after(async () => {
    await bench.close();
    await defender.close();
  });
  beforeEach(() => {
    calls = [];
    defender.faults.reset();
    defender.defender.reset();
  });

  const play = createBatchPlay(() => bench.requests);

  interface Given {
    readonly person?: Person;
    readonly scopes?: readonly string[];
  }

  /** With that person's token, which asks the simulated Defender; `calls` are what came of it. */
  async function look(request: ContainmentRequest, { person = riley, scopes = basic }: Given = {}) {
    const { calls: made, parts } = createLook({ bench, defender, scopes });
    calls = made;
    await lookUpSeveral(parts, await play.onCard(request.id), { person });
    assert.ok(calls.length <= 4, `${calls.length} calls: ${calls.join(', ')}`);
    return membersOf(await play.onCard(request.id));
  }

  const platformsOf = (members: readonly ContainmentRequest[]) =>
    members.map(({ device }) => device?.osPlatform);
  const restrictionsOf = (members: readonly ContainmentRequest[]) =>
    members.map(({ device }) => device?.stakes?.restriction?.state);
  const restricted = ({ id }: Device) =>
    defender.defender.addAction({
      deviceId: id,
      type: 'RestrictCodeExecution',
      requestor: 'soc.portal@contoso.example',
      status: 'Succeeded',
    });

  it('is read of fifty in two calls, with what is in force already and by whom', async () => {
    const [first = assert.fail(), second = assert.fail()] = floor;
    restricted(second);
    const request = await play.asked(floor.map(byId));

    const members = await look(request);

    assert.deepEqual(calls, ['/api/machines', '/api/machineactions']);
    assert.ok(platformsOf(members).every((platform) => platform === 'Windows11'));
    assert.deepEqual(new Set(restrictionsOf(members)), new Set(['none', 'in-force']));
    const stakes = members[1]?.device?.stakes;
    assert.ok(stakes?.restriction?.state === 'in-force');
    assert.equal(stakes.restriction.by, 'soc.portal@contoso.example');
    assert.equal(members[0]?.device?.name, first.name);
  });

  it('is read of fifty names within the calls of one card', async () => {
    const members = await look(await play.asked(floor.map(byName)));

    assert.deepEqual(new Set(restrictionsOf(members)), new Set(['none']));
    assert.deepEqual(
      members.map(({ deviceId }) => deviceId),
      floor.map(({ id }) => id),
    );
  });

  it('is read once: who looks later asks nothing more', async () => {
    const request = await play.asked(floor.slice(0, 3).map(byId));
    await look(request);

    await look(request, { person: alex });

    assert.deepEqual(calls, []);
  });

  it('is read by name for whoever used the name alone', async () => {
    const [first = assert.fail(), second = assert.fail()] = floor;
    const request = await play.asked([byId(first), byName(second)]);

    assert.deepEqual(platformsOf(await look(request, { person: alex })), ['Windows11', undefined]);
    assert.deepEqual(platformsOf(await look(request)), ['Windows11', 'Windows11']);
  });

  it('is read of what a name surely means: not of twins, and of the one that begins so', async () => {
    const request = await play.asked([named('pc-twin'), named('pc-gu'), named('pc-0'), named('no-such')]);

    const members = await look(request);

    assert.deepEqual(
      members.map(({ device }) => device?.name),
      [undefined, unmanaged.name, undefined, undefined],
    );
  });

  it('takes two names of one device for one, also when they are found together', async () => {
    const [first = assert.fail()] = floor;
    const members = await look(
      await play.asked([named('pc-01'), named(first.name), byId(floor[1] ?? first)]),
    );

    assert.deepEqual(
      members.map(({ state }) => state.status),
      ['awaiting', 'denied', 'awaiting'],
    );
  });

  it('is not for a device that cannot be restricted: its row says so before anybody approves', async () => {
    const [first = assert.fail()] = floor;
    const request = await play.asked([byId(mac), byId(first), byId(unmanaged)]);

    const members = await look(request);

    assert.deepEqual(
      members.map(({ state }) => (state.status === 'attention' ? state.reason.code : state.status)),
      ['os-not-supported', 'awaiting', 'not-onboarded'],
    );
    assert.equal(cardLabel(await play.onCard(request.id)), 'Awaiting approval');
  });

  it('is missing for what the token does not see, and there for the others', async () => {
    const [first = assert.fail()] = floor;
    const members = await look(await play.asked([byId(hidden), byId(first)]));

    assert.deepEqual(platformsOf(members), [undefined, 'Windows11']);
    assert.deepEqual(calls, ['/api/machines', '/api/machines/{id}', '/api/machineactions']);
  });

  it('counts the alerts of each where the calls are enough for all of them, and the permission is there', async () => {
    const scopes = [...basic, 'Alert.Read'];

    const two = await look(await play.asked(floor.slice(0, 2).map(byId)), { scopes });
    assert.deepEqual(
      two.map(({ device }) => device?.stakes?.alerts?.count),
      [1, 1],
    );
    assert.equal(calls.length, 4);

    const three = await look(await play.asked(floor.slice(0, 3).map(byId)), { scopes });
    assert.deepEqual(
      three.map(({ device }) => device?.stakes?.alerts),
      [undefined, undefined, undefined],
    );
    assert.equal(calls.length, 2);

    const unread = await look(await play.asked(floor.slice(0, 2).map(byId)));
    assert.deepEqual(
      unread.map(({ device }) => device?.stakes?.alerts),
      [undefined, undefined],
    );
    assert.equal(calls.length, 2);
  });

  it('tells before a lift what came since the restriction', async () => {
    const [first = assert.fail(), second = assert.fail()] = floor;
    restricted(first);
    const wish = { action: 'unrestrict' } as const;
    const request = await play.asked([byId(first), byId(second)], wish);

    const members = await look(request, { scopes: [...basic, 'Alert.Read'] });

    assert.deepEqual(restrictionsOf(members), ['in-force', 'none']);
    assert.deepEqual(
      members.map(({ device }) => device?.stakes?.alerts?.sinceRestriction),
      [0, undefined],
    );
  });

  it('keeps the facts when the actions cannot be listed, and claims nothing of a restriction', async () => {
    restricted(floor[0] ?? assert.fail());
    defender.faults.set({ faults: { 'defender.list': { kind: 'status', status: 403, code: 'Forbidden' } } });

    const members = await look(await play.asked(floor.slice(0, 3).map(byId)));

    assert.ok(platformsOf(members).every((platform) => platform === 'Windows11'));
    assert.deepEqual(restrictionsOf(members), [undefined, undefined, undefined]);
    assert.ok(members.every(({ device }) => device?.stakes?.at !== undefined));
  });

  it('claims nothing either when the actions fill more pages than there are calls', async () => {
    const three = floor.slice(0, 3);
    for (const device of [...three, ...three, ...three]) restricted(device);
    defender.faults.set({ defenderPageSize: 3 });
    const all = await look(await play.asked(three.map(byId)));
    assert.deepEqual(restrictionsOf(all), ['in-force', 'in-force', 'in-force']);
    restricted(three[0] ?? assert.fail());

    const members = await look(await play.asked(three.map(byId)));

    assert.deepEqual(restrictionsOf(members), [undefined, undefined, undefined]);
    assert.equal(calls.length, 4);
  });

  it('changes nothing, and blocks nothing, when Defender refuses', async () => {
    defender.faults.set({
      faults: { 'defender.device': { kind: 'status', status: 403, code: 'Forbidden' } },
    });
    const request = await play.asked(floor.slice(0, 3).map(byId));

    const members = await look(request);

    assert.deepEqual(platformsOf(members), [undefined, undefined, undefined]);
    assert.deepEqual(calls, ['/api/machines']);
    await play.press(request.id, 'clk');
    for (const { id } of members) await play.verify(id, 'clk');
    assert.equal(cardLabel(await play.onCard(request.id)), 'Approved');
  });

  it('is nothing that a lift of several is asked for twice: what is known of each is read anew, once', async () => {
    const request = await play.asked(floor.slice(0, 2).map(byId));
    const others = membersOf(await play.asked(floor.slice(2, 4).map(byId)));
    for (const [at, { id }] of membersOf(request).entries())
      await bench.sql
        .updateTable('requests')
        .set({ device: JSON.stringify({ name: 'as it was' }), lifts: others[at]?.id ?? null })
        .where('id', '=', id)
        .execute();

    const members = await look(request);
    assert.deepEqual(restrictionsOf(members), ['none', 'none']);
    assert.ok(platformsOf(members).every((platform) => platform === 'Windows11'));
    await look(request);
    assert.deepEqual(calls, []);
  });
});
