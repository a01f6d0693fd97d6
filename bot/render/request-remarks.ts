import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { MachineAction, StateOf } from '../../src/containment/state.ts';
import { type Line, type Run, line, personName, subtle, theirName, words } from './runs.ts';
import { utcShort } from './utc.ts';

/** Clicks named one by one; a request that half the shift approves at once must not fill the card. */
const namedClicks = 3;

/** Short lines about the moment: who is being checked, what did not hold, what could not be confirmed. */
export function remarks(request: ContainmentRequest): Line[] {
  const { state } = request;
  const at = (moment: Instant): string => utcShort(moment, request.createdAt);
  return [
    ...(state.status === 'awaiting' ? awaitingRemarks(state, at) : []),
    ...(state.status === 'running' || state.status === 'ended' ? followed(state.machineAction, at) : []),
    ...(state.status === 'running' && state.unconfirmed === true
      ? [line(subtle(`Not confirmed since ${at(state.confirmedAt)}`))]
      : []),
    ...(request.alsoRequestedIn === undefined
      ? []
      : [line(subtle(`Also requested in #${request.alsoRequestedIn}`))]),
  ];
}

type At = (moment: Instant) => string;

function awaitingRemarks({ clicks, voided }: StateOf<'awaiting'>, at: At): Line[] {
  const more = clicks.length - namedClicks;
  return [
    // The reason is for the clicker alone: it tells what that person may do in Defender.
    ...(voided === undefined
      ? []
      : [line(personName(voided.by), subtle(`’s approval did not hold (${at(voided.at)}); still open`))]),
    ...clicks
      .slice(0, namedClicks)
      .map((click) => line(personName(click.by), subtle(` pressed Approve ${at(click.at)}, checking`))),
    ...(more > 0 ? [line(subtle(`and ${more} more, checking`))] : []),
  ];
}

function followed({ ours, requestor, createdAt }: MachineAction, at: At): Line[] {
  if (ours) return [];
  const who: Run[] =
    requestor === undefined ? [words('somebody else')] : theirName(requestor, { weight: 'Bolder' });
  return [line(subtle('Following the action that '), who, subtle(` started at ${at(createdAt)}`))];
}
