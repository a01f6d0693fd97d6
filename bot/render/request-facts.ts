import type { Instant, Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import {
  type Approval,
  type Cancellation,
  type MachineAction,
  type State,
  type StateOf,
  mayGoOn,
} from '../../src/containment/state.ts';
import { boxFact } from './box-lines.ts';
import {
  type Line,
  type Run,
  line,
  personName,
  quotation,
  subtle,
  theirName,
  theirText,
  words,
} from './runs.ts';
import { shownLength } from './untrusted.ts';
import { utc, utcShort } from './utc.ts';

/** A labelled row of the card. The label is ours, the lines may hold text from outside. */
export type Row = {
  readonly label: string;
  readonly lines: readonly Line[];
};

/** Who did what when, in the order in which it happened. */
export function factRows(request: ContainmentRequest): Row[] {
  const at = (moment: Instant): string => utcShort(moment, request.createdAt);
  return [
    row('Requested by', [line(personName(request.requestor)), line(subtle(utc(request.createdAt)))]),
    ...approvalRows(request.state, at),
    ...boxRows(request, at),
    ...machineActionRows(request.state, at),
    ...cancellationRows(request.state, at),
    ...endRows(request, at),
    ...evidenceRows(request),
  ];
}

/** What a ticket cites when all is over: the mark that Defender's comment bears, and the hash of the last audit record. */
function evidenceRows({ id, state, recordHash }: ContainmentRequest): Row[] {
  if (recordHash === undefined || !isOver(state)) return [];
  const small = { size: 'Small' } as const;
  return [row('Evidence', [line(words(`cordon:${id}`, small)), line(words(`SHA-256 ${recordHash}`, small))])];
}

function isOver(state: State): boolean {
  const ends: readonly State['status'][] = ['denied', 'expired', 'withdrawn', 'ended', 'attention'];
  return ends.includes(state.status) && !mayGoOn(state);
}

type At = (moment: Instant) => string;

function row(label: string, lines: readonly Line[]): Row {
  return { label, lines };
}

function by(person: Person, when: string): Line {
  return line(personName(person), subtle(`  ${when}`));
}

function approvalRows(state: State, at: At): Row[] {
  const approval: Approval | undefined = 'approval' in state ? state.approval : undefined;
  return approval === undefined
    ? []
    : [
        row('Approved by', [
          by(approval.by, at(approval.at)),
          ...(approval.inAdvance === true ? [line(subtle('in advance, with the time box'))] : []),
          ...quotation(approval.comment),
        ]),
      ];
}

function boxRows(request: ContainmentRequest, at: At): Row[] {
  const lines = boxFact(request, at);
  return lines.length === 0 ? [] : [row('Time box', lines)];
}

function machineActionRows(state: State, at: At): Row[] {
  if (state.status !== 'running' && state.status !== 'ended') return [];
  const { machineAction, submittedAt } = state;
  return [
    row('Machine action', [line(theirName(machineAction.id, { size: 'Small' }))]),
    row(machineAction.ours ? 'Submitted at' : 'Followed since', [line(words(at(submittedAt)))]),
    ...(state.status === 'ended' ? resultRows(machineAction, state.endedAt, at) : []),
  ];
}

function resultRows(machineAction: MachineAction, endedAt: Instant, at: At): Row[] {
  const { status, errorHResult } = machineAction;
  const hasCode = status === 'Failed' && errorHResult !== undefined && errorHResult !== 0;
  return [
    row('Ended', [line(words(at(endedAt)))]),
    ...(hasCode ? [row('Error code', [line(words(hex(errorHResult)))])] : []),
  ];
}

/** Windows writes an HRESULT as 32 bits without a sign; Defender sends it as a signed number. */
function hex(errorHResult: number): string {
  return `0x${(errorHResult >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

function cancellationRows(state: State, at: At): Row[] {
  if (state.status === 'ended' && state.machineAction.status === 'Cancelled') return cancelledRows(state, at);
  const cancel = 'cancel' in state ? state.cancel : undefined;
  return cancel === undefined ? [] : [askedRow(cancel, at)];
}

function askedRow(cancel: Cancellation, at: At): Row {
  return row('Cancellation', [
    line(words('asked for by '), personName(cancel.by), subtle(`  ${at(cancel.at)}`)),
    ...quotation(cancel.comment),
  ]);
}

/**
 * Our canceller did it only if Defender took that very cancellation; otherwise it is whom Defender names, and what
 * was merely asked for stays that.
 */
function cancelledRows({ machineAction, cancel }: StateOf<'ended'>, at: At): Row[] {
  if (cancel?.stage === 'accepted') {
    return [row('Cancelled by', [by(cancel.by, at(cancel.at)), ...quotation(cancel.comment)])];
  }
  const { cancelledBy, cancellationComment } = machineAction;
  if (cancelledBy === undefined) return cancel === undefined ? [] : [askedRow(cancel, at)];
  const who = line(theirName(cancelledBy, { weight: 'Bolder' }));
  return [row('Cancelled by', [who, ...quotation(cancellationComment)])];
}

function endRows(request: ContainmentRequest, at: At): Row[] {
  const { state } = request;
  switch (state.status) {
    case 'awaiting':
      return [row('Open until', [line(words(at(request.expiresAt)))])];
    case 'denied':
      return [row('Denied by', [by(state.by, at(state.at)), ...quotation(state.comment)])];
    case 'expired':
      return [row('Expired at', [line(words(at(state.at)))])];
    case 'withdrawn':
      return [row('Withdrawn by', [by(state.by, at(state.at)), ...quotation(state.comment)])];
    case 'attention':
      return [
        row('Stopped at', [line(words(at(state.at)))]),
        ...detailRows(state),
        ...(state.closed
          ? [row('Closed by', [by(state.closed.by, at(state.closed.at)), ...quotation(state.closed.comment)])]
          : []),
      ];
    default:
      return [];
  }
}

function detailRows({ reason }: StateOf<'attention'>): Row[] {
  if (!('detail' in reason) || reason.detail === undefined) return [];
  const label = reason.code === 'refused-by-defender' ? 'Defender’s answer' : 'Operating system';
  const detail: Run[] = theirText(reason.detail, shownLength.comment);
  return [row(label, [line(detail)])];
}
