import { isFinished } from './schema.ts';
import { afterReason } from './comment.ts';
import type { MachineAction } from './schema.ts';

/** A shorter beginning of a comment proves nothing. */
const shortestPrefix = 20;
/** Between our database's clock and Defender's. */
const clockSkewMs = 5 * 60_000;
/** For what a POST of this moment made; an action that somebody made in the portal is usually older. */
const answerSkewMs = 60_000;

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
  const candidates = newestFirst(actions).filter((action) => isOfKind(action, expected));
  const marked = preferLive(candidates.filter((action) => bearsMark(action, expected.mark)));
  if (marked) return { match: 'ours', action: marked };
  const cut = preferLive(candidates.filter((action) => isOursCut(action, expected)));
  if (cut) return { match: 'ours', action: cut, commentCutTo: (cut.requestorComment ?? '').length };
  const live = candidates.find((action) => !isFinished(action));
  return live ? { match: 'other-live', action: live } : { match: 'none' };
}

/**
 * Defender may answer a POST with an action that somebody else had started: success is not proof that it is ours. See
 * `findAfterSending`.
 */
export function judgeSubmitted(returned: MachineAction, expected: Expectation): Reconciliation {
  return findAfterSending([returned], expected);
}

/**
 * After a POST that may have been accepted: an action that the approver made just now is ours also where Defender leaves
 * the comment out, or cuts it within the reason. To take it for somebody else's would restrict twice.
 */
export function findAfterSending(actions: readonly MachineAction[], expected: Expectation): Reconciliation {
  const found = findOurAction(actions, expected);
  if (found.match === 'ours') return found;
  const [likely] = candidatesAfterSending(actions, expected, answerSkewMs);
  if (likely === undefined) return found;
  const kept = likely.requestorComment?.length ?? 0;
  // A few words may be the approver's own from the portal: they teach nothing of what Defender keeps.
  return { match: 'ours', action: likely, ...(kept < shortestPrefix ? {} : { commentCutTo: kept }) };
}

/** Whether an action might be ours after all, were the clocks far apart: then nothing may be sent again. */
export function mayBeOurs(actions: readonly MachineAction[], expected: Expectation): boolean {
  return candidatesAfterSending(actions, expected, clockSkewMs).length > 0;
}

function candidatesAfterSending(
  actions: readonly MachineAction[],
  expected: Expectation,
  skewMs: number,
): MachineAction[] {
  return newestFirst(actions).filter(
    (action) =>
      isOfKind(action, expected) &&
      !isByAnother(action, expected) &&
      expected.knownOthers?.includes(action.id) !== true &&
      isInTime(action, expected, skewMs) &&
      expected.sentComment.startsWith(action.requestorComment ?? ''),
  );
}

/** By creation time. An action without a readable time comes last. */
export function newestFirst(actions: readonly MachineAction[]): MachineAction[] {
  return [...actions].sort((a, b) => time(b.createdAt, 0) - time(a.createdAt, 0));
}

function isOfKind(action: MachineAction, expected: Expectation): boolean {
  return action.type === expected.type && sameText(action.machineId, expected.machineId);
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
  // A comment that ends within the reason may be the approver's own words in the portal.
  const isPrefix =
    beginsLikeOurs(action, expected) && action.requestorComment?.includes(afterReason) === true;
  const byApprover = action.requestor !== undefined && !isByAnother(action, expected);
  const inTime = isInTime(action, expected, clockSkewMs);
  return isPrefix && byApprover && inTime && !expected.knownOthers?.includes(action.id);
}

function beginsLikeOurs({ requestorComment = '' }: MachineAction, { sentComment }: Expectation): boolean {
  return (
    requestorComment.length >= shortestPrefix &&
    requestorComment.length < sentComment.length &&
    sentComment.startsWith(requestorComment)
  );
}

function isInTime(action: MachineAction, expected: Expectation, skewMs: number): boolean {
  return time(action.createdAt, -Infinity) >= time(expected.notBefore, Infinity) - skewMs;
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
