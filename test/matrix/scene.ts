import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardRefresh, cardTexts } from '../../sandbox/card-reading.ts';
import type { Aimed, FaultAction, FaultTarget } from '../../sandbox/faults.ts';
import { asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import { told } from '../e2e/play.ts';

/** Each cell has an approver and a device of its own, so that a fault aimed at it strikes nobody else. */
export interface Cast {
  readonly approver: Person;
  readonly device: Device;
  /** In no other request; stands on every card. */
  readonly reason: string;
}

/** `alone`: nobody else sees the device, whose look at Defender's list would find its action before the fault could strike. */
export function castOf(index: number, alone = false): Cast {
  const number = String(index + 1).padStart(3, '0');
  const name = `ws-matrix-${number}.contoso.example`;
  const group = alone ? `Matrix ${number}` : 'Workstations';
  const rights = { deviceGroups: [group], mayRemediate: true, hasDefenderRole: true };
  return {
    reason: `Beacon seen in cell ${number}`,
    approver: {
      ...rights,
      key: `approver${number}`,
      name: `Approver ${number}`,
      upn: `approver${number}@contoso.example`,
      objectId: randomUUID(),
      teamsId: `29:matrix-${number}`,
      role: 'approves one request',
    },
    device: {
      ...addressBook.device('ws-finance-017'),
      id: createHash('sha1').update(name).digest('hex'),
      name,
      group,
    },
  };
}

const channel = addressBook.conversation('INC-2481');
const requester = addressBook.person('riley');
/** Everything converges within half a minute; a busy machine is slower. */
const patienceMs = 90_000;

export interface Scene extends Cast {
  readonly sandbox: Sandbox;
  ask(): Promise<void>;
  aim(target: FaultTarget, about: string, fault: FaultAction): Aimed;
  untilStruck(aimed: Aimed): Promise<void>;
  /** Presses the button of the verb on the first card; answers what is said. */
  press(verb: string): Promise<string>;
  cards(): readonly Message[];
  /** Replies in the thread that state the outcome. */
  outcomes(): readonly Message[];
  /** The text of the newest card; empty without one. */
  text(): string;
  /** The card says so now, or did at some time since the beginning. */
  untilSeen(wanted: RegExp): Promise<void>;
  until(what: string, check: () => boolean): Promise<void>;
  accepted(): number;
}

export function createScene(sandbox: Sandbox, cast: Cast): Scene {
  const { messages } = sandbox.teams;
  const seen: string[] = [''];
  let threadId = '';
  const isOurs = ({ card }: Message): boolean =>
    card !== undefined && JSON.stringify(card).includes(`"${cast.reason}"`);
  messages.onChange(({ message }) => {
    if (isOurs(message)) seen.push(textOf(message));
  });
  const cards = () => messages.list(channel.id).filter(isOurs);
  const text = (): string => {
    const newest = cards().at(-1);
    return newest === undefined ? '' : textOf(newest);
  };
  const until = async (what: string, check: () => boolean): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!check()) {
      if (performance.now() > deadline) assert.fail(`Not in time: ${what}. The card says:\n${text()}`);
      await pause(50);
    }
  };
  return {
    ...cast,
    sandbox,
    cards,
    text,
    until,
    ask: async () => {
      const said = await sandbox.teams.say(requester, channel, `/restrict ${cast.device.id} ${cast.reason}`);
      ({ threadId } = said.message);
    },
    aim: (target, about, fault) => sandbox.faults.aim({ target, about, fault }),
    untilStruck: async (aimed) => {
      let struck = false;
      void aimed.struck.then(() => (struck = true));
      await until('the fault strikes', () => struck);
    },
    press: async (verb) => {
      const [card] = cards();
      assert.ok(card, 'there is a card to press on');
      const requestId = asText(cardRefresh(card.card ?? {})?.button.data['requestId']);
      const { id: messageId } = card;
      const data = { requestId, comment: '' };
      return told(
        await sandbox.teams.invoke(cast.approver, { conversationId: channel.id, messageId, verb, data }),
      );
    },
    outcomes: () =>
      messages
        .list(channel.id)
        .filter((one) => one.threadId === threadId && one.from.isBot && / Succeeded: /.test(one.text ?? '')),
    untilSeen: (wanted) =>
      until(`the card says ${String(wanted)}`, () => seen.some((one) => wanted.test(one))),
    accepted: () =>
      sandbox.defender
        .submissions()
        .filter(({ deviceId, accepted }) => deviceId === cast.device.id && accepted).length,
  };
}

function textOf({ card }: Message): string {
  return cardTexts(card ?? {}).join('\n');
}
