import type { Event } from '../../../src/containment/event.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';

interface Failing {
  /** The write of this event fails once: before it is stored, or with its answer lost. */
  readonly apply?: { readonly of: Event['kind']; readonly stored: boolean };
  /** The audit record of this fails once. */
  readonly note?: string;
}

/** A database that fails at one write, and at that one once. */
export function failingOnce(parts: JobParts, { apply, note }: Failing): JobParts & { failures(): number } {
  const { requests } = parts;
  let failures = 0;
  function fail(): never {
    failures += 1;
    throw new Error('The database went away');
  }
  return {
    ...parts,
    failures: () => failures,
    requests: {
      ...requests,
      apply: async (id, event) => {
        if (failures > 0 || event.kind !== apply?.of) return requests.apply(id, event);
        if (apply.stored) await requests.apply(id, event);
        return fail();
      },
      note: async (id, record) => {
        if (failures === 0 && record.what === note) fail();
        await requests.note(id, record);
      },
    },
  };
}
