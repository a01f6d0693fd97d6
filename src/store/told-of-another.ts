import { isOfOneDevice } from '../containment/batch.ts';
import type { Effect, PrivateNote } from '../containment/event.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State, VoidReason } from '../containment/state.ts';
import type { WishVerb } from '../containment/time-box.ts';

export type Tell = Extract<Effect, { kind: 'tell' }>;

/** The same came of the same press for another of the devices, and was told by message: the words are about some of them. */
export function isToldOfAnother(
  tell: Tell,
  request: ContainmentRequest,
  others: readonly ContainmentRequest[],
) {
  const { to, note } = tell;
  if (note.about === 'cancellation' || isOfOneDevice(note.why)) return false;
  if (note.about !== 'approval') return isWishToldOfAnother({ to, note }, request, others);
  if (note.why.code === 'decided-meanwhile') return hasOvertaken(others, request, to);
  const press = voidedIn(request.state)?.press;
  return others.some(({ state }) => {
    const voided = voidedIn(state);
    return (
      press !== undefined &&
      voided?.press === press &&
      voided.told === true &&
      voided.why.code === note.why.code &&
      isSamePerson(voided.by, to)
    );
  });
}

interface OfWish {
  readonly to: Person;
  readonly note: Extract<PrivateNote, { about: WishVerb }>;
}

function isWishToldOfAnother(
  tell: OfWish,
  request: ContainmentRequest,
  others: readonly ContainmentRequest[],
): boolean {
  const presses = new Set(pressesOf(request, tell).map(({ press }) => press));
  return others.some((other) =>
    pressesOf(other, tell).some(({ press, told }) => told === true && presses.has(press)),
  );
}

interface CameToNothing {
  readonly by: Person;
  readonly why: VoidReason;
  readonly press?: string | undefined;
  readonly told?: true | undefined;
}

/** Which presses of this person came to nothing for this device, for that reason. Who is overtaken is always told by message. */
function pressesOf({ box }: ContainmentRequest, { to, note }: OfWish): CameToNothing[] {
  const { voided, overtook = [] } = box?.running ?? {};
  const all: CameToNothing[] = [
    ...(voided?.verb === note.about ? [voided] : []),
    ...overtook.map((one) => ({ ...one, told: true as const })),
  ];
  return all.filter(
    ({ press, by, why }) => press !== undefined && isSamePerson(by, to) && isSame(why, note.why),
  );
}

function isSame(one: VoidReason, other: VoidReason): boolean {
  return one.code === other.code && numberIn(one) === numberIn(other);
}

/** Overtaken by another lift is told anew. */
function numberIn(why: VoidReason): number | undefined {
  return why.code === 'lift-meanwhile' ? why.number : undefined;
}

function voidedIn(state: State) {
  return state.status === 'awaiting' ? state.voided : undefined;
}

/** The same person's approval came before the same press elsewhere. */
function hasOvertaken(
  others: readonly ContainmentRequest[],
  request: ContainmentRequest,
  { objectId }: Person,
): boolean {
  const approval = approvalIn(request);
  const presses = (approval?.overtook ?? []).filter(({ by }) => by === objectId).map(({ press }) => press);
  return others.some((other) => {
    const theirs = approvalIn(other);
    const isBySame = theirs !== undefined && approval !== undefined && isSamePerson(theirs.by, approval.by);
    return isBySame && (theirs.overtook ?? []).some(({ press }) => presses.includes(press));
  });
}

function approvalIn({ state }: ContainmentRequest) {
  return 'approval' in state ? state.approval : undefined;
}
