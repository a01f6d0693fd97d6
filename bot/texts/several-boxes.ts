import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { Refusal } from '../../src/containment/event.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { WishVerb } from '../../src/containment/time-box.ts';
import { utcShort } from '../render/utc.ts';
import { refusalText } from './decisions.ts';
import { pressedFor } from './pressed.ts';
import { devicesText } from './counted.ts';
import { byReason, notForText } from './several-devices.ts';

/** What one press of Release or Extend comes to for several devices; for its presser alone. */

export function noneChosenText({ number }: ContainmentRequest, verb: WishVerb): string {
  const what = verb === 'release' ? 'released' : 'extended';
  return `None of the devices of #${number} that could be ${what} is chosen, so nothing was changed. Choose those that you mean, then press ${pressedFor[verb]}.`;
}

/** Why the press itself does not count for one of them. */
export function notMovedText(refusal: Refusal, member: ContainmentRequest): string {
  switch (refusal.code) {
    case 'no-time-box':
      return 'No restriction with a time box is in force there any more.';
    case 'lift-asked-for':
      return `#${boxInForce(member)?.lift?.number ?? member.number} already asks to lift it.`;
    case 'not-longer':
      return 'That long from now is not later than the end that it has already.';
    case 'wish-checking':
      return 'What you pressed before is still being checked.';
    default:
      return refusalText(refusal, member);
  }
}

interface ForOne {
  readonly request: ContainmentRequest;
  readonly text: string;
}

interface Moved {
  readonly by: Person;
  /** As they stand since the check. */
  readonly decided: readonly ContainmentRequest[];
  readonly refused: readonly ForOne[];
  readonly unanswered: number;
  readonly notPressed: readonly ForOne[];
}

export function movedSeveralText(
  verb: WishVerb,
  { by, decided, refused, unanswered, notPressed }: Moved,
): string {
  const came = Map.groupBy(decided, (member) => cameTo(member, { verb, by, of: '' }));
  return [
    ...[...came.values()].flatMap((members) =>
      members.slice(0, 1).map((one) => cameTo(one, { verb, by, of: devicesText(members.length) })),
    ),
    ...(unanswered === 0
      ? []
      : [
          `${devicesText(unanswered)} ${unanswered === 1 ? 'is' : 'are'} still being checked; the card shows the result.`,
        ]),
    ...byReason(refused).map(
      ([text, names]) => `Your ${pressedFor[verb]} did not count for ${names}: ${text}`,
    ),
    ...(notPressed.length === 0 ? [] : [notForText(notPressed)]),
  ].join(' ');
}

interface Of {
  readonly verb: WishVerb;
  readonly by: Person;
  /** How many of them this is true of. */
  readonly of: string;
}

function cameTo(member: ContainmentRequest, { verb, by, of }: Of): string {
  const box = boxInForce(member);
  if (box === undefined) return `The restriction of ${of} is in force no more.`;
  if (box.lift !== undefined)
    return `#${box.lift.number} is to lift the restriction of ${of}; its card shows how that stands.`;
  return verb === 'extend' && box.extended !== undefined && isSamePerson(box.extended.by, by)
    ? `The restriction of ${of} is in force until ${utcShort(box.until, member.createdAt)}.`
    : `Your ${pressedFor[verb]} did not count for ${of}; the card shows how that stands.`;
}
