import { parseCancel } from './parse-cancel.ts';
import { parseDecision } from './parse-decision.ts';
import { parseDigest } from './parse-digest.ts';
import { parseHistory } from './parse-history.ts';
import { parsePaged } from './parse-page.ts';
import { parseReport } from './parse-report.ts';
import { parseRestriction } from './parse-restriction.ts';
import { parseStatus } from './parse-status.ts';
import type { CommandName, HelpCommand, ParsedCommand } from './parsed-command.ts';
import { plainWord, splitWord } from './words.ts';

/** Scopes of a bot command list, as the Teams app manifest spells them. */
export type CommandScope = 'team' | 'groupChat' | 'personal';

/** One command as people meet it: in the help, in the menu of Teams, in replies to bad input. */
export interface CommandDescription {
  readonly name: CommandName;
  readonly usage: string;
  /** One line, which the app manifest repeats word for word. */
  readonly summary: string;
  readonly example: string;
  readonly scopes: readonly CommandScope[];
  /** Reads what stands behind the command word; expects a clean line. */
  readonly parse: (args: string) => ParsedCommand;
}

const everywhere: readonly CommandScope[] = ['team', 'groupChat', 'personal'];
/** Not offered where nobody but the requestor reads; typed there all the same, they say so. */
const amongOthers: readonly CommandScope[] = ['team', 'groupChat'];

const restrictCommand: CommandDescription = {
  name: 'restrict',
  usage: '/restrict <device>[,<device>…] [for <duration>] <reason>',
  summary: 'Asks for approval to restrict app execution on a device',
  example: '/restrict ws-finance-017 for 4h Unsigned binary beacons every 60 s, INC-1042',
  scopes: everywhere,
  parse: (args) => parseRestriction('restrict', args),
};

const unrestrictCommand: CommandDescription = {
  name: 'unrestrict',
  usage: '/unrestrict <device>[,<device>…] <reason>',
  summary: 'Asks for approval to lift the app execution restriction of a device',
  example: '/unrestrict ws-finance-017 Cleaned and verified, INC-1042',
  scopes: everywhere,
  parse: (args) => parseRestriction('unrestrict', args),
};

const approveCommand: CommandDescription = {
  name: 'approve',
  usage: '/approve <request> [comment]',
  summary: 'Approves a request where its card cannot be used, by a button for you alone',
  example: '/approve #12 Agreed, contain it',
  scopes: amongOthers,
  parse: (args) => parseDecision('approve', args),
};

const denyCommand: CommandDescription = {
  name: 'deny',
  usage: '/deny <request> <comment>',
  summary: 'Denies a request where its card cannot be used',
  example: '/deny #12 That is the backup server, call me first',
  scopes: amongOthers,
  parse: (args) => parseDecision('deny', args),
};

const cancelCommand: CommandDescription = {
  name: 'cancel',
  usage: '/cancel <request> <reason>',
  summary: 'Withdraws a request, or cancels its machine action while Defender still can',
  example: '/cancel #12 Wrong device',
  scopes: everywhere,
  parse: parseCancel,
};

const statusCommand: CommandDescription = {
  name: 'status',
  usage: '/status <request | device>',
  summary: 'Shows how a request, by its number, or a device, by its id or name, stands',
  example: '/status #12',
  scopes: everywhere,
  parse: parseStatus,
};

const pendingCommand: CommandDescription = {
  name: 'pending',
  usage: '/pending [page]',
  summary: 'Lists what awaits approval here, and what needs attention',
  example: '/pending',
  scopes: everywhere,
  parse: (args) => parsePaged('pending', args),
};

const historyCommand: CommandDescription = {
  name: 'history',
  usage: '/history <device> [page]',
  summary: 'Lists what was asked here for a device, by its id or name, and what became of it',
  example: '/history ws-finance-017',
  scopes: everywhere,
  parse: parseHistory,
};

const activeCommand: CommandDescription = {
  name: 'active',
  usage: '/active [page]',
  summary: 'Lists the restrictions asked for here that are in force',
  example: '/active',
  scopes: everywhere,
  parse: (args) => parsePaged('active', args),
};

const reportCommand: CommandDescription = {
  name: 'report',
  usage: '/report [<duration>]',
  summary: 'Shows times and outcomes of what was asked for here, of the last 7 days or another time',
  example: '/report 24h',
  // Teams shows 12 commands in a menu (schema 1.30): places there are for what is typed during an attack.
  scopes: [],
  parse: parseReport,
};

const digestCommand: CommandDescription = {
  name: 'digest',
  usage: '/digest [at <hh:mm>[,<hh:mm>…] | off]',
  summary: 'Shows the handover of this conversation, or posts it here every day at these times (UTC)',
  example: '/digest at 06:00, 14:00, 22:00',
  // No place left in the menu of Teams, as for the report.
  scopes: [],
  parse: parseDigest,
};

const helpCommand: CommandDescription = {
  name: 'help',
  usage: '/help [command]',
  summary: 'Lists the commands, or explains one',
  example: '/help restrict',
  scopes: everywhere,
  parse: parseHelp,
};

const whoamiCommand: CommandDescription = {
  name: 'whoami',
  usage: '/whoami',
  summary: 'Shows you alone who you are to Teams and Entra, and what you may do in Defender',
  example: '/whoami',
  scopes: everywhere,
  parse: () => ({ kind: 'whoami' }),
};

const signoutCommand: CommandDescription = {
  name: 'signout',
  usage: '/signout',
  summary: 'Ends your sign-in to Cordon',
  example: '/signout',
  scopes: everywhere,
  parse: () => ({ kind: 'signout' }),
};

/** Every command of this version, in the order in which people see them. */
export const commands: readonly CommandDescription[] = [
  restrictCommand,
  unrestrictCommand,
  approveCommand,
  denyCommand,
  cancelCommand,
  statusCommand,
  pendingCommand,
  historyCommand,
  activeCommand,
  digestCommand,
  reportCommand,
  whoamiCommand,
  signoutCommand,
  helpCommand,
];

/** Finds a command by its word, with or without the slash. */
export function findCommand(word: string): CommandDescription | undefined {
  const name = plainWord(word).replace(/^\//, '');
  return commands.find((command) => command.name === name);
}

function parseHelp(args: string): HelpCommand {
  const [word] = splitWord(args);
  const topic = plainWord(word).replace(/^\//, '').slice(0, 40);
  return topic === '' ? { kind: 'help' } : { kind: 'help', topic };
}
