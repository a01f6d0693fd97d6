import type { Effect, PrivateNote } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Person } from '../containment/person.ts';
import type { Label } from '../containment/state.ts';

export const jobNames = [
  'sync-card',
  'look-up-device',
  'check-approval',
  'submit',
  'cancel-action',
  'expire',
  'notify',
  'tell',
] as const;
export type JobName = (typeof jobNames)[number];

/** What a job knows; everything else it reads when it runs, so that it never acts on an old state. */
export interface JobPayload {
  readonly requestId: RequestId;
  readonly clickId?: string;
  readonly about?: Label;
  readonly to?: Person;
  readonly note?: PrivateNote;
  /** How often in a row this work was not possible; the same work all the same. */
  readonly waits?: number;
}

export interface Job {
  readonly name: JobName;
  readonly payload: JobPayload;
}

export interface NewJob extends Job {
  /** Seconds from now, or a moment. */
  readonly startAfter?: number | string | undefined;
}

/** Effects that leave the process become jobs; `track` and `untrack` are rows that the store writes itself. */
export function jobOf(effect: Effect, requestId: RequestId): NewJob | undefined {
  const payload = { requestId };
  switch (effect.kind) {
    case 'sync-card':
      return { name: effect.kind, payload, startAfter: effect.afterSeconds };
    case 'look-up-device':
      return { name: effect.kind, payload };
    case 'check-approval':
      return {
        name: effect.kind,
        payload: { ...payload, clickId: effect.clickId },
        startAfter: effect.afterSeconds,
      };
    case 'submit':
      return { name: effect.kind, payload, startAfter: effect.at };
    case 'cancel-action':
      return { name: effect.kind, payload, startAfter: effect.afterSeconds };
    case 'expire':
      return { name: effect.kind, payload, startAfter: effect.at };
    case 'notify':
      return { name: effect.kind, payload: { ...payload, about: effect.about } };
    case 'tell':
      return { name: effect.kind, payload: { ...payload, to: effect.to, note: effect.note } };
    case 'track':
    case 'untrack':
      return undefined;
  }
}

/** One waiting job for the same work, whoever queues it again: repeats merge instead of multiplying. */
export function keyOf({ requestId, clickId, about, to, note }: JobPayload): string {
  return [requestId, clickId, about, to?.objectId, note?.about, note?.why.code].filter(Boolean).join(' ');
}
