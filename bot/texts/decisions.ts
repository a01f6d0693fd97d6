import type { TurnLimit } from '../turn-limits.ts';
import type { WishVerb } from '../../src/containment/time-box.ts';
import { type Pressed, again, lower, pressedFor } from './pressed.ts';
import { endNotStoppedText, liftAskedForText } from './time-box.ts';
import { voidReason } from './void-reasons.ts';
import type { CancelRefusal, PrivateNote, Refusal } from '../../src/containment/event.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { cardLabel } from '../../src/containment/batch.ts';
import type { Label, VoidReason } from '../../src/containment/state.ts';
import { nothingToClose, onlyApproverRetries } from './attention.ts';
import { ofSeveral, voidForSeveral } from './target.ts';

/**
 * What one person alone is told about a click of theirs: what happened, that nothing was sent or changed where
 * that is true, and what to do now.
 */

/** Why a click or a command changed nothing. */
export function refusalText({ code }: Refusal, request: ContainmentRequest): string {
  if (code === 'only-approver-retries') return onlyApproverRetries(request);
  if (code === 'nothing-to-close') return nothingToClose(request);
  if (code === 'lift-asked-for') return liftAskedForText(request);
  if (code === 'not-requestor' && request.lifts !== undefined) return endNotStoppedText(request);
  return refusals[code](`#${request.number}`, cardLabel(request));
}

type WithNames = 'only-approver-retries' | 'nothing-to-close' | 'lift-asked-for';

const refusals: Readonly<
  Record<Exclude<Refusal['code'], WithNames>, (number: string, label: Label) => string>
> = {
  'own-request': (number) =>
    `${number} is your own request, and nobody approves their own. Nothing was changed; somebody else has to decide.`,
  'own-request-deny': (number) =>
    `${number} is your own request, so you cannot deny it. Nothing was changed; to take it back, send /cancel ${number} and the reason, or press Cancel request.`,
  'nobody-here': (number) =>
    `Nobody can approve ${number} in this chat. Nothing was sent; repeat the request in the incident channel, the text is on the card.`,
  'comment-missing': (_number, label) =>
    label === 'Needs attention'
      ? 'Closing needs a remark. Nothing was changed; write in the comment field what you found, then press Close.'
      : 'A denial needs a reason. Nothing was changed; write why in the comment field, then press Deny.',
  expired: (number) =>
    `${number} has expired already. What you did sent nothing to Defender; ask again with a new request if it is still needed.`,
  'already-decided': (number, label) =>
    `${number} is decided already, its status is “${label}”. What you did changed nothing.`,
  'device-found-since': (number) =>
    `Meanwhile it was found out which device ${number} is about, and the card you pressed on did not show it. Nothing was sent; look at the newest card, then press again if it is right.`,
  'already-checking': (number) =>
    `You pressed Approve already, and Defender is still checking your rights for ${number}. You need not press again.`,
  'already-approved-by-you': (number, label) =>
    label === 'Needs attention'
      ? `You have approved ${number} already, and it needs attention now. Approve does nothing here; the card says what to press instead.`
      : `You have approved ${number} already, its status is “${label}”. You need not do it again.`,
  'not-requestor': (number) =>
    `Only whoever made ${number}, or approved it, can take it back now. Nothing was changed; while it awaits approval, approvers can press Deny.`,
  'cancel-under-way': (number) =>
    `Cancellation of ${number} has been asked for already. You need not press again; the card follows what Defender reports.`,
  'nothing-to-cancel': (number, label) =>
    `There is nothing left to cancel in ${number}, its status is “${label}”. Nothing was changed.`,
  'nothing-to-retry': (number, label) =>
    `There is nothing to retry in ${number}, its status is “${label}”. Nothing was changed and nothing was sent.`,
  'own-request-close': (number) =>
    `${number} is your own request, so you cannot close it. Nothing was changed; ask whoever approves here to press Close.`,
  'own-request-recheck': (number) =>
    `${number} is your own request, so what became of it is for others to settle. Nothing was changed; ask whoever approves here to press Check again.`,
  'own-request-release': (number) =>
    `${number} is your own request, so somebody else has to release it. Nothing was changed; ask whoever approves here to press Release.`,
  'own-request-extend': (number) =>
    `${number} is your own request, so somebody else has to extend it. Nothing was changed; ask whoever approves here to press Extend.`,
  'no-time-box': (number, label) =>
    `There is no time box of ${number} to end or to extend, its status is “${label}”. Your click changed nothing.`,
  'bad-duration': () =>
    'That is not a duration: it is a number from 1 to 999 and m, h or d, such as 4h. Nothing was changed.',
  'not-longer': (number) =>
    `That long from now is not later than the end that ${number} has already. Nothing was changed.`,
  'wish-checking': (number) =>
    `Defender is still checking your rights for what you pressed on ${number}. You need not press again.`,
  stale: (number, label) =>
    `${number} has moved on since this card was drawn, its status is “${label}”. Nothing was changed; look at the newest card.`,
};

