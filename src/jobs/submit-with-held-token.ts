import { setTimeout as sleep } from 'node:timers/promises';
import { secondsTheTokenWaits } from '../containment/approval.ts';
import { later } from '../containment/decision.ts';
import { replicationLagSeconds } from '../containment/execution.ts';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { approvalOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import { attemptSeconds, createSubmit } from './submit.ts';

/** Nobody knows when a pause ends: it is waited for this long, and a moment more, since it is looked for only now and then. */
const holdWhilePausedMs = 66_000;
/** A POST whose answer was lost can be looked for by this token alone, until so long after Defender's lists show it for certain. */
const secondsAfterTheLag = 20;
/** As long as the state cannot be read, nobody knows whether there is such a POST. */
const longestHoldMs =
  (secondsTheTokenWaits + attemptSeconds + replicationLagSeconds + secondsAfterTheLag) * 1_000;
const againMs = 1_000;

/** When there is more to do, and for how long the token is still worth holding for it. */
interface Left {
  readonly waitMs: number;
  readonly holdMs: number;
}

/**
 * Does the work of the submit job with the token that only this process has. Whatever it does not get done in its time, the
 * job finds: it cannot go on without another sign-in, and says so.
 */
export async function submitWithHeldToken(parts: JobParts, approved: ContainmentRequest): Promise<void> {
  const { id: requestId } = approved;
  const since = approvalOf(approved)?.at;
  const submit = createSubmit(parts, { holdsToken: true });
  const begunAt = performance.now();
  for (;;) {
    // A failure must not cost the token: what it left half done is taken up by the next turn, as after a kill.
    const again = await submit({ requestId, ...(since === undefined ? {} : { since }) }).catch(
      (error: unknown) => note(parts, requestId, error),
    );
    const left = await leftToDo(parts, requestId, begunAt).catch((error: unknown) => {
      note(parts, requestId, error);
      return { waitMs: againMs, holdMs: begunAt + longestHoldMs - performance.now() };
    });
    if (left === undefined) return;
    const waitMs = again === undefined ? left.waitMs : again.againInSeconds * 1000;
    if (waitMs > left.holdMs) return;
    await sleep(waitMs);
  }
}

function note({ log }: JobParts, requestId: RequestId, error: unknown): undefined {
  log.warn({ err: error, requestId }, 'a submission after a sign-in failed, it is tried again');
}

async function leftToDo(parts: JobParts, requestId: RequestId, begunAt: number): Promise<Left | undefined> {
  const state = (await parts.requests.byId(requestId))?.state;
  const now = await parts.requests.now();
  const whilePaused = begunAt + holdWhilePausedMs - performance.now();
  if (state?.status === 'approved') return { waitMs: againMs, holdMs: whilePaused };
  if (state?.status !== 'submitting') return undefined;
  const { wait, outcome, deadline, number } = state.attempt;
  const toSend = secondsBetween(now, later(state.approval.at, secondsTheTokenWaits));
  const waitMs = wait === undefined ? againMs : Math.max(0, secondsBetween(now, wait.until) * 1000);
  // Proven absent just now, it may be sent again: that, too, takes this token.
  const wasInDoubt = outcome !== 'unsent' || (wait === undefined && number > 0);
  if (wasInDoubt) {
    const toLook = secondsBetween(now, deadline) + replicationLagSeconds + secondsAfterTheLag;
    return { waitMs: Math.max(againMs, waitMs), holdMs: Math.max(toSend * 1000, toLook * 1000) };
  }
  return { waitMs, holdMs: wait?.why === 'paused' ? whilePaused : toSend * 1000 };
}
