import { mostDevices } from '../../src/containment/batch.ts';
import type { Bar } from '../membership.ts';
import type { TurnLimit } from '../turn-limits.ts';

/**
 * Replies to what people type, seen by everybody in the conversation. Plain text (`textFormat: 'plain'`), because usage lines
 * hold angle brackets.
 */

const usageLine = (usage: string): string => `Usage: ${usage}`;

/** Only what is surely one harmless word is said again; anything else could become a link or a mention on the way. */
function quoted(word: string): string | undefined {
  return /^[\p{L}\p{N}_-]{1,30}$/u.test(word) ? `“${word}”` : undefined;
}

export const helpHeading = 'Cordon restricts app execution on a device after somebody else has approved it.';

export const helpHint =
  'Commands work with or without the slash. In a channel or group chat mention Cordon first, for all to read, or pick the command from the menu that / opens: then only you read it and its answer, and everybody sees the card of a request. <device> is a DNS name, short or whole, or the device id in Defender: 40 characters, 0–9 and a–f. Up to 50 devices go into one request, with commas between. <request> is the number on its card, such as #12. <duration> is a number and m, h or d, such as 4h.';

export function unknownHelpTopic(topic: string): string {
  return `There is no command ${quoted(topic) ?? 'of that name'}. These are the commands:`;
}

export function didYouMeanTopic(topic: string, name: string): string {
  return `There is no command ${quoted(topic) ?? 'of that name'}. Did you mean /${name}?`;
}

export const emptyMessage = 'I read commands only. /help lists them.';

interface Near {
  readonly name: string;
  readonly usage: string;
}

