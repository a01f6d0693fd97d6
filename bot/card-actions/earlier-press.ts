import { membersOf } from '../../src/containment/batch.ts';
import { wishForSignIn } from '../../src/containment/box-wishes.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Click } from '../../src/containment/state.ts';
import type { WishVerb } from '../../src/containment/time-box.ts';
import * as texts from '../texts/earlier-press.ts';
import { pressedFor } from '../texts/pressed.ts';

type Members = readonly Pick<ContainmentRequest, 'id'>[];

export function clickOfPerson({ state }: ContainmentRequest, person: Person): Click | undefined {
  return state.status === 'awaiting' ? state.clicks.find(({ by }) => isSamePerson(by, person)) : undefined;
}

/** What another press of theirs is for, and this one is not: that one goes on all the same. */
export function earlierPress(shown: ContainmentRequest, person: Person, chosen: Members): string[] {
  const others = notOf(shown, chosen).flatMap((member) => clickOfPerson(member, person) ?? []);
  const waiting = others.filter(({ signInUntil }) => signInUntil !== undefined).length;
  const checked = others.length - waiting;
  return [
    ...(checked === 0 ? [] : [texts.earlierPressText(checked)]),
    ...(waiting === 0 ? [] : [texts.earlierPressWaitsText('Approve', waiting, shown)]),
  ];
}

/** The same of Release or Extend; what is being checked moves each device by itself. */
export function earlierWish(
  shown: ContainmentRequest,
  { person, verb }: { readonly person: Person; readonly verb: WishVerb },
  chosen: Members,
): string[] {
  const waiting = notOf(shown, chosen).filter((member) => wishForSignIn(member, person, verb)).length;
  return waiting === 0 ? [] : [texts.earlierPressWaitsText(pressedFor[verb], waiting, shown)];
}

function notOf(shown: ContainmentRequest, chosen: Members): readonly ContainmentRequest[] {
  return membersOf(shown).filter(({ id }) => !chosen.some((one) => one.id === id));
}
