import { markdownSafeName } from '../render/untrusted.ts';
import { type Pressed, again, lower, orOthers } from './pressed.ts';
import type { VoidReason } from '../../src/containment/state.ts';

/** Why a press or an approval came to nothing, without saying of what: what happened, and what to do. */
export function voidReason(
  why: VoidReason,
  pressed: Pressed,
  setup: { readonly hasSignInPage: boolean },
): string {
  switch (why.code) {
    case 'missing-permission':
      return `admin consent is missing for ${permissionName(why.permission)}. Nothing was sent. An Entra administrator has to grant this consent to Cordon. ${again(pressed)} then.`;
    case 'extra-sign-in-needed':
      // No page opens for it.
      if (pressed === 'Choose device')
        return `Entra asks for an extra sign-in step${aadsts(why.aadsts)}, which cannot be made from this button. Nothing was sent.`;
      return `Entra asks for an extra sign-in step${aadsts(why.aadsts)}. Nothing was sent. ${again(pressed)} and ${extraStep(setup)}${orOthers(pressed)}`;
    case 'blocked-by-policy':
      return `a Conditional Access policy of your organisation blocks this sign-in${aadsts(why.aadsts)}. Nothing was sent. Ask your Entra administrator.${orOthers(pressed)}`;
    case 'account-unusable':
      return `your account is disabled, locked or no longer there in Entra${aadsts(why.aadsts)}. Nothing was sent. Ask your Entra administrator.${orOthers(pressed)}`;
    case 'device-unclear':
      return unclear(why.steppedUp === true, pressed);
    case 'could-not-check':
      return notChecked(why.callsUsedUp === true, pressed);
    case 'already-requested':
      return alreadyRequested(why.number, why.byAnotherName === true);
    case 'denied-meanwhile':
      return `${markdownSafeName(why.by)} denied the request in the meantime. Nothing was sent.`;
    case 'lift-meanwhile':
      return liftMeanwhile(why.number);
    case 'decided-meanwhile':
      return `${markdownSafeName(why.by)} approved it in the meantime, and that approval counts. You need not do anything.`;
    default:
      return plainVoidReasons[why.code](pressed);
  }
}

function alreadyRequested(number: number, byAnotherName: boolean): string {
  return byAnotherName
    ? `the device is among those of #${number} by another name as well. What is decided there counts for it; nothing is done twice.`
    : `the device is the one of #${number}, which is open in this conversation and asks for the same. Nothing was sent. Decide that one instead.`;
}

/** Of another conversation no request is named. */
function liftMeanwhile(number: number | undefined): string {
  return number === undefined
    ? 'the restriction was lifted meanwhile. You need not do anything.'
    : `the lift is asked for already, as #${number}. Look at its card; if it awaits approval, approve it there.`;
}

function extraStep({ hasSignInPage }: { readonly hasSignInPage: boolean }): string {
  return hasSignInPage
    ? 'finish the sign-in on the page that opens, within 10 minutes. If Entra still asks for it then, ask your Entra administrator.'
    : 'sign in anew; what Teams cannot ask for takes Cordon’s own sign-in page, for which an administrator sets PUBLIC_URL.';
}

function unclear(steppedUp: boolean, pressed: Pressed): string {
  const what = 'the name does not say for certain which device is meant';
  return steppedUp
    ? `${what}, and Cordon’s own sign-in page cannot ask you. Nothing was sent. Deny the request, and have it made with the device id.${orOthers(pressed)}`
    : `${what}. Nothing was sent. ${again(pressed)}: you are then asked which of the devices that you can see it is.`;
}

function notChecked(callsUsedUp: boolean, pressed: Pressed): string {
  return callsUsedUp
    ? `the calls that Cordon may make to Defender were used up, so your rights could not be checked. Nothing was sent. ${again(pressed)} in a few minutes.${orOthers(pressed)}`
    : `Entra or Defender did not answer usably, so your rights could not be checked. Nothing was sent. ${again(pressed)} in a moment; if that does not help, an administrator of Cordon runs “cordon doctor”.`;
}

