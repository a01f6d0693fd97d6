import type { Person } from '../../src/containment/person.ts';
import { markdownSafeName } from './untrusted.ts';

export interface Mention {
  readonly person: Person;
  /** What stands for the person in the text; the entity of the mention must bear exactly the same. */
  readonly text: string;
}

export function mentionOf(person: Person): Mention {
  return { person, text: `<at>${markdownSafeName(person.name)}</at>` };
}
