import type { ParsedCommand } from './parsed-command.ts';
import { plainWord, splitWord } from './words.ts';

/** A conversation that wants more has another need. */
const mostTimes = 8;

/** `[at <hh:mm>[,<hh:mm>…] | off]`, the times in UTC. */
export function parseDigest(args: string): ParsedCommand {
  const [word, rest] = splitWord(args);
  const wish = plainWord(word);
  if (wish === '') return { kind: 'digest' };
  if (wish === 'off' && rest === '') return { kind: 'digest', times: [] };
  const times = wish === 'at' ? readTimes(rest) : undefined;
  return times === undefined
    ? { kind: 'invalid', command: 'digest', problem: 'bad-times' }
    : { kind: 'digest', times };
}

/** Minutes of a day, ascending, each once; undefined when one of them is no time, or there are too many. */
function readTimes(text: string): readonly number[] | undefined {
  const words = text.normalize('NFKC').split(/\s*[,\s]\s*/u);
  if (words.length > mostTimes) return undefined;
  const minutes = words.map(minuteOf);
  const known = minutes.filter((minute) => minute !== undefined);
  return known.length < minutes.length ? undefined : [...new Set(known)].sort((a, b) => a - b);
}

function minuteOf(word: string): number | undefined {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}
