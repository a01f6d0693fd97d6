import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { OtherRestriction, RunningBox, Wish } from '../../src/containment/time-box.ts';
import { pressedFor } from '../texts/pressed.ts';
import { approvesItsEnd, extendingApprovesItsEnd, lengthText, notByItself } from '../texts/time-box.ts';
import { type Line, type Run, line, personName, subtle, theirName, words } from './runs.ts';

type At = (moment: Instant) => string;

/** What was done about the time box, and by whom the restriction was lifted. */
export function boxRemarks({ box, released, ...request }: ContainmentRequest, at: At): Line[] {
  const lines: Line[] = [];
  if (released !== undefined) {
    const { by, followed, at: when, number } = released;
    const request = number === undefined ? '' : `, #${number}`;
    const whose =
      followed === true
        ? [subtle('Released by somebody else’s action')]
        : [subtle('Released by '), personName(by)];
    lines.push(line(...whose, subtle(` at ${at(when)}${request}`)));
  }
  const extended = box?.running?.extended;
  if (extended !== undefined) {
    const times = ` at ${at(extended.at)} until ${at(extended.until)}, instead of ${at(extended.from)}`;
    lines.push(line(subtle('Extended by '), personName(extended.by), subtle(times)));
  }
  const inForce = boxInForce({ box, released, ...request });
  return inForce === undefined ? lines : [...lines, ...pressed(inForce, at)];
}

/** Named one by one; whoever wants to know of more looks into Defender. */
const namedRestrictions = 3;

/** To be read before the click: a lift ends every restriction of the device. */
export function alsoRestrictedLines({ alsoRestricted }: ContainmentRequest, at: At): Line[] {
  const others = alsoRestricted?.others ?? [];
  const more = others.length - namedRestrictions;
  return [
    ...others.slice(0, namedRestrictions).map((other) => line(alsoRestrictedParts(other, at))),
    ...(more > 0 ? [line(subtle(`and ${more} more restrictions, which it lifts as well`))] : []),
  ];
}

export function alsoRestrictedParts({ by, since }: OtherRestriction, at: At): Run[] {
  return [
    words('Also restricted', { weight: 'Bolder' }),
    ...(by === undefined ? [] : [words(' by '), ...theirName(by, { weight: 'Bolder' })]),
    words(since === undefined ? '' : ` since ${at(since)}`),
    subtle('; approving lifts that, too'),
  ];
}

function pressed({ wishes, voided }: RunningBox, at: At): Line[] {
  return [
    ...(voided === undefined
      ? []
      : [
          line(
            personName(voided.by),
            subtle(`’s ${pressedFor[voided.verb]} did not hold (${at(voided.at)})`),
          ),
        ]),
    ...wishes
      .slice(0, 3)
      .map((wish) =>
        line(
          personName(wish.by),
          subtle(` pressed ${pressedFor[wish.verb]} ${at(wish.at)}, ${stageOf(wish)}`),
        ),
      ),
  ];
}

export function stageOf({ signInUntil }: Wish): string {
  return signInUntil === undefined ? 'checking' : 'asked for one more sign-in step';
}

/** How long the restriction is to hold, and whose word ends it. */
export function boxFact(request: ContainmentRequest, at: At): Line[] {
  const { box, state } = request;
  if (box === undefined) return [];
  const length = words(lengthText(box.running?.duration ?? box.duration));
  if (box.running === undefined) {
    const note = state.status === 'awaiting' ? [line(subtle(approvesItsEnd))] : [];
    return [line(length, subtle('  from Defender’s confirmation')), ...note];
  }
  const inForce = boxInForce(request);
  if (inForce === undefined) return [line(length)];
  const { until, authorisedBy, lift } = inForce;
  if (inForce.ended === true) return [line(length, subtle(`  over since ${at(until)}`))];
  const lines = [line(length, subtle(`  in force until ${at(until)}`))];
  if (lift !== undefined) return lines;
  if (state.status === 'ended' && !state.machineAction.ours) return [...lines, line(subtle(notByItself))];
  return [
    ...lines,
    line(subtle('Then lifted with the sign-in of '), personName(authorisedBy)),
    line(subtle(extendingApprovesItsEnd)),
  ];
}
