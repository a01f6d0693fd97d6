import { cardActivity, messageActivity } from '../sandbox/activities.ts';
import { cardButtons } from '../sandbox/card-reading.ts';
import { createDelivery } from '../sandbox/delivery.ts';
import type { Message } from '../sandbox/message-store.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Conversation, Person } from '../sandbox/world.ts';
import { botName, botTeamsId } from '../sandbox/world.ts';

/** Delivers what people do as fast as it can: activities are signed and built before the clock starts. */
export interface Client {
  readonly requester: Person;
  readonly approver: Person;
  readonly channel: Conversation;
  /** Says it to the bot in a thread of its own; answers the id of that thread once the bot has taken it. */
  say(text: string): Promise<string>;
  /** Presses a button, or any verb when the message has none; answers the milliseconds to the bot's answer. */
  press(person: Person, message: Message, verb: string): Promise<number>;
}

export async function createClient(sandbox: Sandbox): Promise<Client> {
  const { channel: signer, teams, world } = sandbox;
  const deliver = createDelivery(() => sandbox.bot.url, signer);
  const token = await signer.sign(teams.serviceUrl);
  const requester = world.person('riley');
  const channel = world.conversation('INC-2481');
  const at = `<at>${botName}</at>`;
  let said = 0;
  return {
    requester,
    approver: world.person('alex'),
    channel,
    say: async (text) => {
      const speaker = colleague(requester, (said += 1) % speakers);
      const message = teams.messages.add({
        conversationId: channel.id,
        from: { id: speaker.teamsId, name: speaker.name, isBot: false },
        text: `${at} ${text}`,
        mentions: [{ id: botTeamsId, name: botName, text: at }],
      });
      const origin = teams.origin(speaker, channel, message.threadId);
      const { status } = await deliver(messageActivity(origin, message, true), { token });
      if (status !== 200 && status !== 201) throw new Error(`The bot answered a message with ${status}.`);
      return message.threadId;
    },
    press: async (person, message, verb) => {
      const data = cardButtons(message.card ?? {}).find((button) => button.verb === 'approve')?.data ?? {};
      const origin = teams.origin(person, channel, message.threadId);
      const activity = cardActivity(origin, message.id, { verb, data, trigger: 'manual' });
      const started = performance.now();
      const { status, body } = await deliver(activity, { token });
      const ms = performance.now() - started;
      if (status !== 200 || body?.['statusCode'] !== 200) {
        throw new Error(`The bot answered ${verb} with ${status} and ${String(body?.['statusCode'])}.`);
      }
      return ms;
    },
  };
}

/** One person alone would soon meet the limit of one person. */
const speakers = 20;

function colleague(person: Person, index: number): Person {
  const tail = String(index).padStart(12, '0');
  return {
    ...person,
    objectId: `b0000000-0000-4000-8000-${tail}`,
    teamsId: `29:colleague-${tail}`,
    name: `Colleague ${index}`,
  };
}
