import { boxInForce } from '../../src/containment/box-in-force.ts';
import { membersOf } from '../../src/containment/batch.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import * as texts from '../texts/decisions.ts';

/** Somebody whose click was void after their turn reads here why, should a message not have reached them. */
export function voidedNote(
  request: ContainmentRequest,
  person: Person,
  setup: texts.Setup,
): string | undefined {
  for (const one of membersOf(request)) {
    const wish = boxInForce(one)?.voided;
    if (wish !== undefined && isSamePerson(wish.by, person))
      return texts.wishVoidText(wish.why, wish.verb, one, setup);
    const voided = one.state.status === 'awaiting' ? one.state.voided : undefined;
    if (voided !== undefined && isSamePerson(voided.by, person))
      return texts.voidText(voided.why, one, setup);
  }
  return undefined;
}
