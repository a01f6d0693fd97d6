import type { JobParts } from './parts.ts';

/** The person reads it in the answer to their press, which has arrived. Should the message go out all the same, they read it twice. */
export function toldHere({ notes, log }: Pick<JobParts, 'notes' | 'log'>, noteId: string | undefined): void {
  if (noteId === undefined) return;
  notes.takeBack(noteId).catch((error: unknown) => {
    log.warn({ err: error }, 'a needless message could not be taken back');
  });
}
