import assert from 'node:assert/strict';
import type { DeviceId } from '../../../src/containment/ids.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { readStakes, stateOf } from '../../../src/jobs/read-stakes.ts';
import type { Session } from '../../../src/jobs/defender-session.ts';
import { aDeviceId } from '../../support/requests.ts';
import { anAction, fakeDefender } from './fake-defender.ts';

const everything = ['Machine.Read', 'Machine.RestrictExecution', 'Alert.Read', 'User.Read.All'];
const at = '2026-11-23T03:12:00.000Z';

describe('what is at stake for an approver', () => {
  const id: DeviceId = aDeviceId();
  let defender: ReturnType<typeof fakeDefender>;
  beforeEach(() => {
    defender = fakeDefender();
  });

  function read(scopes: readonly string[] = everything, called = 1) {
    const session: Session = {
      ok: true,
      token: 'the-token',
      upn: undefined,
      scopes,
      called: () => called,
      options: { tenantId: 'tenant', priority: 'routine' },
      close: () => Promise.resolve(),
    };
    const requests = { now: () => Promise.resolve(at) };
    return readStakes({ defender: defender.client, requests }, session, id);
  }

  it('is open alerts, who was logged on, and a restriction, with the time of reading', async () => {
    const alert = (severity: string) => ({ id: severity, severity, title: `a ${severity} one` });
    defender.answers({
      openAlerts: () => Promise.resolve(['High', 'High', 'Low', 'Low'].map(alert)),
      logonUsers: () => Promise.resolve([{ name: 'contoso\\ann' }]),
    });

    assert.deepEqual(await read(), {
      at,
      alerts: {
        count: 4,
        worst: ['High', 'High', 'Low'].map((severity) => ({ severity, title: `a ${severity} one` })),
      },
      users: { count: 1, latest: ['contoso\\ann'] },
      restriction: { state: 'none' },
    });
  });

  it('asks nothing that the token has no permission for', async () => {
    const stakes = await read(['Machine.Read', 'Machine.RestrictExecution']);

    assert.deepEqual(stakes, { at, restriction: { state: 'none' } });
    assert.deepEqual(defender.calls, ['listOpenActions']);
  });

  it('makes four calls for a card at most, those before it included', async () => {
    await read(everything, 2);

    assert.deepEqual(defender.calls.toSorted(), ['listOpenActions', 'openAlerts']);
  });

  it('leaves out what Defender refuses, and keeps the rest', async () => {
    defender.answers({ openAlerts: () => Promise.reject(new DefenderError('forbidden')) });

    assert.deepEqual(await read(), {
      at,
      users: { count: 0, latest: [] },
      restriction: { state: 'none' },
    });
  });

  it('hides no fault of ours', async () => {
    defender.answers({ openAlerts: () => Promise.reject(new TypeError('ours')) });

    await assert.rejects(read(), TypeError);
  });
});

describe('the restriction of a device, by its latest actions', () => {
  const restrict = (status: 'Pending' | 'Succeeded' | 'Failed' | 'Cancelled') =>
    anAction({ type: 'RestrictCodeExecution', status, requestor: 'ann@contoso.example' });
  const lift = (status: 'InProgress' | 'Succeeded' | 'TimeOut') =>
    anAction({ type: 'UnrestrictCodeExecution', status, requestor: 'ben@contoso.example' });

  const cases = [
    ['none, where there was none', [], 'none'],
    ['in force, when it succeeded', [restrict('Succeeded')], 'in-force'],
    ['none, when it was lifted', [lift('Succeeded'), restrict('Succeeded')], 'none'],
    ['in force again', [restrict('Succeeded'), lift('Succeeded'), restrict('Succeeded')], 'in-force'],
    ['in force still, when its lift came to nothing', [lift('TimeOut'), restrict('Succeeded')], 'in-force'],
    ['none still, when it failed', [restrict('Failed'), lift('Succeeded')], 'none'],
    ['none, when it was cancelled', [restrict('Cancelled')], 'none'],
    ['under way', [restrict('Pending')], 'restricting'],
    ['being lifted', [lift('InProgress'), restrict('Succeeded')], 'lifting'],
  ] as const;
  for (const [name, actions, state] of cases)
    it(`is ${name}`, () => {
      assert.equal(stateOf(actions)?.state, state);
    });

  it('names who started it', () => {
    const found = stateOf([lift('InProgress'), restrict('Succeeded')]);

    assert.equal(found !== undefined && 'by' in found && found.by, 'ben@contoso.example');
  });
});
