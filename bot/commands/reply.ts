import { badTimes } from '../texts/digest.ts';
import * as lists from '../texts/lists.ts';
import * as texts from '../texts/replies.ts';
import type { Fault, InvalidCommand, PlainProblem, UnusableCommand } from './parsed-command.ts';
import { nearestCommand } from './nearest-command.ts';
import { findCommand } from './registry.ts';

const problems: Readonly<Record<PlainProblem, (usage: string) => string>> = {
  'missing-device': texts.missingDevice,
  'malformed-device': texts.malformedDevice,
  'comma-before-for': texts.commaBeforeFor,
  'bad-duration': texts.badDuration,
  'duration-not-taken': texts.durationNotTaken,
  'missing-reason': texts.missingReason,
  'missing-comment': texts.missingComment,
  'missing-request': texts.missingRequest,
  'bad-request-number': texts.badRequestNumber,
  'bad-period': texts.badPeriod,
  'bad-times': badTimes,
  'missing-subject': lists.missingSubject,
  'missing-listed-device': lists.missingListedDevice,
  'several-subjects': lists.severalSubjects,
  'malformed-subject': lists.malformedSubject,
  'number-for-device': lists.numberForDevice,
  'bad-page': lists.badPage,
  'nothing-follows': lists.nothingFollows,
};

/** The one short answer to what cannot be carried out. To be sent as plain text. */
export function replyToUnusable(command: UnusableCommand): string {
  switch (command.kind) {
    case 'empty':
      return texts.emptyMessage;
    case 'unknown':
      return texts.unknownCommand(command.word, nearestCommand(command.word));
    case 'invalid':
      return replyToInvalid(command);
  }
}

function replyToInvalid(command: InvalidCommand): string {
  const usage = usageOf(command.command);
  if (command.problem === 'too-many-devices') return texts.tooManyDevices(command.count, usage);
  return `${ofSeveral(command.place)}${faultOf(command, usage)}`;
}

function faultOf(command: Fault, usage: string): string {
  if (command.problem === 'malformed-id') return texts.malformedDeviceId(command.length, usage);
  const isCancel = command.command === 'cancel' && command.problem === 'missing-reason';
  return isCancel ? texts.missingCancelReason(usage) : problems[command.problem](usage);
}

function ofSeveral(place: number | undefined): string {
  return place === undefined ? '' : texts.ofSeveralDevices(place);
}

function usageOf(name: string): string {
  return findCommand(name)?.usage ?? '/help';
}
