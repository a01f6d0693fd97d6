import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ListPage, Machine, MachineAction, isFinished } from '../../../src/defender/schema.ts';

const golden = new URL('../../golden/defender/', import.meta.url);
const recorded = (name: string): unknown => JSON.parse(readFileSync(new URL(name, golden), 'utf8'));

describe('bodies that Defender really sent', () => {
  it('read a submitted restriction with its nulls left out', () => {
    const action = MachineAction.parse(recorded('restrictCodeExecution.201.json'));

    assert.deepEqual(action, {
      id: 'ed74c544-91d4-414d-8805-5c26e028ef7e',
      type: 'RestrictCodeExecution',
      status: 'Pending',
      rawStatus: 'Pending',
      requestor: 'Integration MSGraph Security API',
      requestorComment: 'New new comment',
      machineId: '1234',
      computerDnsName: 'windows11',
      createdAt: '2024-10-21T11:27:58.1447302Z',
      updatedAt: '2024-10-21T11:27:58.1447307Z',
      errorHResult: 0,
    });
  });

  it('read an ended action that lacks most fields', () => {
    const action = MachineAction.parse(recorded('machineaction.200.json'));

    assert.equal(action.status, 'Succeeded');
    assert.equal(isFinished(action), true);
    assert.equal('errorHResult' in action, false);
  });

  it('read a device whose group id is a number', () => {
    const device = Machine.parse(recorded('machine.200.json'));

    assert.deepEqual(device, {
      id: '1234',
      computerDnsName: 'my-hostname',
      osPlatform: 'Windows10',
      version: '1709',
      healthStatus: 'Active',
      riskScore: 'Low',
      exposureLevel: 'Medium',
      rbacGroupId: '140',
      rbacGroupName: 'ExampleGroup',
      machineTags: ['ExampleTag1', 'ExampleTag2'],
      lastSeen: '2018-08-02T14:55:03.7791856Z',
    });
  });

  it('read a list of devices', () => {
    const page = ListPage.parse(recorded('machines.200.json'));

    const names = page.value.map((entry) => Machine.parse(entry).computerDnsName);

    assert.deepEqual(names, ['desktop-win10', 'laptop-win10']);
    assert.equal(page['@odata.nextLink'], undefined);
  });
});

describe('an answer of Defender', () => {
  const least = { id: 'a', type: 'Isolate', machineId: 'm' };

  it('takes an unknown or missing status for not finished and keeps its text', () => {
    const odd = MachineAction.parse({ ...least, status: 'Pausing' });
    const none = MachineAction.parse(least);

    assert.deepEqual([odd.status, odd.rawStatus, isFinished(odd)], ['InProgress', 'Pausing', false]);
    assert.deepEqual([none.status, none.rawStatus, none.createdAt], ['InProgress', '', '']);
  });

  for (const [raw, status] of [
    ['Pending', 'Pending'],
    ['InProgress', 'InProgress'],
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['TimeOut', 'TimeOut'],
    ['Timeout', 'TimeOut'],
    ['Cancelled', 'Cancelled'],
    ['Canceled', 'Cancelled'],
  ]) {
    it(`reads the status ${raw} as ${status}`, () => {
      assert.equal(MachineAction.parse({ ...least, status: raw }).status, status);
    });
  }

  it('survives optional fields of a foreign type', () => {
    const action = MachineAction.parse({ ...least, requestor: 7, errorHResult: 'none', status: {} });
    const device = Machine.parse({ id: 'd', osPlatform: 11, rbacGroupId: {}, machineTags: ['a', 3, null] });

    assert.deepEqual(Object.keys(action).sort(), [
      'createdAt',
      'id',
      'machineId',
      'rawStatus',
      'status',
      'type',
    ]);
    assert.deepEqual(device, { id: 'd', computerDnsName: 'd', machineTags: ['a'] });
  });

  it('loses what no database stores, wherever a device or person put it', () => {
    const bad = 'a\u0000b\uD800';
    const action = MachineAction.parse({ ...least, requestor: bad, computerDnsName: bad, status: bad });
    const device = Machine.parse({
      id: 'd',
      computerDnsName: bad,
      osPlatform: '\u0000',
      rbacGroupId: bad,
      machineTags: [bad],
    });

    assert.deepEqual([action.requestor, action.computerDnsName, action.rawStatus], Array(3).fill('ab\uFFFD'));
    assert.deepEqual(device, {
      id: 'd',
      computerDnsName: 'ab\uFFFD',
      rbacGroupId: 'ab\uFFFD',
      machineTags: ['ab\uFFFD'],
    });
  });

  it('is not an action without id, type or device', () => {
    for (const key of ['id', 'type', 'machineId']) {
      assert.equal(MachineAction.safeParse({ ...least, [key]: null }).success, false, key);
    }
  });

  it('takes the other spelling of the time of the last update', () => {
    assert.equal(MachineAction.parse({ ...least, lastUpdateTimeUtc: 't' }).updatedAt, 't');
  });
});
