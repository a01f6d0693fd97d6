import type { Person } from '../../src/containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { cardLabel, membersOf } from '../../src/containment/batch.ts';
import { devicesText } from './counted.ts';
import { nameText } from '../render/device-name-text.ts';
import { actionTitle } from '../render/request-title.ts';
import { safeName, safeText, shownLength } from '../render/untrusted.ts';
import { approvesItsEnd, approvesTheirEnd, lengthText } from './time-box.ts';
import type { PrivateText } from './private-answers.ts';

/** Words of `/approve`. Names and reasons in them come from outside: they go into text runs, never into Markdown. */

export function approveButton(number: number): string {
  return `Approve #${number}`;
}

/**
 * For everybody in the conversation to read, where the card of the request is too. It names what would be approved: a number
 * is mistyped more easily than a button is missed.
 */
export function askedApproval(request: ContainmentRequest, asker: Person): PrivateText {
  const { number, action, requestor, box, reason, members } = request;
  const who = safeName(asker.name);
  const by = `asked by ${safeName(requestor.name)}.`;
  const open = members?.filter(({ state }) => state.status === 'awaiting');
  return {
    title: `Approve #${number}?`,
    lines: [
      ...(open === undefined
        ? [`${actionTitle(action)}: ${oneTarget(request)}, ${by}`]
        : [`${actionTitle(action)}: ${devicesText(open.length)}, ${by}`, ...linesOf(open)]),
      ...(box === undefined
        ? []
        : [`For ${lengthText(box.duration)}. ${members === undefined ? approvesItsEnd : approvesTheirEnd}`]),
      ...alsoLines(request),
      `Reason: ${safeText(reason, shownLength.reason)}`,
      `${who} sent /approve #${number}. Nothing is decided by that: the button approves, for ${who} alone and with ${who}’s own rights.`,
    ],
  };
}

function alsoLines(request: ContainmentRequest): string[] {
  const also = membersOf(request).filter(
    ({ state, alsoRestricted }) => state.status === 'awaiting' && alsoRestricted !== undefined,
  ).length;
  if (also === 0) return [];
  return request.members === undefined
    ? ['Something else restricts the device as well, as its card says: approving lifts that, too.']
    : [
        `Something else restricts ${devicesText(also)} of them as well, as the card says: approving lifts that, too.`,
      ];
}

/** Up to so many devices there is room for the id beside each name. */
const mostWithIds = 10;
/** Of a name, where there are more: fifty of them have to fit whatever they are, with their ids if these alone tell them apart. */
const shortName = 60;

/** Each device that the button approves, in a line of its own: none is approved that is not named here. */
function linesOf(open: readonly ContainmentRequest[]): string[] {
  if (open.length <= mostWithIds) return open.map((member) => oneTarget(member));
  const keys = open.map((member) => nameText(member, shortName).toLowerCase());
  const isAlone = (key: string | undefined): boolean => keys.filter((one) => one === key).length === 1;
  const lines = open.map((member, at) => {
    if (!hasDevice(member)) return `“${nameText(member, shortName)}”`;
    const isNamed = member.device?.name !== undefined && isAlone(keys[at]);
    return isNamed ? nameText(member, shortName) : oneTarget(member, shortName);
  });
  return open.every(hasDevice)
    ? lines
    : [...lines, 'Names in quotation marks are as they were typed: nobody has looked them up yet.'];
}

function oneTarget(request: ContainmentRequest, most: number = shownLength.name): string {
  if (!hasDevice(request)) return `“${safeName(request.deviceName)}”, a name that nobody has looked up yet`;
  const { device, deviceId } = request;
  return device?.name === undefined ? deviceId : `${safeName(device.name, most)} (${deviceId})`;
}

/** For the presser alone, in the place of the button. It speaks of the moment only, for this card follows nothing. */
export function answeredApproval(request: ContainmentRequest, note: string | undefined): PrivateText {
  const { number } = request;
  return {
    title: `Your /approve #${number}`,
    lines: [
      note ?? `Your approval of #${number} was not used.`,
      `When you pressed, the status of #${number} was “${cardLabel(request)}”. Its card tells how it goes on.`,
    ],
  };
}

/** What awaits a decision, and not by what was typed. */
export interface Outdated {
  /** One that it names was found since, so that it does not say which one that is. */
  readonly isFoundSince: boolean;
  /** Devices that it does not name. */
  readonly others: number;
}

export function withSendAgain(
  { title, lines }: PrivateText,
  { number }: ContainmentRequest,
  { isFoundSince, others }: Outdated,
): PrivateText {
  const again = `in words, send /approve #${number} again.`;
  const awaits = others === 1 ? 'awaits' : 'await';
  return {
    title,
    lines: [
      ...lines,
      ...(isFoundSince ? [`The device is known now: to approve it ${again}`] : []),
      ...(others === 0
        ? []
        : [
            `${devicesText(others)} of #${number} ${awaits} approval, which this button is not for: to approve ${others === 1 ? 'it' : 'them'} ${again}`,
          ]),
    ],
  };
}
