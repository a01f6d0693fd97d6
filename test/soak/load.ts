import { setTimeout as pause } from 'node:timers/promises';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardActivity } from '../../sandbox/activities.ts';
import { cardRefresh } from '../../sandbox/card-reading.ts';
import { asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import { faultOf } from '../chaos/plan-faults.ts';
import type { Random } from '../support/random.ts';
import type { Rig } from '../support/rig.ts';
import type { Truth } from '../support/truth.ts';

export interface Load {
  /** Lets people ask and decide at the rate until the time is over; answers when all have had their answers. */
  run(options: { minutes: number; rate: number; faultShare: number }): Promise<void>;
  /** Threads whose request is not known to be over. */
  readonly open: ReadonlyMap<string, Device>;
  /** The request of this thread is over: its device may be asked about again, and nobody looks at it any more. */
  done(threadId: string): void;
  /** Somebody sees to what only people can bring on. */
  attend(truth: Truth): Promise<void>;
  readonly answerMs: readonly number[];
  readonly asked: number;
  readonly faults: number;
}

const cardPatienceMs = 20_000;
const channel = addressBook.conversation('INC-2481');
const riley = addressBook.person('riley');
const deciders = [addressBook.person('alex'), addressBook.person('priya')] as const;

export function createLoad(rig: Rig, random: Random): Load {
  const { faults, teams } = rig.sandbox;
  const free = [...rig.devices];
  const open = new Map<string, Device>();
  const answerMs: number[] = [];
  const count = { asked: 0, faults: 0 };

  async function press(person: Person, card: Message, verb: string, comment: string): Promise<void> {
    const requestId = asText(cardRefresh(card.card ?? {})?.button.data['requestId']) ?? '';
    const origin = teams.origin(person, channel, card.threadId);
    const data = { requestId, comment };
    const { ms } = await teams.deliver(cardActivity(origin, card.id, { verb, data, trigger: 'manual' }));
    answerMs.push(ms);
  }

  async function story(device: Device): Promise<void> {
    count.asked += 1;
    const { message } = await teams.say(riley, channel, `/restrict ${device.id} Soak ${count.asked}`);
    open.set(message.threadId, device);
    const card = await cardIn(rig, message.threadId);
    if (card === undefined) return;
    await pause(random.whole(0, 1_000));
    const kind = random.next();
    if (kind < 0.8) await press(random.pick(deciders), card, 'approve', '');
    else if (kind < 0.95) await press(random.pick(deciders), card, 'deny', 'Not now');
    else await press(riley, card, 'cancel', 'No longer needed');
  }

  return {
    open,
    answerMs,
    get asked() {
      return count.asked;
    },
    get faults() {
      return count.faults;
    },
    done: (threadId) => {
      const device = open.get(threadId);
      if (device !== undefined) free.push(device);
      open.delete(threadId);
      rig.history.forget(threadId);
      for (const { id, conversationId, threadId: thread } of teams.messages.list(channel.id))
        if (thread === threadId) teams.messages.remove(conversationId, id);
    },
    attend: async ({ request, cardId }) => {
      const card = teams.messages.get(channel.id, cardId ?? '');
      if (card === undefined) return;
      const { status } = request.state;
      if (status === 'awaiting') await press(riley, card, 'cancel', 'Nobody decided');
      if (status === 'attention') await press(deciders[0], card, 'close', 'Looked at in Defender');
    },
    run: async ({ minutes, rate, faultShare }) => {
      const stories = new Set<Promise<void>>();
      const began = performance.now();
      for (let next = 0; next / rate < minutes * 60; next += 1) {
        await pause(Math.max(0, (next / rate) * 1_000 - (performance.now() - began)));
        const device = free.shift();
        if (device === undefined) throw new Error('All devices are taken: requests do not come to an end.');
        if (random.chance(faultShare)) {
          const { target, fault } = faultOf(random);
          faults.set({ faults: { [target]: { ...fault, times: 1 } } });
          count.faults += 1;
        }
        const running: Promise<void> = story(device).finally(() => stories.delete(running));
        stories.add(running);
      }
      await Promise.all(stories);
    },
  };
}

async function cardIn({ sandbox: { teams } }: Rig, threadId: string): Promise<Message | undefined> {
  const isCard = ({ threadId: thread, from, card }: Message): boolean =>
    thread === threadId && from.isBot && card !== undefined;
  return teams.messages.until((all) => all.find(isCard), cardPatienceMs).catch(() => undefined);
}
