import { cardOf } from '../containment/batch.ts';
import type { CancelRefusal } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { StateOf, VoidReason } from '../containment/state.ts';
import { buildCancelComment } from '../defender/cancel-comment.ts';
import { DefenderError } from '../defender/errors.ts';
import { type MachineAction as DefenderAction, isFinished } from '../defender/schema.ts';
import { newNoteId } from '../platform/ids.ts';
import { passed } from '../platform/steps.ts';
import { type NoSession, type Session, openSession } from './defender-session.ts';
import { toMachineAction } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';

export type CancelOutcome =
  | { readonly kind: 'decided'; readonly request: ContainmentRequest }
  | (Told & { readonly kind: 'refused'; readonly why: CancelRefusal })
  /** The wish is given up; it is made anew after a sign-in of its person on Cordon's own page. */
  | (Told & { readonly kind: 'sign-in-needed'; readonly claims?: string | undefined })
  | {
      readonly kind: 'no-answer';
      readonly retryAfterMs: number;
      /** Nothing is sent to Defender for now; the wish is kept. */
      readonly paused?: true;
    };

interface Told {
  /** Of the message that goes out unless the turn takes it back: see `toldHere`. */
  readonly noteId?: string | undefined;
}

interface Wish {
  readonly requestId: RequestId;
  /** When the wish was made; whichever stands when not said. */
  readonly since?: Instant | undefined;
  readonly inTurn: boolean;
  /** The person is there to be led to Cordon's own sign-in page, or to be told that there is none. */
  readonly mayStepUp?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Parts = Pick<JobParts, 'requests' | 'access' | 'defender'>;
type Running = StateOf<'running'>;
type Refused = Extract<CancelOutcome, { kind: 'refused' }>;

/** After this the wish is void; the machine action goes on as Defender tells. */
const longestWishSeconds = 600;
const pausedRetryMs = 5_000;

/**
 * Cancels the machine action with the canceller's own token. Doing it twice does no harm: Defender refuses the second call,
 * and what became of the action is looked up before anybody is told that it was too late.
 */
export async function cancelAction(parts: Parts, wish: Wish): Promise<CancelOutcome> {
  const request = await parts.requests.byId(wish.requestId);
  if (request === undefined) return { kind: 'no-answer', retryAfterMs: 0 };
  const { state } = request;
  if (state.status !== 'running' || state.cancel?.stage !== 'requested') return { kind: 'decided', request };
  // A later wish has a job of its own.
  if (wish.since !== undefined && wish.since !== state.cancel.at) return { kind: 'decided', request };
  const session = await openSession(parts, request, state.cancel.by, {
    priority: 'interactive',
    signal: wish.signal,
  });
  if (!session.ok) return withoutToken(parts, wish, state, session);
  try {
    return await call(parts, request, state, session);
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    if (error.kind === 'bad-request') return await afterBadRequest(parts, wish, { request, state, session });
    return await afterFailure(parts, wish, state, error);
  } finally {
    await session.close();
  }
}

function withoutToken(parts: Parts, wish: Wish, state: Running, session: NoSession): Promise<CancelOutcome> {
  if (session.transient) return unanswered(parts, wish, state, session.retryAfterMs);
  return session.why.code === 'extra-sign-in-needed'
    ? stepUp(parts, wish, state, session)
    : refuse(parts, wish, state, { code: 'sign-in-gone', why: session.why });
}

async function afterFailure(
  parts: Parts,
  wish: Wish,
  state: Running,
  error: DefenderError,
): Promise<CancelOutcome> {
  const { kind, retryAfterMs } = error;
  // A pause is nobody's lack of an answer: the wish outlasts it.
  if (kind === 'paused')
    return { kind: 'no-answer', retryAfterMs: retryAfterMs ?? pausedRetryMs, paused: true };
  if (kind === 'claims-challenge')
    return stepUp(parts, wish, state, { why: { code: 'extra-sign-in-needed' }, claims: error.claims });
  const why = refusalOf(error);
  return why ? refuse(parts, wish, state, why) : unanswered(parts, wish, state, retryAfterMs);
}

async function call(
  parts: Parts,
  request: ContainmentRequest,
  state: Running,
  session: Session,
): Promise<CancelOutcome> {
  const comment = buildCancelComment({
    reason: state.cancel?.comment ?? '',
    canceller: state.cancel?.by.name ?? '',
    requestId: cardOf(request),
  });
  passed('cancel-token-received', request.id);
  const answer = await parts.defender.cancelAction(
    session.token,
    state.machineAction.id,
    comment,
    session.options,
  );
  passed('cancel-answered', request.id);
  return accepted(parts, request, state, answer);
}

async function accepted(
  parts: Parts,
  request: ContainmentRequest,
  state: Running,
  answer: DefenderAction,
): Promise<CancelOutcome> {
  if (state.cancel) {
    const { by, at: wishedAt } = state.cancel;
    await parts.requests.apply(request.id, { kind: 'cancel-accepted', by, wishedAt });
  }
  passed('cancellation-stored', request.id);
  const decision = await parts.requests.apply(request.id, {
    kind: 'action-observed',
    machineAction: toMachineAction(answer, state.machineAction.ours),
  });
  return { kind: 'decided', request: decision?.request ?? request };
}

/** 400: the action had ended, or an earlier call of ours that got no answer has cancelled it. */
async function afterBadRequest(
  parts: Parts,
  wish: Wish,
  { request, state, session }: { request: ContainmentRequest; state: Running; session: Session },
): Promise<CancelOutcome> {
  const [action] = await parts.defender
    .listActionsById(session.token, [state.machineAction.id], session.options)
    .catch(() => []);
  if (action === undefined || !isFinished(action)) return unanswered(parts, wish, state);
  if (action.status === 'Cancelled') return accepted(parts, request, state, action);
  const outcome = await refuse(parts, wish, state, { code: 'already-final' });
  await parts.requests.apply(request.id, {
    kind: 'action-observed',
    machineAction: toMachineAction(action, state.machineAction.ours),
  });
  return outcome;
}

async function stepUp(
  parts: Parts,
  wish: Wish,
  state: Running,
  { why, claims }: { readonly why: VoidReason; readonly claims?: string | undefined },
): Promise<CancelOutcome> {
  const refused = await refuse(parts, wish, state, { code: 'sign-in-gone', why });
  return wish.mayStepUp === true && wish.signal?.aborted !== true
    ? { kind: 'sign-in-needed', claims, noteId: refused.noteId }
    : refused;
}

function refusalOf(error: DefenderError): CancelRefusal | undefined {
  switch (error.kind) {
    case 'not-found':
      return { code: 'not-found' };
    case 'forbidden':
    case 'disabled-feature':
    case 'disallowed-operation':
      return { code: 'not-permitted' };
    case 'unauthorized':
      return { code: 'sign-in-gone' };
    default:
      return undefined;
  }
}

async function refuse(parts: Parts, wish: Wish, state: Running, why: CancelRefusal): Promise<Refused> {
  if (state.cancel === undefined) return { kind: 'refused', why };
  const { by, at: wishedAt } = state.cancel;
  // A turn that gives up waiting, or dies, has promised to ask Defender: why nothing came of it then comes by message.
  const noteId = wish.inTurn ? newNoteId() : undefined;
  const tell = noteId === undefined || { unlessTold: noteId };
  await parts.requests.apply(wish.requestId, { kind: 'cancel-refused', by, wishedAt, why, tell });
  return { kind: 'refused', why, noteId };
}

async function unanswered(
  parts: Parts,
  wish: Wish,
  state: Running,
  retryAfterMs = 5_000,
): Promise<CancelOutcome> {
  // A wish from before the submission was certain could not be tried until then.
  const since = [state.cancel?.at ?? '', state.submittedAt].sort().at(-1) ?? state.submittedAt;
  const age = secondsBetween(since, await parts.requests.now());
  if (age > longestWishSeconds) return refuse(parts, wish, state, { code: 'failed' });
  return { kind: 'no-answer', retryAfterMs: Math.min(retryAfterMs, 30_000) };
}
