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

  interface Look {
    readonly scopes?: readonly string[];
    readonly called?: number;
    readonly action?: 'restrict' | 'unrestrict';
  }

  function read({ scopes = everything, called = 1, action = 'restrict' }: Look = {}) {
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
    return readStakes({ defender: defender.client, requests }, session, { deviceId: id, action });
  }

  it('is open alerts, who was logged on, and a restriction, with the time of reading', async () => {
    const alert = (severity: string) => ({ id: severity, severity, title: `a ${severity} one` });
    defender.answers({
      alerts: () =>
        Promise.resolve({ open: ['High', 'High', 'Low', 'Low'].map(alert), later: [], isCut: false }),
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
    const stakes = await read({ scopes: ['Machine.Read', 'Machine.RestrictExecution'] });

    assert.deepEqual(stakes, { at, restriction: { state: 'none' } });
    assert.deepEqual(defender.calls, ['listOpenActions']);
  });

  it('makes four calls for a card at most, those before it included', async () => {
    await read({ called: 2 });

    assert.deepEqual(defender.calls.toSorted(), ['alerts', 'listOpenActions']);
  });

  it('makes none where the card has made its four', async () => {
    assert.deepEqual(await read({ called: 4, action: 'unrestrict' }), { at });

    assert.deepEqual(defender.calls, []);
  });

  it('leaves out what Defender refuses, and keeps the rest', async () => {
    defender.answers({ alerts: () => Promise.reject(new DefenderError('forbidden')) });

    assert.deepEqual(await read(), {
      at,
      users: { count: 0, latest: [] },
      restriction: { state: 'none' },
    });
  });

  it('hides no fault of ours', async () => {
    defender.answers({ alerts: () => Promise.reject(new TypeError('ours')) });

    await assert.rejects(read(), TypeError);
  });
});

describe('what is at stake for the approver of a lift', () => {
  const machineId = aDeviceId();
  const since = '2026-11-23T01:00:00.0000000Z';
  const restriction = anAction({ machineId, status: 'Succeeded', createdAt: since, updatedAt: since });
  const scan = (status: 'Succeeded' | 'Pending', given = {}) =>
    anAction({ machineId, type: 'RunAntiVirusScan', status, scope: 'Quick', createdAt: since, ...given });
  let defender: ReturnType<typeof fakeDefender>;
  beforeEach(() => {
    defender = fakeDefender();
  });

  async function preview(actions: readonly ReturnType<typeof anAction>[] | DefenderError) {
    const asked: (Date | undefined)[] = [];
    defender.answers({
      listOpenActions: (_token, { types }) =>
        actions instanceof DefenderError
          ? Promise.reject(actions)
          : Promise.resolve(actions.filter(({ type }) => types.includes(type))),
      alerts: (_token, { after }) => {
        asked.push(after);
        return Promise.resolve({ open: [], later: [{ id: 'one' }, { id: 'two' }], isCut: false });
      },
    });
    const session: Session = {
      ok: true,
      token: 'the-token',
      upn: undefined,
      scopes: everything,
      called: () => 1,
      options: { tenantId: 'tenant', priority: 'routine' },
      close: () => Promise.resolve(),
    };
    const requests = { now: () => Promise.resolve(at) };
    const about = { deviceId: machineId, action: 'unrestrict' } as const;
    const stakes = await readStakes({ defender: defender.client, requests }, session, about);
    return { stakes, asked };
  }

  it('counts the alerts since the restriction, in one call', async () => {
    const { stakes, asked } = await preview([restriction]);

    assert.deepEqual(asked, [new Date(since)]);
    assert.equal(stakes.alerts?.sinceRestriction, 2);
  });

  it('says nothing of alerts since then where no restriction is in force', async () => {
    const { stakes, asked } = await preview([]);

    assert.deepEqual(asked, [undefined]);
    assert.equal(stakes.alerts?.sinceRestriction, undefined);
  });

  it('names the latest scan, and takes it for no restriction', async () => {
    const ended = '2026-11-23T02:00:00.0000000Z';
    const { stakes } = await preview([scan('Succeeded', { updatedAt: ended }), restriction]);

    assert.deepEqual(stakes.scan, { state: 'succeeded', scope: 'Quick', at: ended });
    assert.equal(stakes.restriction?.state, 'in-force');
  });

  it('tells a scan that runs, and that there was none', async () => {
    const running = await preview([scan('Pending'), restriction]);
    const none = await preview([restriction]);

    assert.deepEqual(running.stakes.scan, { state: 'running', scope: 'Quick', at: since });
    assert.deepEqual(none.stakes.scan, { state: 'none' });
  });

  it('keeps the rest when the list of actions cannot be read', async () => {
    const { stakes, asked } = await preview(new DefenderError('unreadable'));

    assert.deepEqual(asked, [undefined]);
    assert.equal(stakes.restriction, undefined);
    assert.equal(stakes.scan, undefined);
    assert.equal(stakes.alerts?.count, 0);
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
