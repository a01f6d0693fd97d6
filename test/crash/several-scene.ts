import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardLabel, cardRefresh, cardTexts } from '../../sandbox/card-reading.ts';
import { asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Device } from '../../sandbox/world.ts';
import type { Asked } from '../e2e/play.ts';
import type { CrashWorld } from './crash-world.ts';

const incident = addressBook.conversation('INC-2481');

/** What the bot has posted in a thread. */
export function threadOf({ sandbox }: CrashWorld, threadId: string) {
  const all = (): Message[] =>
    sandbox.teams.messages.list(incident.id).filter((each) => each.from.isBot && each.threadId === threadId);
  return {
    cards: () => all().filter(({ card }) => card !== undefined && cardLabel(card) !== undefined),
    told: () => all().filter(({ mentions = [] }) => mentions.length > 0),
  };
}

export function askedBy(
  { id: messageId, card = {} }: Message,
  threadId: string,
  devices: readonly Device[],
): Asked {
  return {
    by: addressBook.person('riley'),
    device: devices[0] ?? assert.fail(),
    conversation: incident,
    threadId,
    messageId,
    requestId: asText(cardRefresh(card)?.button.data['requestId']) ?? '',
    number: /#\d+/.exec(cardTexts(card).join('\n'))?.[0] ?? '',
  };
}

/** Whose tokens Defender has taken an action on the device from. */
export function acceptedBy(
  { sandbox }: CrashWorld,
  { id }: Device,
  wanted: 'RestrictCodeExecution' | 'UnrestrictCodeExecution' = 'RestrictCodeExecution',
): readonly string[] {
  return sandbox.defender
    .submissions()
    .filter(({ deviceId, accepted, action }) => deviceId === id && accepted && action === wanted)
    .map(({ by }) => by);
}
