import type { Conversation, Device, Person } from './world.ts';
import { botName, botTeamsId, conversations, devices, people } from './world.ts';

/** The seeded world, to be asked by the names that people use. */
export interface AddressBook {
  readonly people: readonly Person[];
  readonly devices: readonly Device[];
  readonly conversations: readonly Conversation[];
  readonly bot: { readonly id: string; readonly name: string };
  person(key: string): Person;
  /** By the first part of its name, for instance `ws-finance-017`. */
  device(name: string): Device;
  /** A channel or group chat by its name, or the first word of it. */
  conversation(name: string): Conversation;
  /** A person's own chat with the bot. */
  chat(person: Person): Conversation;
}

export const addressBook: AddressBook = {
  people,
  devices,
  conversations,
  bot: { id: botTeamsId, name: botName },
  person: (key) => known(people.find((each) => each.key === key)),
  device: (name) => known(devices.find((each) => each.name.split('.')[0] === name)),
  conversation: (name) =>
    known(
      conversations.find(
        (each) => each.kind !== 'personal' && (each.name === name || each.name.startsWith(`${name} `)),
      ),
    ),
  chat: (person) =>
    known(conversations.find(({ kind, members: [only] }) => kind === 'personal' && only === person.key)),
};

function known<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('The seeded world has no such entry.');
  return found;
}
