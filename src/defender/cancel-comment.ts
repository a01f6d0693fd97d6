import { commentMark, harmless, shorten } from './comment.ts';

const longestComment = 1_000;
/** Entra takes no longer display name. */
const longestName = 256;

/** The comment of a cancellation: why, who, and our mark, so that the portal's reader finds the request. */
export function buildCancelComment(parts: { reason: string; canceller: string; requestId: string }): string {
  const end = `cancelled by ${shorten(harmless(parts.canceller), longestName)} | ${commentMark(parts.requestId)}`;
  const reason = shorten(harmless(parts.reason), longestComment - end.length - 3);
  return reason === '' ? end : `${reason} | ${end}`;
}
