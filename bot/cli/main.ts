#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { exitCodes } from '../exit-codes.ts';
import { explainFailure } from '../explain-failure.ts';
import { type Command, UsageError } from './command.ts';
import { doctor } from './doctor.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';

const commands: readonly Command[] = [doctor, pause, resume];
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      print(usage());
      return 0;
    }
    const [name, ...words] = positionals;
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return await command.run(words, { print });
    complain(usage());
    return exitCodes.usage;
  } catch (error) {
    return explain(error);
  }
}

function usage(): string {
  const typed = commands.map(({ name, args }) => `npx cordon ${name} ${args}`.trimEnd());
  const width = Math.max(...typed.map(({ length }) => length));
  return ['Usage:', ...commands.map(({ summary }, at) => `  ${typed[at]?.padEnd(width)}  ${summary}`)].join(
    '\n',
  );
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    complain(error.message);
    return exitCodes.usage;
  }
  if (isParseError(error)) {
    complain(usage());
    return exitCodes.usage;
  }
  const { lines, exitCode } = explainFailure(
    error,
    'It is not sure that this was done, "npx cordon doctor" says more',
  );
  for (const line of lines) complain(line);
  return exitCode;
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
