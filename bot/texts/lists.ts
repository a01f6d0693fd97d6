import type { Action } from '../../src/containment/request.ts';
import type { AttentionReason } from '../../src/containment/state.ts';

/** Words of the commands that only show something. Nothing from outside is in them. */

const usageLine = (usage: string): string => `Usage: ${usage}`;

export function missingSubject(usage: string): string {
  return `Which one? Give the number of a request, such as #12, or a device by its id or name. ${usageLine(usage)}`;
}

export function missingListedDevice(usage: string): string {
  return `The device is missing: give its id or its name. ${usageLine(usage)}`;
}

export function severalSubjects(usage: string): string {
  return `That is more than one; ask for each by itself. ${usageLine(usage)}`;
}

export function malformedSubject(usage: string): string {
  return `That is neither a device id (40 characters, 0–9 and a–f) nor a device name. ${usageLine(usage)}`;
}

export function numberForDevice(usage: string): string {
  return `That is the number of a request, which /status shows; this takes a device, by its id or name. ${usageLine(usage)}`;
}

export function badPage(usage: string): string {
  return `That is not the number of a page; pages count from 1. ${usageLine(usage)}`;
}

export function nothingFollows(usage: string): string {
  return `Nothing more goes behind that, so nothing was looked up. ${usageLine(usage)}`;
}

export const nothingWaits = 'Nothing awaits approval here, and nothing needs attention.';
export const nothingInForce = 'No restriction that was asked for here is in force.';
export const nothingAsked =
  'Nothing was asked for this device here. Names are known from requests of this conversation; the device id works always.';

export function waitingInShort({ awaiting, needAttention }: Counts): string {
  const first = awaiting === 1 ? '1 awaits approval' : `${awaiting} await approval`;
  const second = needAttention === 1 ? '1 needs attention' : `${needAttention} need attention`;
  return needAttention === 0 ? first : `${first}, ${second}`;
}

interface Counts {
  readonly awaiting: number;
  readonly needAttention: number;
}

export function restrictionsInForce(total: number): string {
  return total === 1
    ? '1 restriction asked for here is in force'
    : `${total} restrictions asked for here are in force`;
}

export function requestsOfDevice(total: number): string {
  return total === 1 ? '1 request was made here' : `${total} requests were made here`;
}

/** `count` is missing where there are more than are shown. */
export function severalDevices(count: number | undefined): string {
  return count === undefined ? 'Many devices have this name' : `${count} devices have this name`;
}

export function chooseById(command: string): string {
  return `Nothing was chosen for you: send ${command} with the id of the one you mean, or its full name.`;
}

export const moreDevices = 'There are more of them; the full name or the id leads to the one you mean.';

/** Where a list would be empty but for what this program cannot read. */
export function onlyNewer(count: number): string {
  return `Nothing that this version of Cordon can read. ${passedOver(count)}`;
}

export function passedOver(count: number): string {
  return count === 1
    ? '1 request was written by a newer version of Cordon and is left out; its card shows it.'
    : `${count} requests were written by a newer version of Cordon and are left out; their cards show them.`;
}

export function newerRequest(number: number): string {
  return `#${number} was written by a newer version of Cordon, which this one cannot read; its card shows how it stands.`;
}

/** `command` is what leads to page 1. */
export function noSuchPage(command: string, pages: number): string {
  return pages === 1
    ? `There is only one page: ${command} shows it.`
    : `There are only ${pages} pages: ${command} to ${command} ${pages}.`;
}

export function pageLine(command: string, page: number, pages: number): string | undefined {
  if (pages === 1) return undefined;
  const here = `Page ${page} of ${pages}`;
  return page < pages ? `${here}: ${command} ${page + 1} shows more` : here;
}

/** What each action is called where there is little room. */
export const shortActions = {
  restrict: 'Restrict',
  unrestrict: 'Lift',
} as const satisfies Record<Action, string>;

export const notLookedUpYet = 'By a name that nobody has looked up yet';

/** Behind a name that was typed and that nobody's token has found yet. */
export const notLookedUp = '(as typed, not looked up)';

/** Behind “Needs attention”, in a few words; the card says what to do. */
export const attentionInShort = {
  'os-not-supported': 'not possible on its operating system',
  'not-onboarded': 'the device is not onboarded',
  'client-too-old': 'the Defender client is too old',
  'refused-by-defender': 'refused by Defender',
  'outcome-unknown': 'not certain whether Defender took it',
  'sign-in-needed': 'the approver has to sign in',
  'step-failed': 'could not be handed over',
} as const satisfies Record<AttentionReason['code'], string>;

/** Nobody who is signed in sees all devices of the register, or Defender could not be asked. */
export function notCompared(since: string | undefined): string {
  return since === undefined
    ? 'Not all devices were compared with Defender yet: a change in the portal may be missing.'
    : `Not all devices were compared with Defender since ${since}: a change in the portal may be missing.`;
}

/** Our register knows what was asked through Cordon, and of the rest what a sweep has found. */
export const ownRecord = 'From Cordon’s own record: a change in the portal is in it once it was found.';
