import { SettingsError } from '../src/config.ts';
import { DatabaseRefusedError } from '../src/store/database-port.ts';
import { exitCodes } from './exit-codes.ts';

export interface ExplainedFailure {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** What an operator reads when a process must end. `what` says it of a failure that nobody foresaw. */
export function explainFailure(error: unknown, what: string): ExplainedFailure {
  if (error instanceof SettingsError) return { lines: error.faults, exitCode: exitCodes.settings };
  if (error instanceof DatabaseRefusedError) {
    return { lines: [`DATABASE_URL: ${error.message}`], exitCode: exitCodes.database };
  }
  return { lines: [`${what}: ${nameAndCode(error)}`.trim()], exitCode: exitCodes.failed };
}

/** The text of an error may hold parts of an address or a secret: its name and code are enough to look further. */
function nameAndCode(error: unknown): string {
  if (!(error instanceof Error)) return '?';
  return `${error.name} ${codeOf(error) ?? ''}`.trimEnd();
}

/** A stable code such as `ECONNREFUSED` or PostgreSQL's `28P01`, of the error or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isCoded = 'code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{1,64}$/.test(error.code);
  return isCoded ? String(error.code) : codeOf(error.cause);
}
