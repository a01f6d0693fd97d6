import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureClicks } from './click-to-defender.ts';
import { measureCommands } from './commands-per-second.ts';
import { measureDefenderCalls } from './defender-calls.ts';
import type { Figure } from './figure.ts';
import { measureInstall } from './install.ts';
import { measureInvokes } from './invoke-answer.ts';
import { measureMemory } from './memory.ts';
import { runUnderPostgres } from './postgres.ts';
import { conditions, rounded, table, withRatios } from './report.ts';
import { measureStart } from './start.ts';
import { openSubjects } from './subjects.ts';

/** `npm run bench [-- --skip-install]`: measures, prints a table, and writes `bench/results.json`. Nothing is judged. */
const args = process.argv.slice(2);
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
  await measureBots(measure);
  await measure('calls to Defender', measureDefenderCalls);
  if (!args.includes('--skip-install')) await measure('the installation', measureInstall);

  const results = { ...machine, figures: figures.map(recorded) };
  await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`\n${table(figures)}`);
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
  const { values, value, ...rest } = withRatios(figure);
  const all = Object.entries(values ?? {}).map(([name, each]) => [name, rounded(each)] as const);
  return {
    ...rest,
    ...(values === undefined ? {} : { values: Object.fromEntries(all) }),
    ...(value === undefined ? {} : { value: rounded(value) }),
  };
}
