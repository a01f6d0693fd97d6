import type { Conversation, Person } from './world.ts';

/** Who was in a conversation of the seeded world and is not any more. */
export interface Departed {
  has(person: Person, conversation: Conversation): boolean;
  add(person: Person, conversation: Conversation): void;
  delete(person: Person, conversation: Conversation): void;
}

export function createDeparted(): Departed {
  const gone = new Set<string>();
  const keyOf = (person: Person, { id }: Conversation): string => `${person.key} ${id}`;
  return {
    has: (person, conversation) => gone.has(keyOf(person, conversation)),
    add: (person, conversation) => void gone.add(keyOf(person, conversation)),
    delete: (person, conversation) => void gone.delete(keyOf(person, conversation)),
  };
}
