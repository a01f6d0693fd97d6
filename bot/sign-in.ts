import type { Person } from '../src/containment/person.ts';
import { IdentityError } from '../src/identity/errors.ts';
import type { UserTokenVerifier } from '../src/identity/verify-user-token.ts';
import type { Log } from '../src/platform/log.ts';
import {
  type InvokeAnswer,
  loginAnswer,
  messageAnswer,
  preconditionFailedAnswer,
  wrongCodeAnswer,
} from './answers.ts';
import type { Inbound } from './inbound.ts';
import * as texts from './texts/decisions.ts';
import type { TokenService } from './token-service.ts';

/** What the client sent along to sign in: the token of silent sign-in, or the six digits of the button. */
export interface SignInInput {
  readonly token?: string | undefined;
  readonly code?: string | undefined;
  /** Their last sign-in was refused by Entra: a silent one would be the same again, so it takes the button. */
  readonly byButton?: boolean;
}

export type SignInOutcome =
  | { readonly kind: 'verified' }
  /** The click cannot go on now; this is what its sender gets instead. */
  | {
      readonly kind: 'answer';
      readonly answer: InvokeAnswer;
      /** False while the person is only asked to sign in. */
      readonly refused: boolean;
    };

interface Parts {
  readonly tokenService: TokenService;
  readonly verifier: UserTokenVerifier;
  readonly connectionName: string;
  readonly log: Log;
}

/** The six digits that the token service's page shows. */
export function isSignInCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

/** Identity has to be proven within this, or the person is told to press again: the whole answer has 5 s. */
const signInMs = 1_500;

/**
 * Universal Action sign-in: the click proves who pressed before anything is stored. The token comes from the token
 * service, silently or by button and code, and must belong to the clicker whom Teams authenticated.
 */
export function createSignIn(parts: Parts) {
  return async (activity: Inbound, person: Person, input: SignInInput): Promise<SignInOutcome> => {
    const signal = AbortSignal.timeout(signInMs);
    try {
      const found = await findToken(parts.tokenService, person, { input, signal });
      if (found.kind === 'answer') return found;
      if (found.token === undefined) return await askToSignIn(parts, activity, person, input);
      const verdict = await withinTime(parts.verifier.verify(found.token, person), signal);
      if (verdict.ok) return { kind: 'verified' };
      if (verdict.reason === 'wrong-person' || verdict.reason === 'wrong-tenant') {
        await forget(parts.tokenService, person);
        return answer(messageAnswer(texts.wrongAccountText()));
      }
      // A fresh one that does not fit is the connection's fault: the next would not fit either.
      const isFresh = input.token !== undefined || input.code !== undefined;
      if (verdict.reason === 'invalid' && isFresh) return unfit(parts, verdict.reason);
      return await askToSignIn(parts, activity, person, input);
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      if (!error.retrySafe) return unfit(parts, error.code);
      return answer(messageAnswer(texts.pressAgainText('identity')));
    }
  };
}

/** Nobody can sign in before an administrator has done something. */
function unfit({ log }: Parts, code: string): Extract<SignInOutcome, { kind: 'answer' }> {
  log.error({ code }, 'nobody can sign in: the credential or the OAuth connection of the bot does not serve');
  return answer(messageAnswer(texts.botTroubleText()));
}

type Found =
  { readonly kind: 'token'; readonly token: string | undefined } | Extract<SignInOutcome, { kind: 'answer' }>;

async function findToken(
  tokenService: TokenService,
  person: Person,
  { input, signal }: { input: SignInInput; signal: AbortSignal },
): Promise<Found> {
  const userId = person.teamsId;
  if (input.token !== undefined) {
    const exchanged = await tokenService.exchange({ userId, token: input.token, signal });
    return exchanged.ok
      ? { kind: 'token', token: exchanged.token }
      : answer(preconditionFailedAnswer(texts.signInText()));
  }
  if (input.code !== undefined) {
    const redeemed = isSignInCode(input.code)
      ? await tokenService.getToken({ userId, code: input.code, signal })
      : undefined;
    return redeemed ? { kind: 'token', token: redeemed.token } : answer(wrongCodeAnswer());
  }
  return { kind: 'token', token: await tokenService.getUserToken(person, { signal }) };
}

/** Of what is merely passed on. */
const mostLetters = 100;

async function askToSignIn(
  parts: Parts,
  activity: Inbound,
  person: Person,
  { byButton = false }: SignInInput,
): Promise<SignInOutcome> {
  const resource = await parts.tokenService.signInResource(
    {
      // All of it goes into an address, which must not grow with what an activity says.
      activityId: activity.id,
      user: { id: person.teamsId, name: person.name, aadObjectId: person.objectId },
      bot: { id: activity.recipient.id, name: activity.recipient.name?.slice(0, mostLetters) },
      conversation: {
        id: activity.conversation.id,
        conversationType: activity.conversation.conversationType?.slice(0, mostLetters),
        tenantId: person.tenantId,
      },
      serviceUrl: activity.serviceUrl,
    },
    AbortSignal.timeout(signInMs),
  );
  const login = loginAnswer({
    text: texts.signInText(),
    buttonTitle: texts.signInButton,
    connectionName: parts.connectionName,
    resource: byButton ? { signInLink: resource.signInLink } : resource,
  });
  return { kind: 'answer', answer: login, refused: false };
}

/** Somebody else's sign-in under this person's id: dropped, so that the next press asks for the right one. */
async function forget(tokenService: TokenService, person: Person): Promise<void> {
  try {
    await tokenService.signOut({ userId: person.teamsId, signal: AbortSignal.timeout(signInMs) });
  } catch (error) {
    // The person is refused either way; they can sign out by hand.
    if (!(error instanceof IdentityError)) throw error;
  }
}

/** Fetching signing keys has its own, longer limit: the click does not wait for it. */
async function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new IdentityError('keys-unavailable', { detail: 'too slow' }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([work, late]);
}

function answer(value: InvokeAnswer): Extract<SignInOutcome, { kind: 'answer' }> {
  return { kind: 'answer', answer: value, refused: true };
}
