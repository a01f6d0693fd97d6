import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { cardLabel } from '../../src/containment/batch.ts';
import { howToGoOn } from '../texts/how-to-go-on.ts';
import { nextStep } from '../texts/next-steps.ts';
import { deviceLines } from './device-lines.ts';
import type { ListContent, Section } from './list-card.ts';
import { links } from './request-buttons.ts';
import { factRows } from './request-facts.ts';
import { remarks } from './request-remarks.ts';
import { actionTitle } from './request-title.ts';
import { type Line, faint, line, theirText, words } from './runs.ts';
import { type Room, deviceRow } from './several-rows.ts';
import { factsOfAll, remarksOfAll, roomsFor } from './several-view.ts';
import { devicesText } from '../texts/counted.ts';
import { countsText } from '../texts/several-devices.ts';
import { toneOfCard } from './tone.ts';
import { shownLength } from './untrusted.ts';
import { utc, utcShort } from './utc.ts';

/**
 * How one request stands, in the words of its card. It is a picture of a moment and says of which: the card itself goes on
 * changing, and only that has buttons.
 */
export function requestStatus(
  request: ContainmentRequest,
  now: Instant,
  portalUrl: string,
  room: Room = roomsFor(request)[0],
): ListContent {
  const label = cardLabel(request);
  const title = `${actionTitle(request.action)} · #${request.number}`;
  const next = line(words(nextStep(request)));
  return {
    title,
    spoken: `${actionTitle(request.action)}, request ${request.number}: ${label} at ${utc(now)}.`,
    tone: toneOfCard(request),
    lead: line(words(label, { weight: 'Bolder', size: 'ExtraLarge' }), faint(`  at ${utcShort(now, now)}`)),
    intro: [next],
    sections: [
      { rows: [{ lines: remarksOf(request) }].filter(({ lines }) => lines.length > 0) },
      ...deviceSections(request, room),
      { heading: 'Reason', rows: [{ lines: [line(theirText(request.reason, shownLength.comment))] }] },
    ],
    facts: request.members === undefined ? factRows(request) : factsOfAll(request),
    footer: [line(faint(howToGoOn(request)))],
    links: links(request, portalUrl),
  };
}

function remarksOf(request: ContainmentRequest): Line[] {
  return request.members === undefined ? remarks(request) : remarksOfAll(request);
}

function deviceSections(request: ContainmentRequest, room: Room): Section[] {
  const { members } = request;
  if (members === undefined) return [{ rows: [{ lines: deviceLines(request) }] }];
  const heading = `${devicesText(members.length)}: ${countsText(request)}`;
  return [{ heading, rows: members.map((member) => ({ lines: deviceRow(member, room) })) }];
}
