import type { JobParts } from './parts.ts';
import { lookUpDevice } from './resolve-device.ts';
import type { JobHandler } from './run-job.ts';

/** Shows what the requestor's own token sees of the device, if they are signed in; else the decision will tell. */
export function createLookUpDevice(parts: Pick<JobParts, 'requests' | 'access' | 'defender'>): JobHandler {
  return async ({ requestId }) => {
    const request = await parts.requests.byId(requestId);
    if (request !== undefined) await lookUpDevice(parts, request, { person: request.requestor });
    return undefined;
  };
}
