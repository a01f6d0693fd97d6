import { type BoxFacts, type Due, dueOf, nextLook } from '../containment/box-due.ts';
import type { BoxEvent } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { passed } from '../platform/steps.ts';
import type { JobParts } from './parts.ts';
import type { Again, JobHandler } from './run-job.ts';

type Parts = Pick<JobParts, 'requests' | 'boxes'>;

/** More than can ever be due at once; whoever finds more looks again. */
const mostAtOnce = 6;
const soonSeconds = 2;

/**
 * Does what is due of a restriction's time box, by the database's clock: a job that comes early comes again, and one that
 * comes twice finds nothing more to do.
 */
export function createTimeBox(parts: Parts): JobHandler {
  return ({ requestId }) => lookAt(parts, requestId);
}

/** A lift has come to rest: whatever it was to lift is looked at. */
export function createSettleLift(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    const lift = await parts.requests.byId(requestId);
    if (lift === undefined) return undefined;
    for (const id of await parts.boxes.restrictionsToSettle(lift)) await lookAt(parts, id);
    return undefined;
  };
}

async function lookAt(parts: Parts, id: RequestId): Promise<Again | undefined> {
  for (let count = 0; count < mostAtOnce; count += 1) {
    const request = await parts.requests.byId(id);
    if (request === undefined) return undefined;
    const now = await parts.requests.now();
    const due = dueOf(request, await factsOf(parts, request), now);
    if (due === undefined) {
      const seconds = nextLook(request, now);
      return seconds === undefined ? undefined : { againInSeconds: seconds };
    }
    await parts.requests.apply(id, await eventOf(parts, request, due));
    passed('box-moved', id);
  }
  return { againInSeconds: soonSeconds };
}

async function factsOf(parts: Parts, request: ContainmentRequest): Promise<BoxFacts> {
  const asked = boxInForce(request)?.lift;
  const lift = asked && (await parts.requests.byId(asked.id));
  return { lift, release: releaseIn(request, await parts.boxes.releaseOf(request)) };
}

function releaseIn({ place }: ContainmentRequest, lift: ContainmentRequest | undefined): BoxFacts['release'] {
  if (lift?.state.status !== 'ended') return undefined;
  const { approval, endedAt, machineAction } = lift.state;
  const isHere = lift.place.conversation === place.conversation;
  return {
    by: approval.by,
    ...(machineAction.ours ? {} : { followed: true }),
    at: endedAt,
    ...(isHere ? { number: lift.number } : {}),
  };
}

async function eventOf(parts: Parts, request: ContainmentRequest, due: Due): Promise<BoxEvent> {
  if (due.kind === 'box-ended') return { ...due, lift: await parts.requests.nextLift(request, due) };
  if (due.kind !== 'lift-still-awaits') return due;
  const box = boxInForce(request);
  const asked = [request.requestor, ...(box === undefined ? [] : [box.authorisedBy])];
  return { ...due, people: await parts.boxes.deciders(request, asked) };
}
