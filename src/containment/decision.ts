import type { Effect, PrivateNote, Refusal, Tell } from './event.ts';
import type { Instant, Person } from './person.ts';
import type { ContainmentRequest, DeviceRequest } from './request.ts';
import type { Click, State, UndecidedState, VoidReason } from './state.ts';

/** What one event does to a request. `request` is the same object when nothing changed. */
export interface Decision {
  readonly request: ContainmentRequest;
  readonly effects: readonly Effect[];
  /** Set when the person who caused the event must be told no; a refusal may still change the state. */
  readonly refusal?: Refusal | undefined;
}

export function unchanged(request: ContainmentRequest): Decision {
  return { request, effects: [] };
}

export function refused(request: ContainmentRequest, code: Refusal['code']): Decision {
  return { request, effects: [], refusal: { code } };
}

/** A new state: the card follows, whatever else happens. What is approved has a device. */
export function moved(request: DeviceRequest, state: State, effects?: readonly Effect[]): Decision;
export function moved(
  request: ContainmentRequest,
  state: UndecidedState,
  effects?: readonly Effect[],
): Decision;
export function moved(request: ContainmentRequest, state: State, effects?: readonly Effect[]): Decision {
  // One of the two signatures above let it in, so that state and device fit each other.
  return changed({ ...request, state } as ContainmentRequest, effects);
}

/** In the same state something else is new that people see. */
export function changed(request: ContainmentRequest, effects: readonly Effect[] = []): Decision {
  return {
    request: { ...request, revision: request.revision + 1 },
    effects: [{ kind: 'sync-card' }, ...effects],
  };
}

/** Tells everybody whose pressed Approve came to nothing. */
export function tellClickers(clicks: readonly Click[], why: VoidReason, except?: string): Effect[] {
  return clicks
    .filter((click) => click.id !== except)
    .map((click) => ({ kind: 'tell', to: click.by, note: { about: 'approval', why } }));
}

/** The message to somebody whose own turn may have told them already. */
export function tellAs(tell: Tell, to: Person, note: PrivateNote): Effect[] {
  if (tell === false) return [];
  return [{ kind: 'tell', to, note, ...(tell === true ? {} : tell) }];
}

/** What a turn may take back, because it tells its person itself, has told nobody for the other devices. */
export function toldBy(tell: Tell): { readonly told?: true } {
  return tell === true ? { told: true } : {};
}

export function isPast(moment: Instant, now: Instant): boolean {
  return Date.parse(moment) <= Date.parse(now);
}

export function later(now: Instant, seconds: number): Instant {
  return new Date(Date.parse(now) + seconds * 1000).toISOString();
}
