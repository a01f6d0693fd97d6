import { cardActivity } from '../../sandbox/activities.ts';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardRefresh, cardTexts } from '../../sandbox/card-reading.ts';
import type { Delivered } from '../../sandbox/delivery.ts';
import { asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Conversation, Device, Person } from '../../sandbox/world.ts';
import type { Rig } from '../support/rig.ts';
import type { Timeline } from './timeline.ts';

/** A request as the one who typed it knows it. */
export interface Typed {
  readonly reason: string;
  readonly conversation: Conversation;
  readonly by: Person;
  /** Whether the bot took the command: then it must not be lost. */
  readonly taken: Promise<boolean>;
}

export interface Press {
  readonly by: Person;
  readonly verb: string;
  readonly comment: string;
  readonly deliveries: number;
}

/** One delivery of a press, and whether the presser was told that it is recorded, or what became of it. */
export interface Told {
  readonly requestId: string;
  readonly objectId: string;
  readonly verb: string;
  readonly acknowledged: boolean;
}

/** People in a run: what they do, and what they were told. */
export interface People {
  type(wish: { by: Person; conversation: Conversation; device: Device; reason: string }): Typed;
  /** Waits a moment for the card; nobody presses what is not there. */
  press(typed: Typed, press: Press): Promise<void>;
  messageOf(typed: Typed): Message | undefined;
  cardsOf(typed: Typed): readonly Message[];
  readonly told: readonly Told[];
}

const patienceMs = 1_500;

export function createPeople({ sandbox }: Rig, timeline: Timeline): People {
  const { teams } = sandbox;
  const told: Told[] = [];
  const cardsOf = ({ reason, conversation }: Typed): readonly Message[] =>
    teams.messages
      .list(conversation.id)
      .filter(({ from, card }) => from.isBot && cardTexts(card ?? {}).some((text) => text.includes(reason)));
  return {
    told,
    cardsOf,
    messageOf: ({ reason, conversation }) =>
      teams.messages
        .list(conversation.id)
        .find(({ from, text }) => !from.isBot && (text ?? '').endsWith(reason)),
    type: ({ by, conversation, device, reason }) => ({
      by,
      conversation,
      reason,
      taken: teams
        .say(by, conversation, `/restrict ${device.id} ${reason}`)
        .then(({ delivered }) => delivered?.status === 200 || delivered?.status === 201),
    }),
    press: async (typed, { by, verb, comment, deliveries }) => {
      const card = await teams.messages.until(() => cardsOf(typed).at(-1), patienceMs).catch(() => undefined);
      const requestId = asText(cardRefresh(card?.card ?? {})?.button.data['requestId']);
      if (card === undefined || requestId === undefined) {
        timeline.note(`no card for ${verb} of ${by.name} on ${typed.reason}`);
        return;
      }
      const origin = teams.origin(by, typed.conversation, card.threadId);
      const data = { requestId, comment };
      const activity = cardActivity(origin, card.id, { verb, data, trigger: 'manual' });
      const answers = await Promise.all(Array.from({ length: deliveries }, () => teams.deliver(activity)));
      for (const answer of answers) {
        const acknowledged = isAcknowledged(answer);
        told.push({ requestId, objectId: by.objectId, verb, acknowledged });
        timeline.note(`${by.name} ${verb} ${typed.reason}: ${wordsOf(answer)}`);
      }
    },
  };
}

/** Whatever is not an error, a login, or a plain "press again" claims that the click was taken. */
function isAcknowledged({ status, body }: Delivered): boolean {
  return status === 200 && body?.['statusCode'] === 200 && !wordsOf({ body }).includes('Please press again');
}

function wordsOf({ status, body }: Pick<Delivered, 'body'> & { status?: number | undefined }): string {
  const value = body?.['value'];
  const words = typeof value === 'string' ? value : cardWords(value);
  return `${status ?? '-'}/${String(body?.['statusCode'])} ${words}`;
}

function cardWords(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? cardTexts(value as Record<string, unknown>)
        .slice(0, 3)
        .join(' | ')
    : '';
}

export const personOf = (key: string): Person => addressBook.person(key);
