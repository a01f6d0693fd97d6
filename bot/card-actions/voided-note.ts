import { boxInForce } from '../../src/containment/box-in-force.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import * as texts from '../texts/decisions.ts';

/** Somebody whose click was void after their turn reads here why, should a message not have reached them. */
export function voidedNote(
  request: ContainmentRequest,
  person: Person,
  setup: texts.Setup,
): string | undefined {
  const wish = boxInForce(request)?.voided;
  if (wish !== undefined && isSamePerson(wish.by, person))
    return texts.wishVoidText(wish.why, wish.verb, request, setup);
  const voided = request.state.status === 'awaiting' ? request.state.voided : undefined;
  return voided !== undefined && isSamePerson(voided.by, person)
    ? texts.voidText(voided.why, request, setup)
    : undefined;
}
