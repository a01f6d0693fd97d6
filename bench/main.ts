import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAfterFaults } from './after-faults.ts';
import { measureCalls } from './calls-per-request.ts';
import { measureClicks } from './click-to-defender.ts';
import { measureCommands } from './commands-per-second.ts';
import type { Figure } from './figure.ts';
import { measureInstall } from './install.ts';
import { measureInvokes } from './invoke-answer.ts';
import { measureMemory } from './memory.ts';
import { runUnderPostgres } from './postgres.ts';
import { conditions, rounded, table, withRatios } from './report.ts';
import { measureStart } from './start.ts';
import { openSubjects } from './subjects.ts';
import { measureTakeOver } from './take-over.ts';

/**
 * `npm run bench [-- --skip-install]`: measures, prints a table, and writes `bench/results.json`. Nothing is judged.
 * `-- --only bots,calls,take-over,faults,install` measures some parts and writes nothing.
 */
const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  options: { 'skip-install': { type: 'boolean', default: false }, only: { type: 'string' } },
});
const only = values.only?.split(',');
const postgresUrl = process.env['TEST_POSTGRES_URL'];

const code = postgresUrl === undefined ? await runUnderPostgres(import.meta.filename, args) : undefined;
if (code === undefined) await measureAll();
else process.exitCode = code;

async function measureAll(): Promise<void> {
  const machine = conditions();
  const figures: Figure[] = [];
  const measure = async (heading: string, work: () => Promise<readonly Figure[]>): Promise<void> => {
    process.stderr.write(`measuring ${heading} …\n`);
    figures.push(...(await work()));
  };
  const isWanted = (part: string): boolean => only?.includes(part) ?? true;
  if (isWanted('bots')) await measureBots(measure);
  if (isWanted('calls')) await measure('calls of a request', measureCalls);
  if (isWanted('take-over')) await measure('the time after a kill', () => measureTakeOver(postgresUrl));
  if (isWanted('faults')) await measure('the time after faults', measureAfterFaults);
  if (isWanted('install') && !values['skip-install']) await measure('the installation', measureInstall);
  process.stdout.write(`\n${table(figures)}`);
  if (only !== undefined) return;

  const results = { ...machine, figures: figures.map(recorded) };
  await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
}

type Measure = (heading: string, work: () => Promise<readonly Figure[]>) => Promise<void>;

/** All bots run side by side and are measured in turn; load comes last, so that the memory after it says something. */
async function measureBots(measure: Measure): Promise<void> {
  const subjects = await openSubjects(postgresUrl);
  try {
    await measure('starts', () => measureStart(subjects));
    await measure('memory', async () => [await measureMemory(subjects, 'after the start')]);
    await measure('clicks', () => measureClicks(subjects));
    await measure('answers', () => measureInvokes(subjects));
    await measure('commands', () => measureCommands(subjects));
    await measure('memory', async () => [await measureMemory(subjects, 'after the load')]);
  } finally {
    for (const { sandbox } of subjects) await sandbox.stop();
  }
}

function recorded(figure: Figure): object {
  const { values, value, cell: _place, ...rest } = withRatios(figure);
  const all = Object.entries(values ?? {}).map(([name, each]) => [name, rounded(each)] as const);
  return {
    ...rest,
    ...(values === undefined ? {} : { values: Object.fromEntries(all) }),
    ...(value === undefined ? {} : { value: rounded(value) }),
  };
}
