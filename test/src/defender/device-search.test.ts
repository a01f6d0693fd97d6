import assert from 'node:assert/strict';
import { type DefenderClient, createDefenderClient } from '../../../src/defender/client.ts';
import { mostCandidates } from '../../../src/defender/device-search.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { type Harness, startDefender, tokenOf } from '../../sandbox/defender-harness.ts';
import { manyDevices, namedDevice } from '../../support/many-devices.ts';

const odd = [
  namedDevice("o'brien.contoso.example"),
  namedDevice('100%_sure.contoso.example'),
  namedDevice('xn--bcher-01-65a.contoso.example'),
  namedDevice('lonely'),
  namedDevice('hidden-1.contoso.example', { group: 'Servers' }),
  namedDevice('old-1.contoso.example', { mergedInto: 'a'.repeat(40) }),
];

describe('Devices looked up by name among 5,000', function () {
  this.timeout(20_000);
  let defender: Harness;
  let client: DefenderClient;
  let calls = 0;
  before(async () => {
    defender = await startDefender(0.01, [...manyDevices(5_000), ...odd]);
    defender.faults.set({ ratePerMinute: 10_000, ratePerHour: 100_000 });
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
  });

  const options = { tenantId: 't', priority: 'interactive' } as const;
  const find = (name: string, as = 'alex') => client.findDevices(tokenOf(as), name, options);
  const names = async (name: string, as?: string) =>
    (await find(name, as)).machines.map((machine) => machine.computerDnsName);

  for (const [typed, fit, expected] of [
    ['pc-42', 'exact', ['pc-42.fabrikam.example']],
    ['PC-43', 'exact', ['pc-43.contoso.example']],
    ['pc-43.contoso', 'exact', ['pc-43.contoso.example']],
    ['pc-43.contoso.example', 'exact', ['pc-43.contoso.example']],
    ['pc-43.fabrikam.example', 'none', []],
    ['pc-200', 'exact', ['pc-200.contoso.example', 'pc-200.contoso.example']],
    ['lonely', 'exact', ['lonely']],
    ['lonely.contoso.example', 'near', ['lonely']],
    ['lone', 'near', ['lonely']],
    ["o'brien", 'exact', ["o'brien.contoso.example"]],
    ["o' or 1 eq 1", 'none', []],
    ['100%_sure', 'exact', ['100%_sure.contoso.example']],
    ['100%', 'near', ['100%_sure.contoso.example']],
    ['%', 'none', []],
    ['pc_43', 'none', []],
    ['xn--bcher-01-65a', 'exact', ['xn--bcher-01-65a.contoso.example']],
    ['no-such-device', 'none', []],
  ] as const) {
    it(`“${typed}” is ${fit}: ${expected.length} of them`, async () => {
      const found = await find(typed);

      assert.equal(found.fit, fit);
      assert.deepEqual(
        found.machines.map((machine) => machine.computerDnsName),
        expected,
      );
      assert.equal(calls, fit === 'exact' ? 1 : 2);
    });
  }

  it('tells records of the same name apart, the one seen last first', async () => {
    const { machines } = await find('pc-300');
    assert.deepEqual(
      machines.map(({ healthStatus, isPotentialDuplication }) => [healthStatus, isPotentialDuplication]),
      [
        ['Active', false],
        ['Inactive', true],
      ],
    );
    const [old] = (await find('old-1')).machines;
    assert.equal(old?.mergedIntoMachineId, 'a'.repeat(40));
  });

  it('gives no more than a person can look through, and says so', async () => {
    const found = await find('pc-1');
    assert.equal(found.fit, 'exact');
    const many = await find('pc');
    assert.deepEqual([many.fit, many.machines.length, many.isCut], ['near', mostCandidates, true]);
  });

  it('holds only what the person can see', async () => {
    assert.deepEqual(await names('hidden-1'), ['hidden-1.contoso.example']);
    assert.deepEqual(await names('hidden-1', 'priya'), []);
    assert.deepEqual(await names('hidden-1', 'sam'), ['hidden-1.contoso.example']);
    await assert.rejects(
      find('hidden-1', 'jordan'),
      (error) => error instanceof DefenderError && error.kind === 'forbidden',
    );
  });

  it('takes a 404 for an empty list, as the documentation has it', async () => {
    const notFound = { kind: 'status', status: 404, times: 2 } as const;
    defender.faults.set({ faults: { 'defender.device': notFound } });
    assert.deepEqual(await find('pc-42'), { fit: 'none', machines: [], isCut: false });
  });

  it('lists a record that cannot be read by its id', async () => {
    const found = await find('pc-1000');
    const [ghost] = found.machines;
    assert.ok(ghost);
    await assert.rejects(
      client.readDevice(tokenOf('alex'), ghost.id, options),
      (error) => error instanceof DefenderError && error.kind === 'not-found',
    );
  });

  it('offers the nearest names to who mistyped one', async () => {
    const near = async (typed: string, as = 'alex') =>
      (await client.nearestDevices(tokenOf(as), typed, options)).map((machine) => machine.computerDnsName);

    const offered = await near('lonley');
    assert.deepEqual(offered, ['lonely']);
    assert.equal(calls, 1);
    assert.equal((await near('pc-00042')).length, 10);
    assert.ok((await near('pc-48311')).includes('pc-4831.contoso.example'));
    assert.deepEqual(await near('hidden-7'), ['hidden-1.contoso.example']);
    assert.deepEqual(await near('hidden-7', 'priya'), []);
    assert.deepEqual(await near('zzz'), []);
  });
});
