import { sameId } from './authority.ts';
import { IdentityError } from './errors.ts';
import type { OnBehalfOf } from './on-behalf-of.ts';
import type { OnBehalfOfProblem } from './on-behalf-of-problem.ts';
import type { UserTokens } from './ports.ts';
import type { UserTokenVerdict, UserTokenVerifier } from './verify-user-token.ts';

export interface DefenderAccessOptions {
  readonly userTokens: UserTokens;
  readonly verifier: UserTokenVerifier;
  readonly onBehalfOf: OnBehalfOf;
  /**
   * There is a sign-in page of Cordon's own for what an extra step takes: the sign-in that does without it is good enough
   * for everything else, and stays.
   */
  readonly keepSignIn?: boolean | undefined;
}

export interface AccessPerson {
  readonly objectId: string;
  readonly tenantId: string;
  /** The person's id in the chat, under which the token service keeps the sign-in. */
  readonly teamsId: string;
}

export type AccessProblem =
  | { readonly kind: 'not-signed-in' }
  /** Somebody else's sign-in lies under this person's chat id. */
  | { readonly kind: 'wrong-account' }
  | OnBehalfOfProblem;

export type AccessOutcome =
  | {
      readonly ok: true;
      readonly token: string;
      readonly upn?: string | undefined;
      /** Delegated permissions of the token, as far as Entra named them. */
      readonly scopes?: readonly string[] | undefined;
      readonly expiresAt: Date;
      /** Not on behalf of a sign-in that the token service keeps, but from Cordon's own sign-in page. */
      readonly steppedUp?: true;
      /** For when Defender wants another sign-in than the one behind this token: it is not used again. */
      readonly dropSignIn?: () => Promise<void>;
    }
  | { readonly ok: false; readonly problem: AccessProblem };

export interface AccessWish {
  /** Nobody waits for it, and nobody would be asked to sign in anew: what Entra refuses today may be good tomorrow. */
  readonly keepSignIn?: boolean;
}

export interface DefenderAccess {
  /** Never throws for trouble with tokens: whatever went wrong is a problem of the outcome. */
  forPerson(person: AccessPerson, signal?: AbortSignal, how?: AccessWish): Promise<AccessOutcome>;
}

/** The one way to a Defender token: the person's own sign-in, asked anew, proven to be theirs, exchanged. */
export function createDefenderAccess(options: DefenderAccessOptions): DefenderAccess {
  return {
    forPerson: async (person, signal, how) => {
      try {
        const assertion = await options.userTokens.getUserToken(person, { signal });
        if (assertion === undefined) return failed({ kind: 'not-signed-in' });
        const verdict = await options.verifier.verify(assertion, person);
        if (!verdict.ok) return failed(problemOfVerdict(verdict));
        const outcome = await exchange(options.onBehalfOf, { assertion, person, signal });
        const dropSignIn = () => drop(options.userTokens, person, assertion);
        if (outcome.ok) return options.keepSignIn === true ? outcome : { ...outcome, dropSignIn };
        if (how?.keepSignIn !== true && asksForSignIn(outcome.problem, options.keepSignIn))
          await dropSignIn();
        return outcome;
      } catch (error) {
        if (error instanceof IdentityError) return failed(problemOfError(error));
        throw error;
      }
    },
  };
}

/** Entra refused this very sign-in, and will again. */
function asksForSignIn({ kind }: AccessProblem, keepSignIn: boolean | undefined): boolean {
  return kind === 'sign-in-again' || (kind === 'interaction-required' && keepSignIn !== true);
}

/** Kept, it would be used for ever: the person would press again and never be asked to sign in. A newer one stays. */
async function drop(tokens: UserTokens, person: AccessPerson, refused: string): Promise<void> {
  try {
    if ((await tokens.getUserToken(person)) === refused) await tokens.dropUserToken(person);
  } catch (error) {
    // The next refusal tries again.
    if (!(error instanceof IdentityError)) throw error;
  }
}

interface Exchange {
  readonly assertion: string;
  readonly person: AccessPerson;
  readonly signal: AbortSignal | undefined;
}

async function exchange(
  onBehalfOf: OnBehalfOf,
  { assertion, person, signal }: Exchange,
): Promise<AccessOutcome> {
  const outcome = await onBehalfOf.acquire({ assertion, tenantId: person.tenantId, signal });
  if (!outcome.ok) return outcome;
  const { token, upn, scopes, expiresAt, objectId } = outcome;
  // Entra cannot answer so; should it ever, nobody acts under another's name.
  if (objectId !== undefined && !sameId(objectId, person.objectId)) return failed({ kind: 'wrong-account' });
  return { ok: true, token, upn, scopes, expiresAt };
}

function problemOfVerdict(verdict: Exclude<UserTokenVerdict, { ok: true }>): AccessProblem {
  switch (verdict.reason) {
    case 'wrong-person':
    case 'wrong-tenant':
      return { kind: 'wrong-account' };
    case 'expired':
    case 'invalid':
      return { kind: 'sign-in-again' };
  }
}

function problemOfError(error: IdentityError): AccessProblem {
  const { retryAfterMs } = error;
  return error.retrySafe ? { kind: 'unavailable', retryAfterMs } : { kind: 'bot-credential' };
}

function failed(problem: AccessProblem): AccessOutcome {
  return { ok: false, problem };
}
