import { isOwnAction } from '../../src/containment/elsewhere.ts';
import { isBeforeDefender } from '../../src/containment/hold.ts';
import type { Instant } from '../../src/containment/person.ts';
import { offlineAsRead } from '../../src/containment/read-facts.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { type MachineAction, type State, type StateOf, labelOf } from '../../src/containment/state.ts';
import { afterOthers, beforeName, changedOutside } from '../texts/elsewhere.ts';
import { attentionInShort, notLookedUp } from '../texts/lists.ts';
import { boxParts } from './several-box-lines.ts';
import { nameText } from './device-name-text.ts';
import { type FactsShown, factParts, offlineText, shownAccount } from './several-facts.ts';
import { type Line, type Run, faint, line, theirName, words } from './runs.ts';
import { splitMacros } from './untrusted.ts';
import { utcShort } from './utc.ts';

/** How much of each device there is room for: with more devices a row has less. */
export interface Room {
  readonly name: number;
  /** `all`: lines below it with its id and what became of it; `state`: the latter behind it; `label`: not even that. */
  readonly details: 'all' | 'state' | 'label';
  /** What Defender says of it, in the same place. */
  readonly facts: FactsShown;
}

/** A device in one line of few bytes: its label, what it is called, and what became of it. */
export function shortRow(member: ContainmentRequest, room: Room, name: string) {
  const parts = factParts(member, room.facts);
  const isNews = parts.some((runs) => runs.some(({ subtle }) => !subtle));
  const known = joined(parts);
  const state = room.details === 'label' ? '' : joined(stateParts(member, room));
  const note = [isNews ? '' : known, state].filter((text) => text !== '').join(' · ');
  return {
    // Rows that are longer than a line run into each other.
    spacing: room.facts === 'none' ? 'None' : 'Small',
    label: `${labelOf(member.state)}  `,
    names: textsOf(name),
    facts: isNews ? textsOf(`  ${known}`) : [],
    notes: note === '' ? [] : textsOf(`${isNews ? ' · ' : '  '}${note}`),
  };
}

function joined(parts: readonly (readonly Run[])[]): string {
  return parts.map((runs) => runs.map(({ text }) => text).join('')).join(' · ');
}

type Text = { readonly text: string };

function textsOf(text: string): Text[] {
  return splitMacros(text).map((part) => ({ text: part }));
}

/** A row of the card: the first line begins it, the others belong to it. */
export type RowLine = Line & { readonly spacing: 'Small' | 'None' };

const small = (text: string): Run => words(text, { size: 'Small' });

/** One device of several: its own label first, then its name, and below it what is known and what happened. */
export function deviceRow(member: ContainmentRequest, room: Room): RowLine[] {
  const head = line(words(labelOf(member.state), { weight: 'Bolder' }), words('  '), nameOf(member, room));
  const state = stateParts(member, room);
  if (room.details === 'label') return [{ ...head, spacing: 'None' }];
  const below = [
    ...(room.details === 'all' ? idParts(member) : []),
    ...factParts(member, room.facts),
    ...state,
  ];
  return below.length === 0
    ? [{ ...head, spacing: 'Small' }]
    : [
        { ...head, spacing: 'Small' },
        { ...dotted(below), spacing: 'None' },
      ];
}

function nameOf(member: ContainmentRequest, { name }: Room): Run[] {
  const isId = member.device?.name === undefined && member.deviceName === undefined;
  return theirName(nameText(member, name), isId ? { size: 'Small' } : {}, name);
}

const shownFact = 30;

/** What tells devices apart that bear one name. */
function idParts(member: ContainmentRequest): Run[][] {
  if (!hasDevice(member)) return member.state.status === 'awaiting' ? [] : [[faint(notLookedUp)]];
  const { device, deviceId, deviceName } = member;
  return device?.name !== undefined || deviceName !== undefined ? [[faint(deviceId)]] : [];
}

/** What the label alone does not say. */
function stateParts(member: ContainmentRequest, { facts }: Room): Run[][] {
  const { state, createdAt, alsoRequestedIn } = member;
  const at = (moment: Instant): string => utcShort(moment, createdAt);
  const parts = partsOf(state, at);
  // Behind the moment of the confirmation.
  const [first, rest] = [parts.slice(0, 1), parts.slice(1)];
  return [
    ...first,
    ...boxParts(member, at),
    ...rest,
    ...elsewhereParts(member, at),
    ...releasedParts(member, at),
    ...(state.status === 'awaiting' && facts !== 'none' ? [] : offlineParts(member)),
    ...(alsoRequestedIn === undefined ? [] : [[small(`also requested in #${alsoRequestedIn}`)]]),
  ];
}

type At = (moment: Instant) => string;

