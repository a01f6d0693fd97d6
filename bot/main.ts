import { loadConfig } from '../src/config.ts';
import { compose } from './compose.ts';
import { explainFailure } from './explain-failure.ts';
import { run } from './run.ts';

const lastWorkMs = 1_000;

try {
  const config = loadConfig();
  await run(await compose(config), config);
  // A call that nobody waits for would keep the process alive; durable work goes on in the next one.
  process.exit(0);
} catch (error) {
  const { lines, exitCode } = explainFailure(error, 'Cordon could not start');
  for (const line of lines) console.error(line);
  process.exitCode = exitCode;
  // Only fires if something that could not be closed keeps the process alive.
  setTimeout(() => process.exit(), lastWorkMs).unref();
}
