import assert from 'node:assert/strict';
import { membersOf } from '../../src/containment/batch.ts';
import type { DeviceId, RequestId } from '../../src/containment/ids.ts';
import type { ContainmentRequest, DeviceWish } from '../../src/containment/request.ts';
import type { NewBatch } from '../../src/store/create-batch.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { aNewRequest } from './new-requests.ts';
import { aDeviceId, aMachineAction, alex } from './requests.ts';

export const idOf = (index: number): DeviceId => aDeviceId(index.toString(16).padStart(40, 'ab'));
export const device = { name: 'ws-1', osPlatform: 'Windows11' };

export function aNewBatch(devices: readonly DeviceWish[], given: Partial<NewBatch> = {}): NewBatch {
  const { deviceId: _one, ...wish } = aNewRequest();
  return { ...wish, devices, ...given };
}

/** What people and Defender do to several devices of one request, on the store itself. */
export function createBatchPlay(requests: () => RequestStore) {
  async function asked(devices: readonly DeviceWish[], given: Partial<NewBatch> = {}) {
    const made = await requests().createBatch(aNewBatch(devices, given));
    if (made.kind !== 'created') return assert.fail(made.kind);
    return made.request;
  }

  const three = (): Promise<ContainmentRequest> => asked([0, 1, 2].map((at) => ({ deviceId: idOf(at) })));
  const onCard = async (id: RequestId) => (await requests().onCard(id)) ?? assert.fail('gone');
  const memberAt = async (id: RequestId, at: number) => membersOf(await onCard(id))[at] ?? assert.fail();
  function press(id: RequestId, clickId: string, leavesOut: readonly RequestId[] = []) {
    return requests().applyToAll(id, (member) =>
      leavesOut.includes(member.id) ? undefined : { kind: 'approve-clicked', by: alex, clickId, leavesOut },
    );
  }

  const verify = (id: RequestId, clickId: string) =>
    requests().apply(id, { kind: 'approve-verified', clickId, device });

  async function succeed(id: RequestId): Promise<void> {
    const machineAction = aMachineAction({ id: `action-of-${id}` });
    await requests().apply(id, { kind: 'action-found', machineAction });
    await requests().apply(id, {
      kind: 'action-observed',
      machineAction: { ...machineAction, status: 'Succeeded' },
    });
  }

  return { asked, three, onCard, memberAt, press, verify, succeed };
}
