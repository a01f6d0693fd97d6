import { cardLabel, isLeftOut, membersOf } from '../../src/containment/batch.ts';
import { boxInForce, isInForce } from '../../src/containment/box-in-force.ts';
import { isBeforeDefender } from '../../src/containment/hold.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { isRestrictedElsewhere, lateEffectOf } from '../../src/containment/standing.ts';
import { type Label, type State, mayGoOn } from '../../src/containment/state.ts';
import { devicesText } from './counted.ts';
import { stepsOfBoxes } from './next-steps-of-boxes.ts';
import { isUndoneUnchecked, uncertain, uncheckedStep } from './unchecked.ts';

/**
 * The one sentence of the card of several devices that says what happens next. What is said of all holds for each of them: of
 * the others it is said how many they are.
 */
export function nextStepOfAll(request: ContainmentRequest): string {
  const members = membersOf(request);
  const left = members.filter(({ state }) => state.status === 'denied' && state.leftOut === 'not-chosen');
  const label = cardLabel(request);
  const sentences = [
    ...(uncheckedSteps(request, label) ?? stepsFor(request, label)),
    ...stepsOfBoxes(counted(request)),
    ...lateSteps(request),
    ...(left.length === 0 ? [] : [`${were(left.length)} not chosen: nothing is done there.`]),
  ];
  return sentences.join(' ');
}

const undone: readonly Label[] = ['Denied', 'Expired', 'Withdrawn'];

/** Where Defender was not asked yet, nobody says that nothing was changed. */
function uncheckedSteps(request: ContainmentRequest, label: Label): string[] | undefined {
  // Of what Defender has listed since it is known.
  const unchecked = membersOf(request).find(
    (member) => isUndoneUnchecked(member) && lateEffectOf(member) === undefined,
  );
  if (unchecked === undefined) return undefined;
  const step = uncheckedStep(unchecked) ?? uncertain;
  return undone.includes(label) ? [step] : [...stepsFor(request, label), uncertain];
}

/** Given up, or ended otherwise, and found to have succeeded all the same. */
function lateSteps(request: ContainmentRequest): string[] {
  const late = lateOf(request).length;
  if (late === 0) return [];
  const done = request.action === 'restrict' ? 'restricted' : 'allowed again';
  const advice = request.action === 'restrict' ? ' To lift it, use /unrestrict.' : '';
  return [
    `Defender now lists the action of ${devicesText(late)} as succeeded: app execution was ${done} there, and ${late === 1 ? 'its row says' : 'their rows say'} what came after.${advice}`,
  ];
}

function lateOf(request: ContainmentRequest): readonly ContainmentRequest[] {
  return membersOf(request).filter((member) => lateEffectOf(member) !== undefined);
}

function stepsFor(request: ContainmentRequest, label: Label): string[] {
  // That nothing was changed, or what is to be done about it, is older than what was found.
  if (undone.includes(label) && lateOf(request).length > 0) return [];
  switch (label) {
    case 'Awaiting approval':
      return whileAwaiting(request);
    case 'Approved':
    case 'Submitting':
    case 'Pending':
    case 'In progress':
      return underWay(request);
    case 'Needs attention':
      return needingSomebody(request);
    case 'Succeeded':
      return [onceSucceeded(request)];
    default:
      return [atTheEnd[label]];
  }
}

function whileAwaiting(request: ContainmentRequest): string[] {
  const { place, hold } = request;
  const members = counted(request);
  const open = members.filter(({ state }) => state.status === 'awaiting');
  if (place.kind === 'personal')
    return ['Nobody can approve in this chat. Send the command again in the incident channel instead.'];
  const clicks = open.flatMap(({ state }) => (state.status === 'awaiting' ? state.clicks : []));
  const isMixed = open.length < members.length;
  const first = isMixed
    ? [`${devicesText(open.length)} still ${open.length === 1 ? 'awaits' : 'await'} approval.`]
    : [];
  if (clicks.length > 0 && clicks.every(({ signInUntil }) => signInUntil !== undefined))
    first.push('Entra asks whoever pressed Approve for one more sign-in step.');
  else if (clicks.length > 0) first.push('Defender is checking the rights of whoever pressed Approve.');
  if (isMixed || clicks.length > 0) return [...first, ...underWay(request)];
  return [
    hold === undefined
      ? 'Somebody other than the requestor approves all of them, or those that are chosen, or denies. Until then nothing happens to the devices.'
      : 'Somebody other than the requestor approves or denies. An approval is kept and goes on when submission is resumed.',
  ];
}

