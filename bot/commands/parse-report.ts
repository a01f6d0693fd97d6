import { type Duration, parseDuration } from '../../src/containment/duration.ts';
import type { ParsedCommand } from './parsed-command.ts';
import { plainWord } from './words.ts';

const usualPeriod: Duration = { text: '7d', seconds: 7 * 86_400 };

/** `[<duration>]`; what stands behind the duration may be meant as a limit that is not kept, so it is refused. */
export function parseReport(args: string): ParsedCommand {
  if (args === '') return { kind: 'report', period: usualPeriod };
  const period = parseDuration(plainWord(args));
  return period === undefined
    ? { kind: 'invalid', command: 'report', problem: 'bad-period' }
    : { kind: 'report', period };
}
