import type { ContainmentRequest } from '../../src/containment/request.ts';
import { isForRetry } from '../../src/containment/state.ts';

/** Instead of any word that nothing was sent or changed: nobody knows that of a database that may have forgotten. */
export const uncertain =
  'Cordon was restored from a backup or stood still, and whether Defender was given the action before that is not certain: look in the Action center.';

const asksFirst =
  'Cordon was restored from a backup or stood still, so it then first asks Defender whether it has the action already.';

/** What happens next with a request of which Defender was not asked yet; undefined where the usual words claim nothing. */
export function uncheckedStep({ state, place }: ContainmentRequest): string | undefined {
  switch (state.status) {
    case 'awaiting':
      return place.kind === 'personal' || state.clicks.length > 0
        ? undefined
        : `Somebody other than the requestor approves or denies. ${asksFirst}`;
    case 'denied':
    case 'withdrawn':
      return uncertain;
    case 'expired':
      return `Nobody decided in time. ${uncertain}`;
    case 'attention':
      if (!isForRetry(state.reason)) return undefined;
      return state.closed === undefined
        ? `The approver presses Retry, and signs in. ${asksFirst}`
        : `Closed. ${uncertain}`;
    default:
      return undefined;
  }
}

/** It came to nothing, as far as is known, and Defender was not asked. */
export function isUndoneUnchecked({ unchecked, state }: ContainmentRequest): boolean {
  return unchecked === true && ['denied', 'expired', 'withdrawn'].includes(state.status);
}
