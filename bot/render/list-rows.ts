import type { Instant, Person } from '../../src/containment/person.ts';
import { readFacts } from '../../src/containment/read-facts.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../../src/containment/request.ts';
import { isReleasedSince, lateEffectOf } from '../../src/containment/standing.ts';
import { type State, type StateOf, labelOf } from '../../src/containment/state.ts';
import { changedSince } from '../texts/elsewhere.ts';
import { attentionInShort, notLookedUp, shortActions } from '../texts/lists.ts';
import { lengthText } from '../texts/time-box.ts';
import { timeLeft } from '../texts/time-left.ts';
import type { ListRow } from './list-card.ts';
import { type Line, type Run, faint, line, theirName, words } from './runs.ts';
import { timeSpan } from './time-span.ts';
import { utcShort } from './utc.ts';

/**
 * Rows of lists: number and label first, so that they stand however little room there is; then, smaller, times and names.
 * `now` is the moment of the list: what happened on the same day needs no date.
 */

/** A row has less room than a card of its own. */
const rowName = 60;
const rowFact = 20;

const small = (text: string): Run => words(text, { size: 'Small' });

/** What awaits a decision, or needs attention. */
export function waitingRow(request: ContainmentRequest, now: Instant): ListRow {
  const { number, action } = request;
  const head = line(
    bold(`#${number}`),
    words(` ${shortActions[action]} · `),
    deviceName(request),
    others(request),
  );
  return { lines: [head, dotted(waitingParts(request, now))] };
}

function waitingParts(request: ContainmentRequest, now: Instant): Run[][] {
  const { state } = request;
  const details = state.status === 'attention' ? attentionParts(state, now) : awaitingParts(request, now);
  return [asker(request), ...details, ...stakes(request)];
}

function awaitingParts({ createdAt, expiresAt, state, box }: ContainmentRequest, now: Instant): Run[][] {
  const clicks = state.status === 'awaiting' ? state.clicks.length : 0;
  const isOver = Date.parse(expiresAt) <= Date.parse(now);
  return [
    ...(box === undefined ? [] : [[small(`for ${lengthText(box.duration)}`)]]),
    [faint(`${timeSpan(createdAt, now)} ago`)],
    [small(isOver ? 'its time is over' : `expires in ${timeSpan(now, expiresAt)}`)],
    ...(clicks === 0 ? [] : [[small('an approval is being checked')]]),
  ];
}

function attentionParts({ reason, at }: StateOf<'attention'>, now: Instant): Run[][] {
  return [[small(attentionInShort[reason.code])], [faint(`for ${timeSpan(at, now)}`)]];
}

/** What makes one decision more urgent than another, if it was recorded. */
function stakes(request: ContainmentRequest): Run[][] {
  const facts = readFacts(request);
  return [fact('value', facts?.value), fact('risk', facts?.risk)].filter((runs) => runs.length > 0);
}

function fact(title: string, value: string | undefined): Run[] {
  if (value === undefined || value.trim() === '') return [];
  return [faint(`${title} `), ...theirName(value, { size: 'Small' }, rowFact)];
}

/** What a device still waits for: a decision with the time that is left for it, or how far the action is. */
export function openRow(request: ContainmentRequest, now: Instant): ListRow {
  if (request.state.status !== 'awaiting') return historyRow(request, now);
  const details = dotted([...typedParts(request), ...waitingParts(request, now)]);
  return { lines: [labelLine(request), details] };
}

/** One request among others of the same device: what became of it. */
export function historyRow(request: ContainmentRequest, now: Instant): ListRow {
  const details = [
    ...typedParts(request),
    [faint(whenOf(request, now))],
    asker(request),
    ...(request.batch === undefined ? [] : [[faint(`one of ${request.batch.size} devices`)]]),
    ...outcomeParts(request.state),
    ...sinceParts(request),
  ];
  return { lines: [labelLine(request), dotted(details)] };
}

/** Among rows of one device: this one may be about another, for it says only a name. */
function typedParts(request: ContainmentRequest): Run[][] {
  if (hasDevice(request)) return [];
  return [[...theirName(request.deviceName, { size: 'Small' }, rowName), faint(` ${notLookedUp}`)]];
}

/** One request among others of several devices: how far it is, or what became of it. */
export function outcomeRow(request: ContainmentRequest, now: Instant): ListRow {
  const [head, details] = historyRow(request, now).lines;
  if (head === undefined || !hasDevice(request)) return historyRow(request, now);
  // What one device came to is not what the others did.
  const more = request.state.status === 'ended' ? [] : others(request);
  const named = { runs: [...head.runs, words(' · '), ...deviceName(request), ...more] };
  return { lines: details === undefined ? [named] : [named, details] };
}

function labelLine({ number, action, state }: ContainmentRequest): Line {
  return line(bold(`#${number}`), words(` ${shortActions[action]} · `), bold(labelOf(state)));
}