/** What this Cordon was set up with, as far as it decides what people can do now. */
export interface Setup {
  /** `PUBLIC_URL` is set, so that there is a page of Cordon's own for a sign-in that Teams cannot ask for. */
  readonly hasSignInPage: boolean;
}

/** Why an approval came to nothing; for the one who gave it. */
export function voidText(why: VoidReason, request: ContainmentRequest, setup: Setup): string {
  return `Your approval of #${request.number} did not hold${voidForSeveral(request, why)}: ${voidReason(why, 'Approve', setup)}`;
}

/** The same for a press of Release or Extend. */
export function wishVoidText(
  why: VoidReason,
  verb: WishVerb,
  request: ContainmentRequest,
  setup: Setup,
): string {
  const pressed = pressedFor[verb];
  return `Your ${pressed} on #${request.number} did not count${voidForSeveral(request, why)}: ${voidReason(why, pressed, setup)}`;
}

/** Why something that takes the person's own rights came to nothing; for the one who pressed. */
export function noRightsText(why: VoidReason, pressed: Pressed, setup: Setup): string {
  const reason = voidReason(why, pressed, setup);
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}

/** Why a cancellation did not work; for the one who asked for it. */
export function cancelRefusalText(why: CancelRefusal, setup: Setup): string {
  switch (why.code) {
    case 'not-permitted':
      return 'Your Defender role does not allow cancelling this action, so it goes on. Its approver, or somebody with the right in Defender, may cancel it.';
    case 'already-final':
      return 'Defender could not cancel the action any more: it had ended before. The card shows how.';
    case 'not-found':
      return 'Defender does not find the action, or you have no access to it, so nothing was cancelled. Its approver may cancel it, or use the Action center.';
    case 'sign-in-gone':
      return why.why === undefined
        ? 'Your sign-in is no longer there, so nothing was cancelled. Press Cancel action again and sign in.'
        : `Nothing was cancelled: ${voidReason(why.why, 'Cancel action', setup)}`;
    case 'never-sent':
      return 'There was nothing to cancel: the action never reached Defender. The approval did not hold; the card says where the request stands.';
    case 'taken-over':
      return 'The requestor or the approver asked to cancel as well, and Defender is asked with their rights. You need not press again.';
    case 'paused':
      return 'Nothing is sent to Defender for now, because submission is paused, and a sign-in on Cordon’s own page is not kept until that ends. So your cancellation is not kept either, and the action goes on. Press Cancel action again when the pause is over, or stop it in the Action center if it cannot wait.';
    case 'closed':
      return 'The request was closed before it was certain whether Defender took the action, so Cordon cancelled nothing. If the Action center shows the action, cancel it there.';
    case 'failed':
      return 'The cancellation did not work, and the action goes on as far as is known. Press Cancel action again, or use the Action center.';
  }
}

/** What a person is told some time after the click. */
export function privateNoteText(note: PrivateNote, request: ContainmentRequest, setup: Setup): string {
  switch (note.about) {
    case 'approval':
      return voidText(note.why, request, setup);
    case 'cancellation':
      return `#${request.number}${ofSeveral(request, ', ')}: ${cancelRefusalText(note.why, setup)}`;
    default:
      return wishVoidText(note.why, note.about, request, setup);
  }
}

/** Beside the button that leads to Cordon's own sign-in page. */
export function stepUpText(): string {
  return 'Entra asks for one more sign-in step before Cordon may act with your rights. Sign in with the account that you use in Teams; your click then goes on by itself. Nothing was sent. You have 10 minutes.';
}

/** The same, but an administrator has not made that page possible. */
export function noStepUpText(): string {
  return 'Entra asks for one more sign-in step, which takes Cordon’s own sign-in page. Nothing was sent. An administrator has to set PUBLIC_URL for Cordon; until then somebody else may act.';
}

/** The click is stored; the checks outlast the time that Teams waits for an answer. */
export function recordedText(): string {
  return 'Recorded. Defender is checking your rights; the card shows the result. You need not press again.';
}

