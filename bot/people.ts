import type { Person } from '../src/containment/person.ts';
import { cut } from './commands/clean-line.ts';
import type { Inbound } from './inbound.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Entra takes no longer display name; in UTF-16 units. */
const longestName = 256;

/** Who sent an activity; undefined for anonymous and some external people, who have no Entra object id here. */
export function senderOf(activity: Inbound, tenantId: string): Person | undefined {
  const objectId = activity.from.aadObjectId;
  if (objectId === undefined || !guid.test(objectId)) return undefined;
  const name = activity.from.name?.trim();
  return {
    objectId: objectId.toLowerCase(),
    tenantId,
    teamsId: activity.from.id,
    name: name === undefined || name === '' ? 'Somebody without a name' : cut(name, longestName),
  };
}
