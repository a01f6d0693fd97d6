import { wishOf } from '../containment/box-wishes.ts';
import type { Decision } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import type { Person } from '../containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import { labelOf } from '../containment/state.ts';
import type { AuditRecord } from './chain.ts';

/** The record of one event: every decision and refusal of a person, and every change of state. */
export function auditOf(
  event: Event,
  before: ContainmentRequest,
  decision: Decision,
): AuditRecord | undefined {
  const changed = decision.request.revision !== before.revision;
  if (!changed && decision.refusal === undefined) return undefined;
  return {
    what: event.kind,
    who: whoOf(event, before),
    request: { id: before.id, number: before.number },
    before: labelOf(before.state),
    after: labelOf(decision.request.state),
    detail: {
      ...detailOf(event),
      ...resolutionOf(before, decision.request),
      ...(decision.refusal ? { refused: decision.refusal.code } : {}),
    },
  };
}

function whoOf(event: Event, request: ContainmentRequest): AuditRecord['who'] {
  if (event.kind === 'restriction-released') return 'cordon';
  if ('by' in event && event.by !== undefined) return named(event.by);
  if ('clickId' in event && event.kind !== 'job-died') {
    const { state } = request;
    const click =
      state.status === 'awaiting' ? state.clicks.find((one) => one.id === event.clickId) : undefined;
    const pressed = click ?? wishOf(request, event.clickId);
    if (pressed !== undefined) return named(pressed.by);
  }
  return 'cordon';
}

/** What was typed, once it is certain which device is meant. */
function resolutionOf(
  before: ContainmentRequest,
  { deviceId }: ContainmentRequest,
): Readonly<Record<string, string>> {
  if (hasDevice(before) || deviceId === undefined) return {};
  return { deviceName: before.deviceName, deviceId };
}

function named(person: Person): AuditRecord['who'] {
  return { objectId: person.objectId, name: person.name };
}

/** What the event says, without the people, who are named beside it. */
function detailOf(event: Event): Record<string, unknown> {
  const more = peopleIn(event);
  const { kind: _kind, ...rest } = event;
  return { ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'by')), ...more };
}

/** People beside the one who acts, by what a reader knows them by. */
function peopleIn(event: Event): Record<string, unknown> {
  switch (event.kind) {
    case 'lift-still-awaits':
      return { people: event.people.map(named) };
    case 'approved-in-advance':
      return { approval: { ...event.approval, by: named(event.approval.by) } };
    case 'restriction-released':
      return { releasedBy: named(event.by) };
    default:
      return {};
  }
}
