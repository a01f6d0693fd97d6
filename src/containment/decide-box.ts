import {
  onApprovedInAdvance,
  onBoxEnded,
  onBoxWarned,
  onLiftAwaits,
  onLiftFailed,
  onLiftStillAwaits,
  onRestrictionReleased,
} from './box-end.ts';
import {
  onExtendClicked,
  onReleaseClicked,
  onWishNeedsSignIn,
  onWishRefused,
  onWishVerified,
} from './box-wishes.ts';
import type { Decision } from './decision.ts';
import { onChangedElsewhere } from './drift.ts';
import type { BoxEvent, Event } from './event.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';

type Handlers = {
  readonly [Kind in BoxEvent['kind']]: (
    request: ContainmentRequest,
    event: Extract<BoxEvent, { kind: Kind }>,
    now: Instant,
  ) => Decision;
};

const handlers: Handlers = {
  'release-clicked': onReleaseClicked,
  'extend-clicked': onExtendClicked,
  'wish-verified': onWishVerified,
  'wish-needs-sign-in': onWishNeedsSignIn,
  'wish-refused': onWishRefused,
  'box-warned': onBoxWarned,
  'box-ended': onBoxEnded,
  'lift-awaits': onLiftAwaits,
  'lift-still-awaits': onLiftStillAwaits,
  'lift-failed': onLiftFailed,
  'approved-in-advance': onApprovedInAdvance,
  'restriction-released': onRestrictionReleased,
  'changed-elsewhere': onChangedElsewhere,
};

export function isBoxEvent(event: Event): event is BoxEvent {
  return Object.hasOwn(handlers, event.kind);
}

/** What happens to time boxes and to what they restrict. */
export function decideBox(request: ContainmentRequest, event: BoxEvent, now: Instant): Decision {
  // The table itself has each handler beside the kind of its event.
  const handler = handlers[event.kind] as (...decided: Parameters<typeof decideBox>) => Decision;
  return handler(request, event, now);
}