type ParametrisedReason =
  | 'missing-permission'
  | 'extra-sign-in-needed'
  | 'blocked-by-policy'
  | 'account-unusable'
  | 'device-unclear'
  | 'could-not-check'
  | 'already-requested'
  | 'denied-meanwhile'
  | 'lift-meanwhile'
  | 'decided-meanwhile';

const plainVoidReasons: Readonly<
  Record<Exclude<VoidReason['code'], ParametrisedReason>, (pressed: Pressed) => string>
> = {
  'device-not-visible': (pressed) =>
    `in Defender the device is not found, or you have no access to it; Defender does not tell which. Nothing was sent. Check the device and your device groups.${orOthers(pressed)}`,
  'other-device': (pressed) =>
    `meanwhile it was found out which device is meant, and it is not the one that you saw or chose. Nothing was sent. Look at the card, then decide; ${lower(again(pressed))} if it is right.`,
  'not-permitted': (pressed) =>
    `your Defender role does not allow this action on this device (active remediation actions). Nothing was changed.${orOthers(pressed)}`,
  'token-rejected': (pressed) =>
    `Defender did not accept your sign-in. Nothing was changed. ${again(pressed)}; if that does not help, ask your Entra administrator.`,
  'feature-disabled': () =>
    'the feature is switched off in this Defender tenant. Nothing was changed. A Defender administrator has to switch it on.',
  'operation-disallowed': (pressed) =>
    `Defender does not allow this operation for you. Nothing was changed.${orOthers(pressed)}`,
  'sign-in-gone': (pressed) =>
    `your sign-in does not hold any more: it has ended, was revoked, or your password has changed. Nothing was sent. ${again(pressed)} and sign in.`,
  'wrong-account': (pressed) =>
    `you signed in with another account than the one you use in Teams. Nothing was sent. ${again(pressed)} and choose your Teams account.`,
  'consent-missing': (pressed) =>
    `admin consent for Cordon is missing in your tenant. Nothing was sent. An Entra administrator has to grant this consent. ${again(pressed)} then.`,
  'defender-not-in-tenant': () =>
    'your tenant has no Defender for Endpoint that Cordon could ask: its service principal WindowsDefenderATP is missing or disabled. Nothing was sent. Ask your Entra administrator to check it and the licence.',
  'not-assigned': (pressed) =>
    `you are not assigned to the Cordon application in Entra. Nothing was sent. Ask your Entra administrator.${orOthers(pressed)}`,
  'defender-unreachable': (pressed) =>
    `the action did not reach Defender: Defender or Entra could not be reached in time. Nothing was changed. ${again(pressed)} in a moment.`,
  'lifted-elsewhere': () => 'Defender reports that the restriction was lifted meanwhile. Nothing was sent.',
  'not-longer': () =>
    'somebody else has moved the end further meanwhile, and that end stands. You need not do anything.',
  'step-failed': () =>
    'Cordon’s own work failed again and again. Nothing was sent. Approve on the card if the restriction is to be lifted; an administrator of Cordon runs “cordon doctor”.',
  'restricted-anew': () =>
    'something else restricts the device as well, which a lift would end, too. Nothing was sent. Read on the card what it is; approve there if the device is to be released all the same.',
  'approver-left': () =>
    'you left its conversation before the end of the time box. Nothing was sent; its people are asked instead. You need not do anything.',
  'ended-meanwhile': () =>
    'the request ended while your rights were being checked. Your approval was not used; the card says what happened.',
};

/** Scopes look like `Machine.RestrictExecution`; anything else is not repeated. */
function permissionName(permission: string): string {
  return /^[A-Za-z.]{1,60}$/.test(permission) ? permission : 'a Defender permission';
}

/** Entra's error number, which its administrators search for. */
function aadsts(code: string | undefined): string {
  const digits = /^(?:AADSTS)?(\d{4,9})$/.exec(code ?? '')?.[1];
  return digits === undefined ? '' : ` (AADSTS${digits})`;
}
