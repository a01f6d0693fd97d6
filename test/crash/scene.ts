import assert from 'node:assert/strict';
import type { Label } from '../../sandbox/card-reading.ts';
import { cardLabel, cardRefresh, cardTexts } from '../../sandbox/card-reading.ts';
import { asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import { type Asked, createPlay, told } from '../e2e/play.ts';
import type { CrashWorld, Kill } from './crash-world.ts';

export const riley = addressBook.person('riley');
export const alex = addressBook.person('alex');
export const sam = addressBook.person('sam');
export const priya = addressBook.person('priya');
const incident = addressBook.conversation('INC-2481');

/** Longer than any wait of the bot’s own that a play does not shorten, also on a machine with other things to do. */
export const patienceMs = 90_000;

export interface Ending {
  readonly label: Label;
  /** Whose own token submitted; absent: nobody's did. */
  readonly by?: Person;
  /** A send whose answer nobody heard may be made again: only then may the thread read it twice. */
  readonly toldAtMost?: 1 | 2;
  readonly cardsAtMost?: 1 | 2;
  /** The card needed attention first; what came after it goes forward by itself. */
  readonly retried?: true;
}

/** What people do and see in a play that a kill interrupts. */
export interface Scene {
  readonly world: CrashWorld;
  readonly device: Device;
  readonly label: (asked: Asked) => Label | undefined;
  readonly until: (asked: Asked, wanted: Label | RegExp) => Promise<void>;
  /** The bot ends at these steps from now on. */
  killAt(kills: readonly Kill[], asked?: Asked): void;
  /** Types a command, delivered as often as Teams would until it is acknowledged, and waits for the card. */
  ask(reason?: string): Promise<Asked>;
  /** The bot's messages in the thread of a command, once there is one. */
  say(text: string): Promise<{ readonly threadId: string; readonly replies: () => readonly Message[] }>;
  /** Presses once; undefined when no answer came. Waits until the bot is up again. */
  pressOnce(person: Person, asked: Asked, verb: string, comment?: string): Promise<InvokeAnswer | undefined>;
  /** Presses until there is an answer, as people do. */
  press(person: Person, asked: Asked, verb: string, comment?: string): Promise<InvokeAnswer>;
  /** The card and the thread come to this end, Defender was asked once at most, and a late click changes nothing. */
  ends(asked: Asked, ending: Ending): Promise<void>;
}

export function createScene(world: CrashWorld, device: Device): Scene {
  const { teams, defender } = world.sandbox;
  const { messages } = teams;
  const play = createPlay(() => world.sandbox, []);
  const labels = labelsOf(messages);
  const inThread = (threadId: string): Message[] =>
    messages.list(incident.id).filter((each) => each.from.isBot && each.threadId === threadId);
  const cardsIn = (threadId: string) =>
    inThread(threadId).filter(({ card }) => card !== undefined && cardLabel(card) !== undefined);

  async function say(text: string): Promise<string> {
    const { message, activity, delivered } = await teams.say(riley, incident, text);
    // Teams delivers again for longer than a start takes; the simulated one gives up earlier.
    for (let status = delivered?.status; status !== 200;) {
      await world.up();
      ({ status } = await teams.deliver(activity));
    }
    return message.threadId;
  }

  async function pressOnce(...what: Parameters<Scene['press']>): Promise<InvokeAnswer | undefined> {
    const [person, asked, verb, comment = ''] = what;
    const answer = await play.pressAnyway(person, asked, verb, { comment });
    // No answer, or one that asks to press again because the bot was too busy.
    if (answer.statusCode !== 504)
      return /Please press again/.test(told(answer)) ? pressOnce(...what) : answer;
    await world.up();
    return undefined;
  }

  async function press(...what: Parameters<Scene['press']>): Promise<InvokeAnswer> {
    for (;;) {
      const answer = await pressOnce(...what);
      if (answer !== undefined) return answer;
    }
  }

  return {
    world,
    device,
    label: (asked) => play.label(asked),
    until: (asked, wanted) => play.until(asked, wanted, patienceMs),
    killAt: (kills, asked) => world.plan(kills, asked?.requestId),
    pressOnce,
    press,
    say: async (text) => {
      const threadId = await say(text);
      return { threadId, replies: () => inThread(threadId) };
    },
    ask: async (reason = 'Beacon seen') => {
      const threadId = await say(`/restrict ${device.id} ${reason}`);
      await messages.until(() => cardsIn(threadId)[0], patienceMs);
      return readAsked(device, threadId, () => cardsIn(threadId));
    },
    ends: async (asked, { label, by, toldAtMost = 1, cardsAtMost = 1, retried }) => {
      await world.done();
      await messages.until(() => cardsIn(asked.threadId)[0], patienceMs);
      // The newest copy is the one that the bot knows.
      const last = readAsked(device, asked.threadId, () => cardsIn(asked.threadId));
      await play.until(last, label, patienceMs);
      const toldOf = () => inThread(asked.threadId).filter(({ mentions = [] }) => mentions.length > 0);
      await messages.until(() => toldOf()[0], patienceMs);
      const late = await press(alex, last, 'approve');
      assert.equal(late.statusCode, 200);
      assert.equal(play.label(last), label);
      assert.ok(toldOf().length <= toldAtMost, `told ${toldOf().length} times`);
      assert.ok(cardsIn(asked.threadId).length <= cardsAtMost, 'one card');
      const all = labels.of(last.messageId);
      assertForward(retried === true ? all.slice(all.lastIndexOf('Needs attention') + 1) : all);
      assert.deepEqual(
        defender
          .submissions()
          .filter(({ deviceId }) => deviceId === device.id)
          .map((each) => ({ by: each.by, accepted: each.accepted })),
        by === undefined ? [] : [{ by: by.upn, accepted: true }],
      );
    },
  };
}

function readAsked(device: Device, threadId: string, cards: () => readonly Message[]): Asked {
  const message = cards().at(-1);
  if (message?.card === undefined) throw new Error('There is no card.');
  return {
    by: riley,
    device,
    conversation: incident,
    threadId,
    messageId: message.id,
    requestId: asText(cardRefresh(message.card)?.button.data['requestId']) ?? '',
    number: /#\d+/.exec(cardTexts(message.card).join('\n'))?.[0] ?? '',
  };
}

function labelsOf(messages: CrashWorld['sandbox']['teams']['messages']) {
  const seen = new Map<string, Label[]>();
  messages.onChange(({ message: { id, card } }) => {
    const label = card && cardLabel(card);
    if (label !== undefined) seen.set(id, [...(seen.get(id) ?? []), label]);
  });
  return { of: (messageId: string) => seen.get(messageId) ?? [] };
}

const order: readonly Label[] = ['Awaiting approval', 'Approved', 'Submitting', 'Pending', 'In progress'];

/** Ends stand behind everything else. */
function assertForward(labels: readonly Label[]): void {
  const ranks = labels.map((label) => (order.includes(label) ? order.indexOf(label) : order.length));
  assert.deepEqual(
    ranks,
    ranks.toSorted((one, other) => one - other),
    labels.join(' → '),
  );
}
