import type { Person } from '../../src/containment/person.ts';
import type { Place } from '../../src/containment/request.ts';
import type { Digests } from '../../src/store/digest.ts';
import type { Handovers } from '../../src/store/handovers.ts';
import { renderDigest } from '../render/digest-card.ts';
import * as texts from '../texts/digest.ts';
import { type ListReply, hereOf } from './list-page.ts';
import type { DigestCommand } from './parsed-command.ts';

export interface DigestParts {
  readonly digests: Digests;
  readonly handovers: Pick<Handovers, 'times' | 'set' | 'end'>;
}

interface Asked {
  readonly command: DigestCommand;
  readonly person: Person;
  readonly place: Place;
}

/** Longer than any shift. */
const failuresOfSeconds = 24 * 3_600;

/** Shows the handover of the conversation, or says when it is posted there by itself. */
export async function runDigest(
  { digests, handovers }: DigestParts,
  { command: { times }, person, place }: Asked,
): Promise<ListReply> {
  const here = hereOf({ person, place });
  if (times === undefined)
    return renderDigest(await digests.read(here, failuresOfSeconds), await handovers.times(here));
  const change = { here, who: { objectId: person.objectId, name: person.name } };
  if (times.length === 0) return { text: (await handovers.end(change)) ? texts.isOff : texts.wasOff };
  await handovers.set(change, times);
  return { text: texts.isSet(times) };
}
