import { tenantChain } from '../../src/audit/chain.ts';
import type { CodeSignIn, CodeSignInOutcome, CodeSignInProblem } from '../../src/identity/code-sign-in.ts';
import { problemOfRedirect } from '../../src/identity/on-behalf-of-problem.ts';
import { continueForAll } from '../../src/jobs/continue-all.ts';
import { type WaitingClick, abandonClick, untilDecided } from '../../src/jobs/continue-click.ts';
import { voidReasonOf } from '../../src/jobs/defender-session.ts';
import { keepTrying } from '../../src/jobs/keep-trying.ts';
import type { JobParts } from '../../src/jobs/parts.ts';
import type { VoidReason } from '../../src/containment/state.ts';
import { passed } from '../../src/platform/steps.ts';
import type { StepUp, StepUps } from '../../src/store/step-ups.ts';
import type { Pressed } from '../texts/pressed.ts';
import * as texts from '../texts/pages.ts';
import type { Page } from './page.ts';

export interface StepUpParts {
  readonly stepUps: Pick<StepUps, 'find' | 'take'>;
  readonly signIn: CodeSignIn;
  readonly jobs: JobParts;
  /** Where the process waits, at its end, for what goes on with a token that only it has. */
  readonly goingOn: (work: Promise<void>) => void;
}

export type PageAnswer = { readonly redirect: string } | Shown;

export interface Shown {
  readonly page: Page;
  /** Of a message that is needless once the page has arrived, see `toldHere`. */
  readonly noteId?: string | undefined;
}

const State = /^[\w-]{43}$/;
/** Entra's codes have some 1,000 characters, and may grow. */
const longestCode = 8_192;

/** Opens Entra's sign-in for a click that waits for it. Changes nothing, whoever follows the link however often. */
export async function startStepUp(
  { stepUps, signIn }: StepUpParts,
  query: URLSearchParams,
): Promise<PageAnswer> {
  const state = onlyValue(query, 'state');
  if (state === undefined || !State.test(state)) return { page: texts.badLink };
  const stepUp = await stepUps.find(state);
  if (stepUp === undefined) return { page: texts.unusableLink };
  return { redirect: await signIn.authorizationUrl({ ...expected(stepUp), state }) };
}

/** Entra sent the person back. Whatever they bring, the state is worth nothing afterwards. */
export async function finishStepUp(parts: StepUpParts, query: URLSearchParams): Promise<Shown> {
  const state = onlyValue(query, 'state');
  if (state === undefined || !State.test(state)) return { page: texts.badLink };
  const stepUp = await parts.stepUps.take(state);
  if (stepUp === undefined) return { page: texts.unusableLink };
  const requestId = requestIdOf(stepUp);
  passed('step-up-taken', requestId);
  const code = onlyValue(query, 'code');
  if (code === undefined || code === '' || code.length > longestCode)
    return withoutCode(parts, stepUp, query);
  const outcome = await parts.signIn.redeem({ ...expected(stepUp), code });
  // The code is used up and the token is here alone: a record that cannot be written at once must not cost it.
  const signal = untilDecided();
  await keepTrying({ signal, log: parts.jobs.log }, () => record(parts, stepUp, resultOf(outcome)));
  if (!outcome.ok) return refused(parts, stepUp, outcome.problem);
  passed('step-up-token-received', requestId);
  const { person, purpose } = stepUp;
  if (purpose.verb === 'whoami')
    return { page: texts.signedInAs(outcome.upn ?? person.name, outcome.scopes) };
  const continued = await continueForAll(parts.jobs, { person, purpose }, outcome, signal);
  if (continued.kind === 'counts') parts.goingOn(continued.onwards);
  const page = texts.pageOf(purpose.verb, continued);
  return 'noteId' in continued ? { page, noteId: continued.noteId } : { page };
}

/** Entra sent the person back without a code: they cancelled, or it says by a number why they may not. */
async function withoutCode(parts: StepUpParts, stepUp: StepUp, query: URLSearchParams): Promise<Shown> {
  const problem = problemOfRedirect({
    error: onlyValue(query, 'error'),
    description: onlyValue(query, 'error_description'),
  });
  await record(parts, stepUp, problem ? resultOf({ ok: false, problem }) : { result: 'not-signed-in' });
  if (problem !== undefined) return refused(parts, stepUp, problem);
  const noteId = await abandon(parts, stepUp, { code: 'extra-sign-in-needed' });
  return { page: texts.signInCancelled, noteId };
}

/** A name that comes twice is nobody's honest link. */
function onlyValue(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

function expected({ person, verifier, nonce, claims }: StepUp) {
  const { tenantId, objectId } = person;
  return { tenantId, objectId, verifier, nonce, claims };
}

async function refused(parts: StepUpParts, stepUp: StepUp, problem: CodeSignInProblem): Promise<Shown> {
  const { kind } = problem;
  if (kind === 'throttled' || kind === 'unavailable' || kind === 'bot-credential') {
    const noteId = await abandon(parts, stepUp, { code: 'could-not-check' });
    return { page: texts.tryAgain, noteId };
  }
  const why = voidReasonOf(problem);
  const noteId = await abandon(parts, stepUp, why);
  const isOther = kind === 'wrong-account';
  const page = isOther ? texts.wrongAccount : texts.signInRefused(why, pressedFor[stepUp.purpose.verb]);
  return { page, noteId };
}

async function abandon({ jobs }: StepUpParts, stepUp: StepUp, why: VoidReason): Promise<string | undefined> {
  const click = waitingClick(stepUp);
  return click && abandonClick(jobs, click, why);
}

const pressedFor: Readonly<Record<StepUp['purpose']['verb'], Pressed>> = {
  approve: 'Approve',
  retry: 'Retry',
  cancel: 'Cancel action',
  recheck: 'Check again',
  release: 'Release',
  extend: 'Extend',
  whoami: '/whoami',
};

function waitingClick({ person, purpose }: StepUp): WaitingClick | undefined {
  return purpose.verb === 'whoami' ? undefined : { person, purpose };
}

function requestIdOf({ purpose }: StepUp) {
  return purpose.verb === 'whoami' ? undefined : purpose.requestId;
}

function resultOf(outcome: CodeSignInOutcome): Readonly<Record<string, string>> {
  if (outcome.ok) return { result: 'ok' };
  const { problem } = outcome;
  const aadsts = 'aadsts' in problem ? problem.aadsts : undefined;
  return { result: problem.kind, ...(aadsts === undefined ? {} : { aadsts }) };
}

async function record(
  { jobs: { requests } }: StepUpParts,
  stepUp: StepUp,
  result: Readonly<Record<string, string>>,
): Promise<void> {
  const { person, purpose } = stepUp;
  const requestId = requestIdOf(stepUp);
  const what = 'entra-authorization-code';
  const who = { objectId: person.objectId, name: person.name };
  const detail = { verb: purpose.verb, ...result };
  if (requestId === undefined)
    await requests.noteForTenant(tenantChain(person.tenantId), { what, who, detail });
  else {
    const request = await requests.byId(requestId);
    const about = request && { request: { id: request.id, number: request.number } };
    await requests.note(requestId, { what, who, ...about, detail });
  }
}
