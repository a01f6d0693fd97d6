import type { Duration } from '../../src/containment/duration.ts';
import type { Person } from '../../src/containment/person.ts';
import type { Action, ContainmentRequest, DeviceWish, Place } from '../../src/containment/request.ts';
import type { JobParts } from '../../src/jobs/parts.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import type { TakenDevice } from '../../src/store/create-batch.ts';

interface Parts extends Pick<JobParts, 'requests'> {
  readonly expirySeconds: number;
}

interface Wish {
  readonly action: Action;
  readonly devices: readonly DeviceWish[];
  readonly reason: string;
  /** Each of the restrictions ends by itself after this. */
  readonly box?: Duration | undefined;
  readonly person: Person;
  readonly place: Place;
  /** The same message delivered again is the same request. */
  readonly sourceActivity: string;
}

type Asked =
  | { readonly kind: 'asked'; readonly request: ContainmentRequest; readonly isNew: boolean }
  | { readonly kind: 'already-open'; readonly taken: readonly TakenDevice[] };

/** Asks for all of them together, or for none. Where only one is left of them, it is a request like any other. */
export async function askForSeveral({ requests, expirySeconds }: Parts, wish: Wish): Promise<Asked> {
  const { action, devices, reason, box, person, place, sourceActivity } = wish;
  const asked = {
    id: newRequestId(),
    tenantId: person.tenantId,
    action,
    reason,
    ...(box === undefined ? {} : { box }),
    requestor: person,
    place,
    sourceActivity,
    expirySeconds,
  };
  const [device] = devices;
  if (device === undefined) throw new Error('There is no device to ask for');
  const created =
    devices.length > 1
      ? await requests.createBatch({ ...asked, devices })
      : await requests.create({ ...asked, ...device });
  passed(created.kind === 'already-open' ? 'repeated-wish-recorded' : 'request-stored');
  if (created.kind !== 'already-open')
    return { kind: 'asked', request: created.request, isNew: created.kind === 'created' };
  return { kind: 'already-open', taken: 'taken' in created ? created.taken : [{ ...created, device }] };
}
