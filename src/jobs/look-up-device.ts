import { cardOf } from '../containment/batch.ts';
import { lookUpSeveral } from './look-up-several.ts';
import type { JobParts } from './parts.ts';
import { lookUpDevice } from './resolve-device.ts';
import type { JobHandler } from './run-job.ts';

/** Shows what the requestor's own token sees of the device, if they are signed in; else the decision will tell. */
export function createLookUpDevice(parts: Pick<JobParts, 'requests' | 'access' | 'defender'>): JobHandler {
  return async ({ requestId }) => {
    const asked = await parts.requests.byId(requestId);
    // Of several devices all, whichever the job names.
    const request = asked && (await parts.requests.onCard(cardOf(asked)));
    if (request === undefined) return undefined;
    const look = { person: request.requestor };
    await (request.members === undefined
      ? lookUpDevice(parts, request, look)
      : lookUpSeveral(parts, request, look));
    return undefined;
  };
}
