/** Seen nowhere documented; long enough for an audit trail, short enough to have been accepted so far. */
const defaultLimit = 1_000;
/** Entra takes no longer display name. */
const longestName = 256;
const shortName = 24;
/** So much of a reason must stay, or the names give way first: a cut comment is recognised by its beginning. */
const leastReason = 40;

/** What marks a machine action as ours. It stands at the end of the comment and nowhere else in it. */
export function commentMark(requestId: string): string {
  return `cordon:${requestId}`;
}

/** The request that a comment names as ours; only it can tell whether that is true. */
export function markedRequest(comment: string | undefined): string | undefined {
  return /(?:^|\s)cordon:([A-Za-z0-9_-]{22,64})\s*$/.exec(comment ?? '')?.[1];
}

export interface CommentParts {
  readonly reason: string;
  readonly requestor: string;
  readonly approver: string;
  readonly requestId: string;
  /** In UTF-16 units, as .NET and JavaScript count. */
  readonly limit?: number;
}

const separator = ' | ';
const requestedBy = 'requested by ';
/** What follows the reason: only a comment that reaches here is surely one of ours. */
export const afterReason = `${separator}${requestedBy}`;

/** The comment of a machine action: reason, requestor, approver, mark; at most `limit` long. */
export function buildComment(parts: CommentParts): string {
  const limit = parts.limit ?? defaultLimit;
  const mark = commentMark(parts.requestId);
  const reason = harmless(parts.reason);
  const least = Math.min(leastReason, reason.length);
  // Shorter names only with a limit far below the usual one: rather a shorter name than no reason.
  const endings = [longestName, shortName].map((length) => [...people(parts, length), mark].join(separator));
  const end = endings.find((each) => least + separator.length + each.length <= limit) ?? mark;
  const room = limit - separator.length - end.length;
  const shortened = room > 0 ? shorten(reason, room) : '';
  return shortened === '' ? end : `${shortened}${separator}${end}`;
}

function people({ requestor, approver }: CommentParts, nameLimit: number): string[] {
  return [
    `requested by ${shorten(harmless(requestor), nameLimit)}`,
    `approved by ${shorten(harmless(approver), nameLimit)}`,
  ];
}

/** Whether it may be what is left of a comment for this reason: cut, or with nothing left. */
export function beginsLike(comment: string | undefined, reason: string): boolean {
  const ours = harmless(reason);
  const theirs = (comment ?? '').trim();
  const length = Math.min(ours.length, theirs.length, leastReason);
  return ours.slice(0, length) === theirs.slice(0, length);
}

/** One line without control characters or half characters, in which nothing looks like the mark. */
export function harmless(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\s\u0085]/gu, ' ')
      // Characters that cannot be seen could hide a mark from the rule below.
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .replace(/ {2,}/gu, ' ')
      .trim()
      .replace(/(cordon):/giu, '$1 :')
  );
}

/** Cuts between characters, never inside a surrogate pair, and says so with an ellipsis. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  const whole = /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  return `${whole.trimEnd()}…`;
}
