import { randomUUID } from 'node:crypto';
import { newRequestId } from '../../src/platform/ids.ts';
import type { DeviceWish } from '../../src/containment/request.ts';
import type { NewRequest, NewWish } from '../../src/store/create-request.ts';
import { aDeviceId, aRequest } from './requests.ts';

/** A wish as the bot hands it to the store: a message, a tenant and a conversation of its own unless told otherwise. */
export function aNewRequest(given: Partial<NewWish> & Partial<DeviceWish> = {}): NewRequest {
  const { reason, requestor } = aRequest();
  const conversation = `19:${randomUUID()}@thread.tacv2`;
  const byName = given.deviceId === undefined && given.deviceName !== undefined;
  // A wish names its device in one way or in both; the compiler cannot see that one of them is always there.
  return {
    id: newRequestId(),
    tenantId: randomUUID(),
    action: 'restrict',
    ...(byName ? {} : { deviceId: aDeviceId() }),
    reason,
    requestor,
    place: { conversation, thread: `${conversation};messageid=1`, kind: 'channel' },
    sourceActivity: randomUUID(),
    expirySeconds: 4 * 3600,
    ...given,
  } as NewRequest;
}
