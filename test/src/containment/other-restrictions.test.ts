import assert from 'node:assert/strict';
import { parseDuration } from '../../../src/containment/duration.ts';
import { parseRequestId } from '../../../src/containment/ids.ts';
import {
  type ListedAction,
  otherRestrictions,
  unseenRestrictions,
} from '../../../src/containment/other-restrictions.ts';
import type { DeviceRequest } from '../../../src/containment/request.ts';
import type { MachineAction, State } from '../../../src/containment/state.ts';
import type { RunningBox } from '../../../src/containment/time-box.ts';
import { aMachineAction, aRequest, alex, anApproval, sam } from '../../support/requests.ts';

const duration = parseDuration('1h') ?? assert.fail();
const at = (time: string): string => `2026-11-23T${time}:00.000Z`;

function running(until: string, more: Partial<RunningBox> = {}): DeviceRequest['box'] {
  const box = { since: at('03:15'), until, duration, authorisedBy: alex, wishes: [] };
  return { duration, running: { ...box, ...more } };
}

function inForce(action: Partial<MachineAction>, given: Partial<DeviceRequest> = {}): DeviceRequest {
  const machineAction = aMachineAction({ status: 'Succeeded', ...action });
  const state: State = {
    status: 'ended',
    approval: anApproval({ by: given.requestor === undefined ? alex : sam }),
    machineAction,
    submittedAt: at('03:12'),
    endedAt: at('03:15'),
  };
  return aRequest({ state, ...given });
}

const ours = { id: 'ours', createdAt: at('03:12') };
const boxed = (more: Partial<MachineAction> = {}): DeviceRequest =>
  inForce({ ...ours, ...more }, { box: running(at('04:15')) });
const other = parseRequestId('req_other00000000000000001') ?? assert.fail();
const another = (action: Partial<MachineAction>, given: Partial<DeviceRequest> = {}) => ({
  id: other,
  request: inForce(action, { id: other, ...given }),
});

const listed = (id: string, time: string, more: Partial<ListedAction> = {}): ListedAction => ({
  id,
  type: 'RestrictCodeExecution',
  status: 'Succeeded',
  createdAt: at(time),
  ...more,
});
const lift = (time: string, more: Partial<ListedAction> = {}): ListedAction =>
  listed(`lift ${time}`, time, { type: 'UnrestrictCodeExecution', ...more });
const mine = listed('ours', '03:12');

const keysOf = (...args: Parameters<typeof otherRestrictions>) =>
  otherRestrictions(...args).map(({ key }) => key);
const inDefender = (...actions: ListedAction[]) =>
  keysOf(boxed(), { listed: [mine, ...actions], registered: [] });
const inRegister = (registered: Parameters<typeof otherRestrictions>[1]['registered']) =>
  keysOf(boxed(), { listed: [mine], registered });

