/** The database did not answer, or took no connection: what was asked of it may be asked again later. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';

  constructor(cause: unknown) {
    super('The database gave no answer', { cause });
  }
}

/**
 * Classes of SQLSTATE that say nothing against the statement: connection lost, read-only after a failover, deadlock
 * or serialization, out of disk or connections, object in use, stopped by an operator, trouble with files.
 */
const passingClasses = ['08', '25', '40', '53', '55', '57', '58'];

/** Whether a failure is the database's own and passes: nothing of the work is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof DatabaseAwayError) return true;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  // A SQLSTATE has five characters; names of network failures are longer.
  return error.code.length === 5 && passingClasses.includes(error.code.slice(0, 2));
}
