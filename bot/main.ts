import { loadConfig } from '../src/config.ts';
import { DatabaseRefusedError } from '../src/store/database-port.ts';
import { compose } from './compose.ts';
import { explainFailure } from './explain-failure.ts';
import { run } from './run.ts';

const lastWorkMs = 1_000;

try {
  const config = loadConfig();
  await run(await compose(config, endAtOnce), config);
  // A call that nobody waits for would keep the process alive; durable work goes on in the next one.
  process.exit(0);
} catch (error) {
  process.exitCode = tell(error);
  // Only fires if something that could not be closed keeps the process alive.
  setTimeout(() => process.exit(), lastWorkMs).unref();
}

/** Nothing is closed in order: that would write to a database which belongs to another process now. */
function endAtOnce(): void {
  process.exit(tell(new DatabaseRefusedError('another process has taken over the embedded database')));
}

/** Answers the exit code. */
function tell(error: unknown): number {
  const { lines, exitCode } = explainFailure(error, 'Cordon could not start');
  for (const line of lines) console.error(line);
  return exitCode;
}
