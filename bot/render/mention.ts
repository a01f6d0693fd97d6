import type { Person } from '../../src/containment/request.ts';
import { markdownSafeName } from './untrusted.ts';

/** What stands for a person in the text of a message; the mention's entity must bear exactly the same text. */
export function mentionText(person: Person): string {
  return `<at>${markdownSafeName(person.name)}</at>`;
}
