import type { Person } from '../../src/containment/person.ts';
import { type Place, hasOwnThread } from '../../src/containment/request.ts';
import type { Log } from '../../src/platform/log.ts';
import type { Alone } from '../alone.ts';
import type { Inbound } from '../inbound.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { renderHelpCard } from '../render/help-card.ts';
import * as texts from '../texts/replies.ts';
import { helpView } from './help.ts';
import type { ListParts } from './list-page.ts';
import { messageText } from './message-text.ts';
import { parseCommand } from './parse.ts';
import type {
  DigestCommand,
  ListCommand,
  ParsedCommand,
  ReportCommand,
  RestrictionCommand,
  SeveralCommand,
} from './parsed-command.ts';
import { replyToUnusable } from './reply.ts';
import { runActive } from './run-active.ts';
import { type ApproveParts, runApprove } from './run-approve.ts';
import { type CancelParts, runCancel } from './run-cancel.ts';
import { type DenyParts, runDeny } from './run-deny.ts';
import { type DigestParts, runDigest } from './run-digest.ts';
import { runHistory } from './run-history.ts';
import { runPending } from './run-pending.ts';
import { type PrivateCommandParts, runPrivateCommand } from './run-private-command.ts';
import { type ReportParts, runReport } from './run-report.ts';
import { type RestrictionParts, runRestriction } from './run-restriction.ts';
import { runSeveral } from './run-several.ts';
import { runStatus } from './run-status.ts';

export type MessageParts = RestrictionParts &
  ApproveParts &
  DenyParts &
  CancelParts &
  ListParts &
  ReportParts &
  DigestParts &
  PrivateCommandParts & { readonly log: Log };

export interface Message {
  /** As it came, with entities and attachments. */
  readonly raw: unknown;
  readonly activity: Inbound;
  readonly person: Person;
  /** Where everybody reads what comes of it. */
  readonly place: Place;
  /** It was written to the bot alone, and so is what it is answered with. */
  readonly alone: Alone | undefined;
}

export type Reply = (TextReply | CardReply) & { readonly isForAll?: true };

interface TextReply {
  readonly text: string;
}

interface CardReply {
  readonly card: AdaptiveCardJson;
  readonly summary: string;
}

/** What a typed message is answered with; nothing when the card of the request is the answer. */
export async function answerMessage(parts: MessageParts, message: Message): Promise<Reply | undefined> {
  const command = parseCommand(messageText(message.raw));
  const { person, place } = message;
  if (onlyShows(command)) return orNotRecorded(show(parts, message, command), parts.log);
  switch (command.kind) {
    case 'help':
      return { card: renderHelpCard(helpView(command.topic)), summary: texts.helpSummary };
    case 'restrict':
    case 'unrestrict':
    case 'several':
      return orNotRecorded(askFor(parts, message, command), parts.log);
    case 'approve':
      return orNotRecorded(runApprove(parts, { command, person, place }), parts.log);
    case 'deny':
      return inWords(orTold(message, runDeny(parts, { command, person, place })), parts.log);
    case 'cancel':
      return inWords(orTold(message, runCancel(parts, { command, person, place })), parts.log);
    case 'digest':
      return orNotRecorded(digest(parts, message, command), parts.log);
    case 'whoami':
    case 'signout':
      return orNotRecorded(answerPrivately(parts, message, command.kind), parts.log);
    default:
      return { text: replyToUnusable(command) };
  }
}

async function askFor(
  parts: MessageParts,
  message: Message,
  command: RestrictionCommand | SeveralCommand,
): Promise<Reply | undefined> {
  const { activity, person, place, alone } = message;
  const { id: activityId } = activity;
  if (activityId === undefined) return { text: texts.notRecorded };
  const asked = { person, place, activityId, isPrivate: isPrivate(message) };
  const reply = await (command.kind === 'several'
    ? runSeveral(parts, { command, ...asked })
    : runRestriction(parts, { command, ...asked }));
  if (reply !== undefined || alone === undefined) return reply;
  return { text: texts.askedBeforeAll(hasOwnThread(place)) };
}

/** Nobody but the one who typed reads the answer. */
function isPrivate({ place, alone }: Message): boolean {
  return place.kind === 'personal' || alone !== undefined;
}

/** What is silent where the card itself answers is said to whoever wrote where no card comes. */
async function orTold({ alone }: Message, work: Promise<string | undefined>): Promise<string | undefined> {
  return (await work) ?? (alone === undefined ? undefined : texts.shownOnCard);
}

/** Who sets the times of a handover sets them for all. */
async function digest(parts: MessageParts, message: Message, command: DigestCommand): Promise<Reply> {
  const { person, place } = message;
  const reply = await runDigest(parts, { command, person, place });
  return command.times === undefined ? reply : { ...reply, isForAll: true };
}

function answerPrivately(parts: MessageParts, message: Message, kind: 'whoami' | 'signout'): Promise<Reply> {
  const { person, place } = message;
  return runPrivateCommand(parts, { kind, person, place, isPrivate: isPrivate(message) });
}

type Showing = ListCommand | ReportCommand;

/** Reads our own register and changes nothing. */
function onlyShows(command: ParsedCommand): command is Showing {
  const kinds: readonly ParsedCommand['kind'][] = ['status', 'pending', 'history', 'active', 'report'];
  return kinds.includes(command.kind);
}

function show(parts: MessageParts, message: Message, command: Showing): Promise<Reply> {
  const { person, place } = message;
  switch (command.kind) {
    case 'status':
      return runStatus(parts, message, command);
    case 'pending':
      return runPending(parts, message, command.page);
    case 'history':
      return runHistory(parts, message, command);
    case 'active':
      return runActive(parts, message, command.page);
    case 'report':
      return runReport(parts, { command, tenantId: person.tenantId, place });
  }
}
async function orNotRecorded(work: Promise<Reply | undefined>, log: Log): Promise<Reply | undefined> {
  try {
    return await work;
  } catch (error) {
    log.error({ err: error }, 'a command could not be carried out');
    return { text: texts.notRecorded };
  }
}

async function inWords(work: Promise<string | undefined>, log: Log): Promise<Reply | undefined> {
  return orNotRecorded(
    work.then((text) => (text === undefined ? undefined : { text })),
    log,
  );
}
