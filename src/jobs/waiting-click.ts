import { wishOf } from '../containment/box-wishes.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Click } from '../containment/state.ts';
import type { Wish } from '../containment/time-box.ts';

/** A press of Approve, or of Release or Extend on the card of a time-boxed restriction. */
export type Waiting = Click | Wish;

export function isWish(click: Waiting): click is Wish {
  return 'verb' in click;
}

/** A press that waits for its check; undefined once it was decided or is void. */
export function waitingClick(request: ContainmentRequest, clickId: string): Waiting | undefined {
  return request.state.status === 'awaiting'
    ? request.state.clicks.find((click) => click.id === clickId)
    : wishOf(request, clickId);
}
