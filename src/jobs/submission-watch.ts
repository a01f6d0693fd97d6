import { type PauseParts, createPauseFollower } from './pausing.ts';
import { type RestoreParts, createRestoreWatch } from './restored.ts';

/** What keeps a process from submitting: pauses, and what a restored database may have forgotten. */
export function createSubmissionWatch(parts: PauseParts & RestoreParts) {
  const pauses = createPauseFollower(parts);
  const restores = createRestoreWatch(parts);
  return {
    /** To be awaited before any job runs. */
    begin: () => restores.begin(),
    /** Writes jobs, so the queue must run. */
    start: () => pauses.start(),
    async stop(): Promise<void> {
      await Promise.all([pauses.stop(), restores.stop()]);
    },
  };
}
