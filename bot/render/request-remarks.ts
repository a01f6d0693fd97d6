import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { isBeforeDefender } from '../../src/containment/hold.ts';
import { type Click, type MachineAction, type StateOf, isRetryable } from '../../src/containment/state.ts';
import { isVisible } from '../../src/containment/visible.ts';
import { alsoRestrictedLines, boxRemarks } from './box-lines.ts';
import { elsewhereRemarks } from './elsewhere-lines.ts';
import { type Line, type Run, line, personName, subtle, theirName, theirText, words } from './runs.ts';
import { shownLength } from './untrusted.ts';
import { utcShort } from './utc.ts';

/** Clicks named one by one; a request that half the shift approves at once must not fill the card. */
const namedClicks = 3;

/** Short lines about the moment: who is being checked, what did not hold, what could not be confirmed. */
export function remarks(request: ContainmentRequest): Line[] {
  const { state } = request;
  const at = (moment: Instant): string => utcShort(moment, request.createdAt);
  return [
    ...held(request, at),
    ...boxRemarks(request, at),
    ...elsewhereRemarks(request, at),
    ...(state.status === 'attention' ? waitingForSignIn(state) : []),
    ...(state.status === 'awaiting' ? awaitingRemarks(state, at) : []),
    ...(state.status === 'awaiting' ? alsoRestrictedLines(request, at) : []),
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

/** For a card of several devices, of each of which this may be said. */
export function heldRemark(request: ContainmentRequest): Line[] {
  return held(request, (moment) => utcShort(moment, request.createdAt));
}

/** The same of those who pressed Approve. */
export function clickRemarks({ state, createdAt }: ContainmentRequest): Line[] {
  if (state.status !== 'awaiting') return [];
  return awaitingRemarks(state, (moment) => utcShort(moment, createdAt));
}

/** The reason is an administrator's own words. */
function held({ hold, state }: ContainmentRequest, at: At): Line[] {
  if (hold === undefined || !isBeforeDefender(state)) return [];
  const since = subtle(`Submission to Defender is paused since ${at(hold.since)}`);
  return [
    isVisible(hold.reason)
      ? line(since, subtle(': '), theirText(hold.reason, shownLength.comment))
      : line(since),
  ];
}

function waitingForSignIn(state: StateOf<'attention'>): Line[] {
  if (state.reason.code !== 'sign-in-needed' || !isRetryable(state)) return [];
  return [line(subtle('Waiting for '), personName(state.approval.by), subtle(' to sign in'))];
}

function awaitingRemarks({ clicks, voided }: StateOf<'awaiting'>, at: At): Line[] {
  const more = clicks.length - namedClicks;
  return [
    // The reason is for the clicker alone: it tells what that person may do in Defender.
    ...(voided === undefined
      ? []
      : [line(personName(voided.by), subtle(`’s approval did not hold (${at(voided.at)}); still open`))]),
    ...clicks
      .slice(0, namedClicks)
      .map((click) =>
        line(personName(click.by), subtle(` pressed Approve ${at(click.at)}, ${stageOf(click)}`)),
      ),
    ...(more > 0 ? [line(subtle(`and ${more} more, checking`))] : []),
  ];
}

function stageOf({ signInUntil }: Click): string {
  return signInUntil === undefined ? 'checking' : 'asked for one more sign-in step';
}

function followed({ ours, requestor, createdAt }: MachineAction, at: At): Line[] {
  if (ours) return [];
  const who: Run[] =
    requestor === undefined ? [words('somebody else')] : theirName(requestor, { weight: 'Bolder' });
  return [line(subtle('Following the action that '), who, subtle(` started at ${at(createdAt)}`))];
}