describe('what restricts a device beside the restriction whose time has ended', () => {
  it('is nothing, as a rule', () => {
    assert.deepEqual(inDefender(), []);
    assert.deepEqual(keysOf(boxed(), { listed: [], registered: [] }), []);
  });

  it('is any newer restriction that Defender lists, and whatever is still to be carried out', () => {
    for (const status of ['Pending', 'InProgress', 'Succeeded'] as const)
      assert.deepEqual(inDefender(listed('new', '03:40', { status })), ['new'], status);
    for (const status of ['Failed', 'TimeOut', 'Cancelled'] as const)
      assert.deepEqual(inDefender(listed('new', '03:40', { status })), [], status);
  });

  it('is an older one, if nothing has lifted it since', () => {
    assert.deepEqual(inDefender(listed('old', '01:00')), ['old']);
    assert.deepEqual(inDefender(listed('old', '01:00'), lift('02:00')), []);
    assert.deepEqual(inDefender(lift('00:30'), listed('old', '01:00')), ['old']);
    assert.deepEqual(inDefender(listed('old', '01:00'), lift('02:00', { status: 'Failed' })), ['old']);
    assert.deepEqual(inDefender(listed('old', '01:00', { status: 'Pending' }), lift('02:00')), ['old']);
  });

  it('is the one that somebody else started and that the restriction only follows', () => {
    const [found] = otherRestrictions(boxed({ ours: false, requestor: 'jordan' }), {
      listed: [mine],
      registered: [],
    });
    assert.deepEqual(found, { key: 'ours', by: 'jordan', since: at('03:12') });
  });

  it('is one of our register that Defender does not list yet', () => {
    const approval = anApproval({ by: sam });
    const state: State = { status: 'approved', approval };
    const request = aRequest({ id: other, state });
    assert.deepEqual(inRegister([{ id: other, request }]), [other]);
    assert.deepEqual(inRegister([{ id: other }]), [other], 'what a newer program wrote');
  });

  it('is one that follows the same action and has no end, or a later one', () => {
    assert.deepEqual(inRegister([another({ ...ours, ours: false })]), [other]);
    assert.deepEqual(inRegister([another(ours, { box: running(at('08:00')) })]), [other]);
    assert.deepEqual(inRegister([another(ours, { box: running(at('04:00')) })]), []);
  });

  it('is not an older one that is to end by then, but one whose end people have turned down', () => {
    const older = { id: 'older', createdAt: at('02:00') };
    const until = at('03:30');
    const known = (more: Partial<RunningBox>) =>
      keysOf(boxed(), {
        listed: [mine, listed('older', '02:00')],
        registered: [another(older, { box: running(until, more) })],
      });
    assert.deepEqual(known({}), []);
    assert.deepEqual(known({ ended: true, lift: { id: other, number: 9 } }), []);
    assert.deepEqual(known({ ended: true }), [other]);
  });

  it('is every newer one of the register, whenever that ends', () => {
    const newer = { id: 'newer', createdAt: at('03:30') };
    assert.deepEqual(inRegister([another(newer, { box: running(at('04:00')) })]), [other]);
  });

  it('is not what was lifted, as Defender or our register knows', () => {
    const newer = { id: 'newer', createdAt: at('03:30') };
    const registered = [another(newer)];
    assert.deepEqual(keysOf(boxed(), { listed: [lift('03:50')], registered }), []);
    const released = { by: sam, at: at('03:50'), number: 9 };
    assert.deepEqual(inRegister([another(newer, { released })]), []);
  });

  it('is unknown of a restriction that nobody has confirmed, and counts as something', () => {
    assert.equal(keysOf(aRequest(), { listed: [], registered: [] }).length, 1);
  });
});

describe('what nobody has seen who approved a lift', () => {
  const others = [{ key: 'portal' }];
  const shown = { at: at('05:00'), others };
  const approved = (approval: Partial<ReturnType<typeof anApproval>>, alsoRestricted?: typeof shown) =>
    unseenRestrictions(
      aRequest({ state: { status: 'approved', approval: anApproval(approval) }, alsoRestricted }),
      others,
    );

  it('is everything, for an approval in advance', () => {
    assert.deepEqual(approved({ at: at('06:00'), inAdvance: true }, shown), others);
    assert.deepEqual(approved({ at: at('06:00') }), others);
  });

  it('is what was not shown where it was pressed, however much later that was', () => {
    const late = { at: at('06:00') };
    assert.deepEqual(approved(late, shown), others);
    assert.deepEqual(approved({ ...late, alsoRestrictedAt: at('04:00') }, shown), others);
    assert.deepEqual(approved({ ...late, alsoRestrictedAt: at('05:00') }, shown), []);
    const another = { ...shown, others: [{ key: 'another' }] };
    assert.deepEqual(approved({ ...late, alsoRestrictedAt: at('05:00') }, another), others);
  });

  it('is nothing, where nothing else restricts the device', () => {
    assert.deepEqual(unseenRestrictions(aRequest(), []), []);
  });
});
