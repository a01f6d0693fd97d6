import type { DeviceId } from '../../src/containment/ids.ts';
import type { Instant, Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { JobParts } from '../../src/jobs/parts.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import type { StepUps } from '../../src/store/step-ups.ts';
import { type InvokeAnswer, cardAnswer } from '../answers.ts';
import type { Inbound } from '../inbound.ts';
import type { PrivateAnswerParts } from '../private-answers/parts.ts';
import type { RecentKeys } from '../recent-keys.ts';
import { renderRequestCard } from '../render/request-card.ts';
import type { SignInInput, SignInOutcome } from '../sign-in.ts';
import type { Setup } from '../texts/decisions.ts';

/** One press of a button by an authenticated person on a card of this conversation. */
export interface CardTurn {
  readonly verb: string;
  readonly request: ContainmentRequest;
  readonly person: Person;
  readonly comment: string;
  /** Chosen among several, on whatever card: not proven. */
  readonly deviceId?: DeviceId | undefined;
  /** As of when what was pressed on showed what else restricts the device: not proven, it can only refuse. */
  readonly alsoRestrictedAt?: Instant | undefined;
  /** The same field as it was sent: among several devices it may name many. */
  readonly chosen?: string | undefined;
  /** Those that the card offered to choose from, where it did. */
  readonly offered?: string | undefined;
  /** As typed into the field of that name; empty when there is none. */
  readonly duration: string;
  readonly activity: Inbound;
  readonly signIn: SignInInput;
  /** When the activity arrived, by the process's monotonic clock: the answer is due within 5 s of it. */
  readonly arrivedAt: number;
}

export interface CardActionParts extends Pick<
  JobParts,
  'requests' | 'access' | 'defender' | 'commentLimits' | 'notes' | 'log'
> {
  readonly signIn: (activity: Inbound, person: Person, input: SignInInput) => Promise<SignInOutcome>;
  /** Undefined without `PUBLIC_URL`: then an extra sign-in step cannot be made for a click. */
  readonly stepUp: StepUpLinks | undefined;
  readonly questions: Pick<PrivateQuestions, 'find' | 'open'>;
  readonly privateAnswers: PrivateAnswerParts;
  readonly portalUrl: string;
  /** How the presser is shown where the request stands, when it was not its own card that they pressed. */
  readonly show?: (request: ContainmentRequest, note: string | undefined) => InvokeAnswer;
  /** The question by which their choice of a device comes back then; by the request itself where absent. */
  readonly questionId?: string;
  readonly expirySeconds: number;
  /** Who has looked at which device in which minute. */
  readonly recentLooks: Pick<RecentKeys, 'add'>;
}

export interface StepUpLinks {
  readonly stepUps: Pick<StepUps, 'open'>;
  /** `<PUBLIC_URL>/auth/start`. */
  readonly startUrl: string;
  readonly connectionName: string;
}

/** What the words for the presser depend on. */
export function setupOf({ stepUp }: Pick<CardActionParts, 'stepUp'>): Setup {
  return { hasSignInPage: stepUp !== undefined };
}

export type CardAction = (parts: CardActionParts, turn: CardTurn) => Promise<InvokeAnswer>;

/** Defender gets this long in the turn; then a job goes on and the answer says so. */
const longestCallMs = 3_000;
/** Leaves the rest of the 5 s to the network between Teams and here. */
const answerWithinMs = 4_500;

export function timeLeft(turn: Pick<CardTurn, 'arrivedAt'>): AbortSignal {
  const left = answerWithinMs - (performance.now() - turn.arrivedAt);
  return AbortSignal.timeout(Math.max(1, Math.min(longestCallMs, Math.floor(left))));
}

/** The card as it is now, for this person alone, with one private line. */
export function cardWith(parts: CardActionParts, request: ContainmentRequest, note?: string): InvokeAnswer {
  if (parts.show !== undefined) return parts.show(request, note);
  return cardAnswer(
    renderRequestCard(request, { portalUrl: parts.portalUrl, ...(note === undefined ? {} : { note }) }),
  );
}

/** Waits for work no longer than the signal; the work itself goes on and its result is not lost, only not told here. */
export async function orWhenLate<T>(work: Promise<T>, signal: AbortSignal, late: T): Promise<T> {
  const aborted = new Promise<T>((resolve) => {
    const giveUp = () => resolve(late);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([work, aborted]);
}
