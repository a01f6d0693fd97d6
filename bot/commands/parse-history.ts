import type { ParsedCommand } from './parsed-command.ts';
import { readPage } from './parse-page.ts';
import { readWantedDevice } from './wanted-device.ts';
import { splitList } from './words.ts';

/** `<device> [page]`. */
export function parseHistory(args: string): ParsedCommand {
  const command = 'history';
  const { words, listed, rest } = splitList(args);
  const [word] = words;
  if (word === undefined) return { kind: 'invalid', command, problem: 'missing-listed-device' };
  if (listed) return { kind: 'invalid', command, problem: 'several-subjects' };
  if (/^#?[0-9]{1,31}$/.test(word)) return { kind: 'invalid', command, problem: 'number-for-device' };
  const device = readWantedDevice(word);
  if ('problem' in device) return { kind: 'invalid', command, ...device };
  const read = readPage(rest);
  return 'page' in read
    ? { kind: 'history', device, page: read.page }
    : { kind: 'invalid', command, problem: read.problem };
}
