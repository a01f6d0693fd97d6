import { isFinished } from './schema.ts';
import type { MachineAction } from './schema.ts';

/** A shorter beginning of a comment proves nothing. */
const shortestPrefix = 20;
/** Between our database's clock and Defender's. */
const clockSkewMs = 5 * 60_000;

export interface Expectation {
  readonly machineId: string;
  /** `RestrictCodeExecution` or `UnrestrictCodeExecution`. */
  readonly type: string;
  /** `cordon:<requestId>`. */
  readonly mark: string;
  readonly requestorUpn?: string;
  readonly requestorObjectId?: string;
  /** ISO time before which our call cannot have been made. */
  readonly notBefore: string;
  readonly sentComment: string;
  /** Ids of actions known to belong to other requests; a cut comment alone does not make them ours. */
  readonly knownOthers?: readonly string[];
}

export type Reconciliation =
  | {
      readonly match: 'ours';
      readonly action: MachineAction;
      /** Present when Defender cut our comment: the length that it kept. */
      readonly commentCutTo?: number;
    }
  | { readonly match: 'other-live'; readonly action: MachineAction }
  | { readonly match: 'none' };

/**
 * Looks for the machine action that our call created. There is no idempotency key, so the mark at the end of the
 * comment is the proof; a cut comment is accepted only together with requestor and time.
 */
export function findOurAction(actions: readonly MachineAction[], expected: Expectation): Reconciliation {
  const candidates = newestFirst(actions).filter(
    (action) => action.type === expected.type && sameText(action.machineId, expected.machineId),
  );
  const marked = preferLive(candidates.filter((action) => bearsMark(action, expected.mark)));
  if (marked) return { match: 'ours', action: marked };
  const cut = preferLive(candidates.filter((action) => isOursCut(action, expected)));
  if (cut) return { match: 'ours', action: cut, commentCutTo: (cut.requestorComment ?? '').length };
  const live = candidates.find((action) => !isFinished(action));
  return live ? { match: 'other-live', action: live } : { match: 'none' };
}

/**
 * Defender may answer a POST with an action that somebody else had started: success is not proof that it is ours. Where
 * the answer leaves the comment out, time and requestor decide.
 */
export function judgeSubmitted(returned: MachineAction, expected: Expectation): Reconciliation {
  const judged = findOurAction([returned], expected);
  const silent = judged.match === 'other-live' && returned.requestorComment === undefined;
  return silent && isInTime(returned, expected) && !isByAnother(returned, expected)
    ? { match: 'ours', action: returned }
    : judged;
}

/** By creation time. An action without a readable time comes last. */
export function newestFirst(actions: readonly MachineAction[]): MachineAction[] {
  return [...actions].sort((a, b) => time(b.createdAt, 0) - time(a.createdAt, 0));
}

function preferLive(actions: readonly MachineAction[]): MachineAction | undefined {
  return actions.find((action) => !isFinished(action)) ?? actions[0];
}

function bearsMark(action: MachineAction, mark: string): boolean {
  const comment = action.requestorComment?.trimEnd() ?? '';
  const before = comment.at(-mark.length - 1);
  // The mark is a word of its own: `xcordon:…` is not ours.
  return comment.endsWith(mark) && (before === undefined || /\s/.test(before));
}

function isOursCut(action: MachineAction, expected: Expectation): boolean {
  const comment = action.requestorComment ?? '';
  const isPrefix =
    comment.length >= shortestPrefix &&
    comment.length < expected.sentComment.length &&
    expected.sentComment.startsWith(comment);
  const byApprover = action.requestor !== undefined && !isByAnother(action, expected);
  return isPrefix && byApprover && isInTime(action, expected) && !expected.knownOthers?.includes(action.id);
}

function isInTime(action: MachineAction, expected: Expectation): boolean {
  return time(action.createdAt, -Infinity) >= time(expected.notBefore, Infinity) - clockSkewMs;
}

function isByAnother({ requestor }: MachineAction, expected: Expectation): boolean {
  if (requestor === undefined) return false;
  return ![expected.requestorUpn, expected.requestorObjectId].some(
    (name) => name !== undefined && sameText(requestor, name),
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function time(iso: string, otherwise: number): number {
  const parsed = Date.parse(iso);
  return Number.isNaN(parsed) ? otherwise : parsed;
}