/** The moment that belongs to the label. */
function whenOf({ state, createdAt }: ContainmentRequest, now: Instant): string {
  if (state.status === 'awaiting') return `asked ${utcShort(createdAt, now)}`;
  if (state.status === 'approved') return utcShort(state.approval.at, now);
  if (state.status === 'submitting') return utcShort(state.attempt.startedAt, now);
  if (state.status === 'running') return `submitted ${utcShort(state.submittedAt, now)}`;
  return utcShort(state.status === 'ended' ? state.endedAt : state.at, now);
}

function outcomeParts(state: State): Run[][] {
  const approver = 'approval' in state ? state.approval?.by : undefined;
  return [
    ...(approver === undefined ? [] : [by('approved by', approver)]),
    ...(state.status === 'denied' ? [deniedPart(state)] : []),
    ...(state.status === 'withdrawn' ? [by('withdrawn by', state.by)] : []),
    ...(state.status === 'attention' ? unsettledParts(state) : []),
    ...followedParts(state),
  ];
}

/** The latest of what was changed without any request. */
function sinceParts(request: ContainmentRequest): Run[][] {
  const last = request.elsewhere?.at(-1);
  return last === undefined || isReleasedSince(request) ? [] : [[small(changedSince(last))]];
}

/** Whoever left it out has not denied it. */
function deniedPart({ by: person, leftOut }: StateOf<'denied'>): Run[] {
  if (leftOut === 'same-device') return [faint('the same device as another of that request')];
  return by(leftOut === undefined ? 'denied by' : 'not chosen by', person);
}

function unsettledParts({ reason, closed }: StateOf<'attention'>): Run[][] {
  const short = [small(attentionInShort[reason.code])];
  return closed === undefined ? [short] : [short, by('closed by', closed.by)];
}

function followedParts(state: State): Run[][] {
  const action = 'machineAction' in state ? state.machineAction : undefined;
  return action === undefined || action.ours ? [] : [[faint('follows an action started elsewhere')]];
}

/** A restriction that holds. */
export function inForceRow(restriction: DeviceRequest, now: Instant): ListRow {
  const head = line(bold(`#${restriction.number}`), words(' · '), deviceName(restriction));
  return { lines: [head, inForceLine(restriction, now)] };
}

/** Until when and since when it holds, and by whom. */
export function inForceLine(restriction: DeviceRequest, now: Instant): Line {
  const { state } = restriction;
  const late = lateEffectOf(restriction);
  const since = restrictedAt(restriction);
  return dotted([
    [small(timeLeft(restriction, now))],
    [faint(`since ${utcShort(since, now)}, ${timeSpan(since, now)}`)],
    asker(restriction),
    ...('approval' in state && state.approval !== undefined ? [by('approved by', state.approval.by)] : []),
    ...(late === undefined ? [] : [[small(`${labelOf(state)}, ${changedSince(late)}`)]]),
    ...followedParts(state),
  ]);
}

/** As Cordon learned of it, or by Defender's clock where that was long after. */
export function restrictedAt(restriction: ContainmentRequest): Instant {
  const { state, createdAt } = restriction;
  const late = lateEffectOf(restriction);
  if (late !== undefined) return late.at;
  return state.status === 'ended' ? state.endedAt : createdAt;
}

/** A device to choose from, with the latest that was asked for it here. */
export function knownDeviceRow(request: DeviceRequest, now: Instant): ListRow {
  const { deviceId, device, number, action, state } = request;
  const last = `#${number} ${shortActions[action]} · ${labelOf(state)} · ${whenOf(request, now)}`;
  const id = device?.name === undefined ? [] : [line(small(deviceId))];
  return { lines: [line(deviceName(request)), ...id, line(faint(last))] };
}

/** This row stands for all devices of its request. */
function others({ batch }: ContainmentRequest): Run[] {
  return batch === undefined ? [] : [faint(` and ${batch.size - 1} more`)];
}

/** By the name where one is known; nothing else of the device is needed to show the row. */
function deviceName(request: ContainmentRequest): Run[] {
  const bolder = { weight: 'Bolder' } as const;
  if (!hasDevice(request))
    return [...theirName(request.deviceName, bolder, rowName), faint(` ${notLookedUp}`)];
  return request.device?.name === undefined
    ? [words(request.deviceId, { ...bolder, size: 'Small' })]
    : theirName(request.device.name, bolder, rowName);
}

function asker({ requestor }: ContainmentRequest): Run[] {
  return by('asked by', requestor);
}

function by(what: string, person: Person): Run[] {
  return [faint(`${what} `), ...theirName(person.name, { size: 'Small' }, rowName)];
}

function bold(text: string): Run {
  return words(text, { weight: 'Bolder' });
}

function dotted(parts: readonly (readonly Run[])[]): Line {
  return line(...parts.map((runs, index) => (index === 0 ? runs : [faint(' · '), ...runs])));
}
