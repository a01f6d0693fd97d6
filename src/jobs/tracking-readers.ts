import type { Person } from '../containment/person.ts';
import type { TrackedAction } from '../store/tracked-actions.ts';

export interface Reader {
  /** Object id, lower case. */
  readonly key: string;
  readonly person: Person;
}

/**
 * Whose tokens to read with, the most useful first. Everybody who approved something still open can be asked; whoever
 * saw an action last will see it again, so the readers of many actions come first and few list calls see all.
 */
export function readersFor(actions: readonly Pick<TrackedAction, 'approver' | 'lastReader'>[]): Reader[] {
  const people = new Map<string, Person>();
  const weight = new Map<string, number>();
  for (const action of actions) {
    const approver = action.approver.objectId.toLowerCase();
    people.set(approver, action.approver);
    const likely = action.lastReader ?? approver;
    weight.set(likely, (weight.get(likely) ?? 0) + 1);
  }
  return [...people]
    .map(([key, person]) => ({ key, person }))
    .sort((one, other) => (weight.get(other.key) ?? 0) - (weight.get(one.key) ?? 0));
}