/** `near` is told and never carried out. */
export function unknownCommand(word: string, near?: Near): string {
  const name = quoted(word.replace(/^\//, ''));
  const what = name === undefined ? 'That is not a command' : `${name} is not a command`;
  return near === undefined
    ? `${what}, so nothing was done. /help lists the commands.`
    : `${what}, so nothing was done. Did you mean /${near.name}? ${usageLine(near.usage)}`;
}

export function malformedDeviceId(length: number, usage: string): string {
  return `That is not a device id: it has ${length} characters, a device id has 40 (0–9, a–f). ${usageLine(usage)}`;
}

export function malformedDevice(usage: string): string {
  return `That is neither a device id (40 characters, only 0–9 and a–f) nor a name that a device can have: letters, digits, dots, dashes and underscores, no spaces. ${usageLine(usage)}`;
}

export function missingDevice(usage: string): string {
  return `The device is missing. ${usageLine(usage)}`;
}

export function badDuration(usage: string): string {
  return `That is not a duration: after “for” goes a number from 1 to 999 and m, h or d, such as 4h. If you meant the reason, begin it with another word. ${usageLine(usage)}`;
}

export function commaBeforeFor(usage: string): string {
  return `The comma before “for” would make that a device. Nothing was asked for; leave the comma out. ${usageLine(usage)}`;
}

export function durationNotTaken(usage: string): string {
  return `This command takes no duration. If you meant the reason, begin it with another word than “for”. ${usageLine(usage)}`;
}

export function missingReason(usage: string): string {
  return `The reason is missing; the approver needs it to decide. ${usageLine(usage)}`;
}

export function missingCancelReason(usage: string): string {
  return `The reason is missing; it goes into the record. ${usageLine(usage)}`;
}

export function missingComment(usage: string): string {
  return `The comment is missing; a denial needs a reason. ${usageLine(usage)}`;
}

export function missingRequest(usage: string): string {
  return `The number of the request is missing; it is on its card, such as #12. ${usageLine(usage)}`;
}

export function badRequestNumber(usage: string): string {
  return `That is not the number of a request; it is on its card, such as #12. ${usageLine(usage)}`;
}

export function badPeriod(usage: string): string {
  return `That is not a time to report on: give a number from 1 to 999 and m, h or d, such as 24h, and nothing behind it. ${usageLine(usage)}`;
}

/** Before what is wrong with one device of a list. */
export function ofSeveralDevices(place: number): string {
  return `Device ${place} of the list: `;
}

export function tooManyDevices(count: number, usage: string): string {
  return `Those are ${count} devices, and one request takes ${mostDevices} at most. Nothing was asked for; send it in parts. ${usageLine(usage)}`;
}

/** By name alone: that request may be about a longer name. */
export function alreadyOpen(
  number: number,
  action: 'restrict' | 'unrestrict',
  device: 'this device' | 'a device of that name' = 'this device',
): string {
  const what = action === 'restrict' ? `restrict ${device}` : `lift the restriction of ${device}`;
  return `Nothing new was asked for: #${number} in this conversation already asks to ${what}.`;
}

export function noSuchRequest(number: number): string {
  return `There is no request #${number} in this conversation, so nothing was changed.`;
}

/** Where the denial was typed, but its card and the word of its end are not. */
export function deniedElsewhere(number: number): string {
  return `#${number} is denied. Its card is in another thread of this conversation.`;
}

/** To whoever wrote to Cordon alone: their request is for all to see, and what they wrote is gone tomorrow. */
export function askedBeforeAll(isPost: boolean): string {
  const where = isPost ? 'as a post of its own' : 'here';
  return `Your request is recorded. Its card comes ${where}, for everybody in this conversation to see; somebody else approves or denies it there.`;
}

/** In their own chat, in place of an answer with a button. */
export const notAnsweredThere =
  'Teams did not let me answer you alone where you asked. Send that again there as an ordinary message that mentions me; nothing was decided.';

/** To the same, of what others read on a card. */
export const shownOnCard = 'Recorded. The card of the request shows to everybody what comes of it.';

/** The same where the card is the first post of a thread, perhaps of this one. */
export function deniedOnCard(number: number): string {
  return `#${number} is denied; its card says so.`;
}

export function cancelByButton(number: number): string {
  return `#${number} is with Defender already, and cancelling needs your own sign-in: press Cancel action on its card.`;
}

/** Of several devices: what was not sent is stopped already. */
export function cancelRestByButton(number: number): string {
  return `What was not sent of #${number} is withdrawn. The rest is with Defender already, and cancelling that needs your own sign-in: press Cancel on its card.`;
}

export const notRecorded =
  'Something did not work here, and nothing was recorded. Please send that again in a moment.';

/** For a command that is still under way: it may yet be recorded. */
export const takesLong =
  'This takes longer than it should. If nothing more appears here within a minute, please send that again.';

export const noIdentity =
  'Teams did not tell me who you are in this organisation, so I cannot take commands from you.';

/** Who is not heard in a conversation; what they can do instead. */
export function barText(bar: Bar): string {
  return barTexts[bar];
}

const barTexts: Readonly<Record<Bar, string>> = {
  'not-a-member':
    'Teams no longer lists you as a member of this conversation, so nothing was changed. Ask somebody who looks after it to add you again.',
  'membership-unknown':
    'Teams said that you had left this conversation, and does not tell now whether you are back. Nothing was changed; try again in a moment.',
  'shared-channel':
    'Cordon does not work in shared channels, where people of other organisations may be members. Nothing was changed; use a standard channel of your team.',
};

interface TooMany {
  readonly limit: TurnLimit;
  readonly waitSeconds: number;
}

/** The one answer of a minute or hour: what comes after it is passed over in silence, which it says. */
export function tooManyMessages({ limit: { of, count, per }, waitSeconds }: TooMany): string {
  const from = of === 'person' ? 'one person' : 'one conversation';
  return `That is more than Cordon takes: ${count} messages ${per === 'hour' ? 'an hour' : 'a minute'} from ${from}. This one changed nothing, and more of them get no answer for ${waitText(waitSeconds)}. The buttons of cards still work; send it again then.`;
}

function waitText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}

export const welcomeSummary = 'Cordon is ready. Type /help to see what it does.';

export const helpSummary = 'How to use Cordon';
