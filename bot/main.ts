import { loadConfig, SettingsError } from '../src/config.ts';
import { DatabaseRefusedError } from '../src/store/database-port.ts';
import { compose } from './compose.ts';
import { run } from './run.ts';

/** `EX_CONFIG` of sysexits.h: wrong settings, trying again is useless. */
const exitForSettings = 78;
/** `EX_TEMPFAIL`: somebody else has the database. */
const exitForDatabase = 75;

const lastWorkMs = 1_000;

try {
  const config = loadConfig();
  // Durable work goes on in the next process, so an end that had to be forced is an orderly one too.
  if ((await run(await compose(config), config)) === 'overdue') process.exit(0);
} catch (error) {
  process.exitCode = explain(error);
  // Only fires if something that could not be closed keeps the process alive.
  setTimeout(() => process.exit(), lastWorkMs).unref();
}

function explain(error: unknown): number {
  if (error instanceof SettingsError) {
    for (const fault of error.faults) console.error(fault);
    return exitForSettings;
  }
  if (error instanceof DatabaseRefusedError) {
    console.error(`DATABASE_URL: ${error.message}`);
    return exitForDatabase;
  }
  // The text of other errors may hold parts of an address or a secret: the name and code are enough to look further.
  const { name, code } =
    error instanceof Error ? { name: error.name, code: codeOf(error) } : { name: '?', code: '' };
  console.error(`Cordon could not start: ${name} ${code}`.trim());
  return 1;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
