import type { RunningBox } from './time-box.ts';

/**
 * What tells the word by which restrictions are lifted from another, as the `press` of an approval: here the end that somebody
 * has approved for several devices, or has moved for them.
 */
export function endWord({ until, authorisedBy }: Pick<RunningBox, 'until' | 'authorisedBy'>): string {
  return `end ${until} ${authorisedBy.objectId}`;
}
