import { DefenderError } from '../defender/errors.ts';
import { passed } from '../platform/steps.ts';
import { factsOf, readDeviceTwice } from './check-approval.ts';
import { openSession } from './defender-session.ts';
import type { JobParts } from './parts.ts';
import type { JobHandler } from './run-job.ts';

/** Shows what the requestor's own token sees of the device, if they are signed in; else the decision will tell. */
export function createLookUpDevice(parts: Pick<JobParts, 'requests' | 'access' | 'defender'>): JobHandler {
  return async ({ requestId }) => {
    const request = await parts.requests.byId(requestId);
    if (request?.state.status !== 'awaiting' || request.device !== undefined) return undefined;
    const session = await openSession(parts, request, request.requestor, { priority: 'routine' });
    if (!session.ok) return undefined;
    try {
      const device = factsOf(await readDeviceTwice(parts, session, request));
      passed('device-looked-up', request.id);
      await parts.requests.apply(request.id, { kind: 'device-read', device });
    } catch (error) {
      // An extra: the main job never waits for it, and the approver's token reads the device anyway.
      if (!(error instanceof DefenderError)) throw error;
    } finally {
      await session.close();
    }
    return undefined;
  };
}
