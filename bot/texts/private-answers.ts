import type { Person } from '../../src/containment/person.ts';
import type { AccessOutcome, AccessProblem } from '../../src/identity/defender-access.ts';
import type { ApprovedWork } from '../../src/store/approved-work.ts';
import type { Question } from '../../src/store/question.ts';
import { utc } from '../render/utc.ts';

/** Words of `/whoami` and `/signout`. Names in them come from outside: they go into text runs, never into Markdown. */

export interface PrivateText {
  readonly title: string;
  readonly lines: readonly string[];
}

export type PlainQuestion = Extract<Question, { kind: 'whoami' | 'signout' }>['kind'];

export const buttonTitles: Readonly<Record<PlainQuestion, string>> = {
  whoami: 'Show me',
  signout: 'Sign out',
};

/** Often for everybody in the conversation to read, so it says nothing but what was typed and by whom. */
export function askedText(kind: PlainQuestion, { name }: Person, isPrivate: boolean): PrivateText {
  const what = isPrivate
    ? 'That takes your sign-in. Press the button; the answer follows here.'
    : `${name} sent /${kind}. The button answers ${name} alone; everybody else sees only this card.`;
  return { title: kind === 'whoami' ? 'Who am I?' : 'Sign out of Cordon', lines: [what] };
}

export function notYourQuestion(question: Question): string {
  const instead = `send ${commandOf(question)} yourself`;
  return question.kind === 'approve'
    ? `Somebody else asked for this button, and it approves for nobody but them. Nothing was changed; press Approve on the card of #${question.requestNumber}, or ${instead}.`
    : `Somebody else asked this, and the answer is only theirs. Nothing was changed; ${instead}.`;
}

export function questionExpired(question: Question): string {
  return `This button answered for one hour. Nothing was changed; send ${commandOf(question)} again.`;
}

function commandOf(question: Question): string {
  if (question.kind === 'approve') return `/approve #${question.requestNumber}`;
  return `/${'action' in question ? question.action : question.kind}`;
}

export const unknownQuestion =
  'Cordon does not know this question here. Nothing was changed; send the command again in this conversation.';

export function whoamiText(person: Person, outcome: AccessOutcome): PrivateText {
  const { name, objectId, tenantId } = person;
  const teams = `Teams: ${name}, object id ${objectId}, tenant ${tenantId}.`;
  return { title: 'Who you are to Cordon', lines: [teams, ...entraLines(outcome)] };
}

const needed = ['Machine.Read', 'Machine.RestrictExecution'] as const;
const optional = ['Alert.Read', 'User.Read.All'] as const;

function entraLines(outcome: AccessOutcome): readonly string[] {
  if (!outcome.ok) return [problemText(outcome.problem)];
  const { upn, scopes = [], expiresAt } = outcome;
  const lacking = needed.filter((scope) => !scopes.includes(scope));
  const extras = optional.filter((scope) => scopes.includes(scope));
  return [
    `Entra: ${upn ?? 'no user name given'}, the same account as in Teams.`,
    `Sign-in: signed in. The Defender token just obtained would hold until ${utc(expiresAt.toISOString())}; Cordon has dropped it.`,
    `Defender permissions: ${[...needed.filter((scope) => scopes.includes(scope)), ...extras].join(', ') || 'none named by Entra'}.`,
    lacking.length === 0
      ? 'None of the needed permissions is missing. Your Defender role decides on which devices you may act.'
      : `Missing: ${lacking.join(', ')}. An Entra administrator has to grant consent to Cordon.`,
  ];
}

/** Who has to do what about each kind of trouble with a sign-in. */
function problemText(problem: AccessProblem): string {
  const number = 'aadsts' in problem && problem.aadsts !== undefined ? ` (AADSTS${problem.aadsts})` : '';
  if (problem.kind === 'missing-scope')
    return `Entra: signed in, but the permission ${problem.permission} is missing. An Entra administrator has to grant consent to it for Cordon. Nothing was sent.`;
  return `${problems[problem.kind]}${number}. Nothing was sent.`;
}

const problems: Readonly<Record<Exclude<AccessProblem['kind'], 'missing-scope'>, string>> = {
  'not-signed-in': 'Entra: you are not signed in to Cordon. Send /whoami again and sign in',
  'sign-in-again':
    'Entra no longer takes your sign-in: it has ended, was revoked, or your password has changed. Send /whoami again and sign in',
  'wrong-account':
    'Entra: the sign-in belongs to another account than the one you use in Teams. Send /signout, then sign in with your Teams account',
  'interaction-required':
    'Entra asks you for an extra sign-in step, which takes Cordon’s own sign-in page. An administrator has to set PUBLIC_URL for Cordon',
  'blocked-by-policy':
    'A Conditional Access policy of your organisation blocks your sign-in. Ask your Entra administrator',
  'account-unusable':
    'Your account is disabled, locked or no longer there in Entra. Ask your Entra administrator',
  'consent-missing':
    'Admin consent for Cordon is missing in your tenant. An Entra administrator has to grant it',
  'principal-missing':
    'Your tenant has no Defender for Endpoint that Cordon could ask: its service principal WindowsDefenderATP is missing or disabled. Ask your Entra administrator to check it and the licence',
  'not-assigned': 'You are not assigned to the Cordon application. Ask your Entra administrator',
  throttled: 'Entra asks to wait. Try again in a minute',
  unavailable: 'Entra did not answer usably. Try again in a minute',
  'bot-credential':
    'Entra does not accept Cordon’s own credential. Ask the administrator of Cordon to run “cordon doctor”',
};

export function signedOutText({ unsent, followed, boxes }: ApprovedWork): PrivateText {
  const lines = ['Cordon no longer has a sign-in of yours. Your next press of a button asks for it again.'];
  if (unsent > 0)
    lines.push(
      `${actions(unsent)} not yet handed to Defender, and cannot be without your sign-in: the card will ask you to sign in.`,
    );
  if (followed > 0)
    lines.push(
      `${actions(followed)} still followed in Defender. The card may say “not confirmed” until you sign in again; the action itself goes on.`,
    );
  if (boxes > 0)
    lines.push(
      `${boxes === 1 ? '1 restriction ends' : `${boxes} restrictions end`} by itself with your sign-in. Without it somebody else is asked to lift it then; sign in again, by /whoami, if it is to end by itself.`,
    );
  return { title: 'You are signed out', lines };
}

function actions(count: number): string {
  return count === 1 ? '1 action that you approved is' : `${count} actions that you approved are`;
}

export const notSignedOut: PrivateText = {
  title: 'You may still be signed in',
  lines: ['The token service did not answer, so it is not certain. Send /signout again in a minute.'],
};