/** One click of a person is checked at a time, and this one names another device. */
export function otherDeviceCheckedText(): string {
  return 'Your earlier Approve, which is not for this device, is still being checked. What you chose now was not recorded. Wait until the card shows the result; if that Approve does not hold, press again.';
}

/** The same for a click that waits for Cordon's own sign-in page. */
export function noLinkYetText(pressed: Pressed = 'Approve'): string {
  return `Entra or Defender did not answer in time, so there is no new link for your sign-in yet. Unless the card shows soon that your click counts, ${lower(again(pressed))}.`;
}

export function approvedText({ number, hold }: ContainmentRequest): string {
  return hold === undefined
    ? `Approved. Cordon now hands the action to Defender with your rights; the card of #${number} follows it.`
    : 'Approved. Submission to Defender is paused, so nothing is sent yet; your approval is kept and goes on when the pause ends.';
}

/** The renewed approval is stored; while submission is paused it waits like any other. */
export function retriedText({ hold }: ContainmentRequest): string {
  return hold === undefined
    ? 'Recorded. Cordon now hands the action to Defender with your rights; this card follows it.'
    : 'Recorded. Submission to Defender is paused, so your approval is kept and goes on when the pause ends. You need not press again.';
}

/** The wish to cancel is stored; Defender's answer takes longer than the click may. */
export function cancelRecordedText(): string {
  return 'Recorded. Defender is asked to cancel the action; the card shows the result. You need not press again.';
}

/** Nothing that changes something is sent to Defender for now, cancellations neither. */
export function cancelPausedText(): string {
  return 'Recorded. Nothing is sent to Defender for now, because submission is paused; your cancellation is kept and goes out when that ends. Until then the action may go on: stop it in the Action center if it cannot wait.';
}

/** `storage`: it failed on our side. `identity`: nobody could vouch for the clicker. `slow`: our time was up. */
export type NotRecorded = 'storage' | 'identity' | 'slow';

/** Says no more than is certain: a slow click may have been stored after all, and a second one does no harm. */
export function pressAgainText(why: NotRecorded): string {
  return pressAgain[why];
}

const pressAgain: Readonly<Record<NotRecorded, string>> = {
  storage:
    'Something went wrong before your click was surely recorded. Please press again; nothing is done twice.',
  identity:
    'Your identity could not be verified in time. Nothing was recorded and nothing was sent. Please press again.',
  slow: 'That took too long, so it is not certain that your click was recorded. Please press again; nothing is done twice.',
};

/** After “Check again”: this person's own token does not show the action. */
export function notVisibleText(): string {
  return 'Defender does not find the action, or you have no access to it; it does not tell which. Nothing was changed; the approver, or somebody with access to the device, can press Check again.';
}

export function noAnswerText(): string {
  return 'Defender did not answer in time, so the card stays as it was. Nothing was changed; press Check again in a moment.';
}

interface TooMany {
  readonly limit: TurnLimit;
  readonly waitSeconds: number;
}

export function tooManyPresses({ limit: { of, count }, waitSeconds }: TooMany): string {
  const by = of === 'person' ? 'one person' : 'one conversation';
  return `That is more than Cordon takes: ${count} presses a minute by ${by}. Nothing was recorded and nothing was sent. Press again in ${waitSeconds} s.`;
}

export function unknownRequestText(): string {
  return 'Cordon does not know this request. Nothing was changed; ask again with a new one.';
}

export function badDataText(): string {
  return 'This click does not carry what its card holds. Nothing was changed; use the newest card of the request.';
}

export function unknownVerbText(): string {
  return 'Cordon does not know this button. Nothing was changed; use the newest card of the request.';
}

/** Shown above the sign-in button. */
export function signInText(): string {
  return 'Sign in, so that Cordon can act in Defender with your own rights and never with more. Your click then goes on by itself.';
}

export const signInButton = 'Sign in';

/** The sign-in belongs to somebody else than the one who pressed. */
export function wrongAccountText(): string {
  return 'You signed in with another account than the one you use in Teams. Nothing was recorded and nothing was sent. Press again and choose your Teams account.';
}

/** The bot itself cannot ask for anybody's sign-in. */
export function botTroubleText(): string {
  return 'Cordon cannot check sign-ins: its own credential or OAuth connection was not accepted. Nothing was recorded and nothing was sent. Please press again; if it stays so, an administrator of Cordon runs “cordon doctor”, which says what to do. Until then act in the Defender portal if it cannot wait.';
}