function partsOf(state: State, at: At): Run[][] {
  switch (state.status) {
    case 'awaiting':
      return state.voided === undefined ? [] : [[small(`an approval did not hold (${at(state.voided.at)})`)]];
    case 'denied':
      return leftOutParts(state);
    case 'submitting':
      return waitParts(state, at);
    case 'running':
    case 'ended':
      return actionParts(state, at);
    case 'attention':
      return [attentionParts(state), ...(state.closed === undefined ? [] : [[faint('closed')]])];
    default:
      return [];
  }
}

function attentionParts({ reason }: StateOf<'attention'>): Run[] {
  const what = small(attentionInShort[reason.code]);
  if (reason.code !== 'os-not-supported' || reason.detail === undefined) return [what];
  return [what, small(', '), ...theirName(reason.detail, { size: 'Small' }, shownFact)];
}

function leftOutParts({ leftOut, by }: StateOf<'denied'>): Run[][] {
  if (leftOut === 'same-device') return [[small('the same device as in another row')]];
  return leftOut === undefined
    ? []
    : [[small('not chosen by '), ...theirName(by.name, { size: 'Small' }, shownFact)]];
}

const waits = {
  throttled: 'Defender is busy, sent again',
  budget: 'waits for its turn',
  unreachable: 'not reached, sent again',
  checking: 'being checked',
  paused: 'submission is paused',
} as const;

function waitParts({ attempt, cancel }: StateOf<'submitting'>, at: At): Run[][] {
  const { wait } = attempt;
  return [
    ...(wait === undefined
      ? []
      : [[small(`${waits[wait.why]} ${wait.why === 'paused' ? '' : at(wait.until)}`.trimEnd())]]),
    ...(cancel === undefined ? [] : [[small('cancellation asked for')]]),
  ];
}

function actionParts(state: StateOf<'running' | 'ended'>, at: At): Run[][] {
  const { machineAction, cancel } = state;
  const { ours, errorHResult, status, id } = machineAction;
  const isWished = cancel !== undefined && status !== 'Cancelled' && state.status === 'running';
  return [
    ...(state.status === 'ended' ? [[small(at(state.endedAt))]] : []),
    ...(status === 'Failed' && errorHResult !== undefined && errorHResult !== 0
      ? [[small(`error 0x${(errorHResult >>> 0).toString(16).toUpperCase().padStart(8, '0')}`)]]
      : []),
    ...(isWished ? [[small('cancellation asked for')]] : []),
    ...(state.status === 'running' && state.unconfirmed === true
      ? [[small(`not confirmed since ${at(state.confirmedAt)}`)]]
      : []),
    ...(ours ? [] : [followedParts(machineAction, at)]),
    [faint('action '), ...theirName(id, { size: 'Small', subtle: true }, 40)],
  ];
}

function followedParts({ requestor, createdAt }: MachineAction, at: At): Run[] {
  const who =
    requestor === undefined ? [small('somebody else')] : theirName(requestor, { size: 'Small' }, shownFact);
  return [small('follows the action that '), ...who, small(` started at ${at(createdAt)}`)];
}

/** That its own action was listed late, and the latest of what was changed without any request: a row has little room. */
function elsewhereParts({ elsewhere = [] }: ContainmentRequest, at: At): Run[][] {
  const last = elsewhere.length - 1;
  const shown = elsewhere.filter((change, index) => index === last || isOwnAction(change));
  return shown.map((change) => {
    const { by } = change;
    const what = changedOutside(change);
    const when = small(` at ${at(change.at)}${afterOthers(change)}`);
    return by === undefined
      ? [small(what), when]
      : [small(`${what}${beforeName(change)}`), ...theirName(by, { size: 'Small' }, shownAccount), when];
  });
}

function releasedParts({ released }: ContainmentRequest, at: At): Run[][] {
  if (released === undefined) return [];
  const { by, followed, at: when, number } = released;
  const request = number === undefined ? '' : `, #${number}`;
  const whose =
    followed === true
      ? [small('Released by somebody else’s action')]
      : [small('Released by '), ...theirName(by.name, { size: 'Small' }, shownFact)];
  return [[...whose, small(` at ${at(when)}${request}`)]];
}

function offlineParts(member: ContainmentRequest): Run[][] {
  const { state } = member;
  const isWaiting =
    isBeforeDefender(state) || (state.status === 'running' && state.machineAction.status === 'Pending');
  const since = isWaiting ? offlineAsRead(member) : undefined;
  return since === undefined ? [] : [[small(offlineText(since))]];
}

function dotted(parts: readonly (readonly Run[])[]): Line {
  return line(...parts.map((runs, index) => (index === 0 ? runs : [faint(' · '), ...runs])));
}
