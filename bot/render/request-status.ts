import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { labelOf } from '../../src/containment/state.ts';
import { howToGoOn } from '../texts/how-to-go-on.ts';
import { nextStep } from '../texts/next-steps.ts';
import { deviceLines } from './device-lines.ts';
import type { ListContent } from './list-card.ts';
import { links } from './request-buttons.ts';
import { factRows } from './request-facts.ts';
import { remarks } from './request-remarks.ts';
import { actionTitle } from './request-title.ts';
import { faint, line, theirText, words } from './runs.ts';
import { toneOf } from './tone.ts';
import { shownLength } from './untrusted.ts';
import { utc, utcShort } from './utc.ts';

/**
 * How one request stands, in the words of its card. It is a picture of a moment and says of which: the card itself goes on
 * changing, and only that has buttons.
 */
export function requestStatus(request: ContainmentRequest, now: Instant, portalUrl: string): ListContent {
  const label = labelOf(request.state);
  const title = `${actionTitle(request.action)} · #${request.number}`;
  const next = line(words(nextStep(request)));
  return {
    title,
    spoken: `${actionTitle(request.action)}, request ${request.number}: ${label} at ${utc(now)}.`,
    tone: toneOf(request.state),
    lead: line(words(label, { weight: 'Bolder', size: 'ExtraLarge' }), faint(`  at ${utcShort(now, now)}`)),
    intro: [next],
    sections: [
      { rows: [{ lines: remarks(request) }].filter(({ lines }) => lines.length > 0) },
      { rows: [{ lines: deviceLines(request) }] },
      { heading: 'Reason', rows: [{ lines: [line(theirText(request.reason, shownLength.comment))] }] },
    ],
    facts: factRows(request),
    footer: [line(faint(howToGoOn(request)))],
    links: links(request, portalUrl),
  };
}
