import { type Config, SettingsError, loadConfig } from '../../src/config.ts';
import type { Database, Sql } from '../../src/store/database-port.ts';
import { exitCodes } from '../exit-codes.ts';
import { codeOf } from '../explain-failure.ts';
import { withinTime } from '../within-time.ts';
import { checkConsent } from './checks/consent.ts';
import { type DatabaseCheck, checkDatabase } from './checks/database.ts';
import { checkDeadJobs } from './checks/dead-jobs.ts';
import { checkDefender } from './checks/defender.ts';
import { type Finding, failed, ok, warning } from './checks/finding.ts';
import { checkPause } from './checks/pause.ts';
import { checkPolicy } from './checks/policy.ts';
import { checkTokenService } from './checks/token-service.ts';
import { type Command, type Output, refuseWords } from './command.ts';

/** For one check; each has limits of its own below this. */
const checkMs = 12_000;

export const doctor: Command = {
  name: 'doctor',
  args: '',
  summary: 'Says in one line each what works, and what to do about the rest',
  async run(words, output) {
    refuseWords(doctor, words);
    const config = settingsOrFaults();
    if (Array.isArray(config)) return reportFaults(config, output);
    const database = bounded(checkDatabase(config), { finding: late });
    const found = await report(checksOf(config, database), output);
    await (await database).database?.close();
    return exitCodeOf(found);
  },
};

interface Check {
  readonly name: string;
  readonly finding: Promise<Finding>;
}

const late = failed('gave no answer in time: try again, then look at the network');
const names = {
  settings: 'settings',
  database: 'database',
  policy: 'policy',
  tokenService: 'token service',
  defender: 'Defender',
  consent: 'consent',
  pause: 'submission',
  deadJobs: 'dead jobs',
} as const;

/** All begin at once; they are told in order. */
function checksOf(config: Config, database: Promise<DatabaseCheck>): readonly Check[] {
  return [
    { name: names.settings, finding: Promise.resolve(checkSettings(config)) },
    { name: names.database, finding: database.then(({ finding }) => finding) },
    { name: names.policy, finding: Promise.resolve(checkPolicy(config)) },
    { name: names.tokenService, finding: bounded(checkTokenService(config), late) },
    { name: names.defender, finding: bounded(checkDefender(config), late) },
    { name: names.consent, finding: asking(database, checkConsent) },
    { name: names.pause, finding: asking(database, checkPause) },
    { name: names.deadJobs, finding: asking(database, checkDeadJobs) },
  ];
}

function checkSettings({ publicUrl }: Config): Finding {
  return publicUrl === undefined
    ? warning(
        'complete; without PUBLIC_URL nobody can make an extra sign-in step that Conditional Access asks for',
      )
    : ok('complete and without contradiction');
}

async function asking(
  opened: Promise<DatabaseCheck>,
  check: (db: Sql) => Promise<Finding>,
): Promise<Finding> {
  const { database } = await opened;
  return database === undefined
    ? warning('not checked: see to the database first')
    : bounded(askedOf(database, check), late);
}

async function askedOf({ sql }: Database, check: (db: Sql) => Promise<Finding>): Promise<Finding> {
  try {
    return await check(sql);
  } catch (error) {
    return failed(`the database did not answer (${codeOf(error) ?? 'no code'}): try again`);
  }
}

function bounded<T>(work: Promise<T>, whenLate: T): Promise<T> {
  return withinTime(work, checkMs, whenLate);
}

async function report(checks: readonly Check[], output: Output): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { name, finding } of checks) {
    const one = await finding;
    output.print(lineOf(name, one));
    found.push(one);
  }
  return found;
}

function lineOf(name: string, { verdict, text }: Finding): string {
  return `${verdict.padEnd('warning'.length)}  ${name}: ${text}`;
}

function exitCodeOf(found: readonly Finding[]): number {
  const demanded = found.find(({ exitCode }) => exitCode !== undefined)?.exitCode;
  return demanded ?? (found.some(({ verdict }) => verdict === 'failed') ? exitCodes.failed : 0);
}

function settingsOrFaults(): Config | string[] {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof SettingsError) return [...error.faults];
    throw error;
  }
}

/** Without settings there is no address to ask. */
function reportFaults(faults: readonly string[], output: Output): number {
  const { settings, ...others } = names;
  for (const fault of faults) output.print(lineOf(settings, failed(fault)));
  for (const name of Object.values(others)) {
    output.print(lineOf(name, warning('not checked: see to the settings first')));
  }
  return exitCodes.failed;
}
