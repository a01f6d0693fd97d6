import { randomUUID } from 'node:crypto';
import { newRequestId } from '../../src/platform/ids.ts';
import type { NewRequest } from '../../src/store/requests.ts';
import { aDeviceId, aRequest } from './requests.ts';

/** A wish as the bot hands it to the store: a message, a tenant and a conversation of its own unless told otherwise. */
export function aNewRequest(given: Partial<NewRequest> = {}): NewRequest {
  const { reason, requestor } = aRequest();
  const conversation = `19:${randomUUID()}@thread.tacv2`;
  return {
    id: newRequestId(),
    tenantId: randomUUID(),
    action: 'restrict',
    deviceId: aDeviceId(),
    reason,
    requestor,
    place: { conversation, thread: `${conversation};messageid=1`, kind: 'channel' },
    sourceActivity: randomUUID(),
    expirySeconds: 4 * 3600,
    ...given,
  };
}
