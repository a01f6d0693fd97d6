import { membersOf } from '../../src/containment/batch.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { RunningBox } from '../../src/containment/time-box.ts';

/** Teams refreshes a card by itself for at most 60 named people. */
const maxUsers = 60;

/** A Teams id towards a bot (`29:…`, about 95 characters); anything else would only weigh on the card. */
const teamsId = /^[\w:.@|+/=-]{1,120}$/;

/** Whoever has a part in the request sees its newest state, also when an edit of the card was lost. */
export function refreshUsers(request: ContainmentRequest): string[] {
  const ids = membersOf(request).flatMap(partOf);
  return [...new Set(ids)].filter((id) => teamsId.test(id)).slice(0, maxUsers);
}

function partOf({ requestor, state, box }: ContainmentRequest): string[] {
  const people: (Person | undefined)[] = [
    requestor,
    'approval' in state ? state.approval?.by : undefined,
    ...peopleOf(box?.running),
    ...(state.status === 'awaiting' ? [state.voided?.by, ...state.clicks.map((click) => click.by)] : []),
  ];
  return people.flatMap((person) => (person === undefined ? [] : [person.teamsId]));
}

function peopleOf(box: RunningBox | undefined): (Person | undefined)[] {
  if (box === undefined) return [];
  return [box.authorisedBy, box.voided?.by, ...box.wishes.map((wish) => wish.by)];
}