/** How far those are that go on by themselves, and how many do not. */
function underWay(request: ContainmentRequest): string[] {
  const members = counted(request);
  const count = (is: (member: ContainmentRequest) => boolean): number => members.filter(is).length;
  const isOfAll = (some: number): boolean => some === members.length;
  const kept = count((member) => isKept(member));
  const handed = count((member) => isToSend(member.state) && !isKept(member));
  const taken = count(({ state }) => state.status === 'running');
  const stuck = count(({ state }) => mayGoOn(state));
  const hopeless = count(({ state }) => isStuck(state) && !mayGoOn(state));
  return [
    ...sentence(kept, isOfAll(kept) ? keptAll : `For ${devicesText(kept)} ${keptSome}`),
    ...sentence(handed, isOfAll(handed) ? handingAll : `For ${devicesText(handed)} ${handingSome}`),
    ...sentence(taken, isOfAll(taken) ? takenAll : `For ${devicesText(taken)} ${takenSome}`),
    ...sentence(stuck, `${devicesText(stuck)} ${stuck === 1 ? 'needs' : 'need'} somebody: ${rowsSay}`),
    ...sentence(
      hopeless,
      `Nothing is done on ${devicesText(hopeless)}: ${hopeless === 1 ? 'its row says' : 'their rows say'} why.`,
    ),
  ];
}

function sentence(count: number, text: string): string[] {
  return count === 0 ? [] : [text];
}

const keptAll =
  'The approval is kept. Cordon hands the actions to Defender when submission is resumed, with the rights of the approver.';
const keptSome = 'the approval is kept until submission is resumed.';
const handingAll =
  'Cordon hands the actions to Defender, with the rights of the approver. The card follows each device.';
const handingSome = 'Cordon hands the action to Defender, with the rights of the approver.';
const takenAll = 'Defender has the actions. The card follows each device to its end.';
const takenSome = 'Defender has the action, and the card follows it to its end.';
const rowsSay = 'the rows say what is the matter, and the buttons below bring it on.';

function isToSend({ status }: State): boolean {
  return status === 'approved' || status === 'submitting';
}

function isKept({ hold, state }: ContainmentRequest): boolean {
  if (hold === undefined || !isBeforeDefender(state) || !isToSend(state)) return false;
  return state.status !== 'submitting' || state.attempt.outcome === 'unsent';
}

function isStuck(state: State): boolean {
  return state.status === 'attention' && state.closed === undefined;
}

/** All have come to rest. */
function needingSomebody(request: ContainmentRequest): string[] {
  const members = membersOf(request);
  if (members.some(({ state }) => isStuck(state)))
    return ['Somebody has to see to some of the devices: their rows say what is the matter.'];
  // Of what Defender has listed since nothing is in doubt, and that nothing was changed would be wrong.
  const closed = members.filter(
    (member) => member.state.status === 'attention' && lateEffectOf(member) === undefined,
  );
  if (closed.length === 0) return ['Closed.'];
  const isDoubtful = closed.some(
    ({ state }) => state.status === 'attention' && state.reason.code === 'outcome-unknown',
  );
  return [
    isDoubtful
      ? 'Closed, and followed no more. Where it is not certain whether Defender took the action, the Action center shows it if it did.'
      : 'Closed. Nothing was changed where a row says “Needs attention”. Ask again with a new request if that is still needed.',
  ];
}

/** What an approval left out is no part of what was approved. */
function counted(request: ContainmentRequest): readonly ContainmentRequest[] {
  return membersOf(request).filter(({ state }) => !isLeftOut(state));
}

function were(count: number): string {
  return `${devicesText(count)} ${count === 1 ? 'was' : 'were'}`;
}

/** What was lifted since is restricted no more. */
function onceSucceeded(request: ContainmentRequest): string {
  const members = counted(request);
  const again = members.filter((member) => isRestrictedElsewhere(member)).length;
  const anew = `for ${devicesText(again)} app execution was restricted again since: the rows say how. To lift that, use /unrestrict.`;
  if (request.action === 'unrestrict')
    return again === 0
      ? 'Defender reports for each device that the restriction of app execution is lifted.'
      : `Defender reported for each device that the restriction of app execution was lifted; ${anew}`;
  const held = members.filter((member) => isInForce(member)).length;
  // What is to end by itself is told with its end.
  const isBoxed = members.some((member) => boxInForce(member) !== undefined);
  if (held === members.length)
    return `Defender reports for each device that app execution is restricted.${isBoxed ? '' : ' To lift it, use /unrestrict.'}`;
  const reported = 'Defender reported for each device that app execution was restricted';
  if (again > 0) return `${reported}; ${devicesText(held)} still ${held === 1 ? 'is' : 'are'}, and ${anew}`;
  return held === 0
    ? `${reported}, and later that the restriction was lifted.`
    : `${reported}; for ${devicesText(members.length - held)} that was lifted since.${isBoxed ? '' : ' To lift the others, use /unrestrict.'}`;
}

const atTheEnd = {
  Failed:
    'On some of the devices the action failed: look in the Action center for the cause, then ask again for those.',
  'Timed out':
    'On some of the devices the action timed out: see that they are on and connected, then ask again for those.',
  Cancelled: 'It was stopped on its way. What each device has seen of it is below.',
  Denied: 'Nothing was changed on the devices. Ask again with a new request if that is still needed.',
  Expired: 'Nobody decided in time, so nothing was changed on the devices. Ask again if it is still needed.',
  Withdrawn: 'Nothing was changed on the devices.',
} as const satisfies Partial<Record<Label, string>>;
