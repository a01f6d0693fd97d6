import type { Instant } from '../../src/containment/person.ts';
import type { Digest, Some } from '../../src/store/digest.ts';
import type { HandoverTimes } from '../../src/store/handovers.ts';
import * as texts from '../texts/digest.ts';
import { passedOver } from '../texts/lists.ts';
import type { AdaptiveCardJson } from './card-json.ts';
import { comparedLine } from './compared-line.ts';
import { type ListContent, type ListRow, type Section, renderListCard } from './list-card.ts';
import { inForceRow, outcomeRow, waitingRow } from './list-rows.ts';
import { faint, line, words } from './runs.ts';
import { timeSpan } from './time-span.ts';
import type { Tone } from './tone.ts';
import { utc } from './utc.ts';

interface Handover {
  readonly card: AdaptiveCardJson;
  readonly summary: string;
}

/** What whoever takes over reads: first what wants somebody, then what goes on by itself. */
export function renderDigest(digest: Digest, times: HandoverTimes | undefined): Handover {
  const inShort = texts.inShort(countsOf(digest));
  const summary = `${texts.title}: ${inShort}`;
  const newer = digest.passedOver === 0 ? [] : [line(faint(passedOver(digest.passedOver)))];
  const notCompared = comparedLine(digest);
  const age = notCompared === undefined ? [] : [line(faint(notCompared))];
  const content = (rows: number): ListContent => ({
    title: texts.title,
    spoken: summary.endsWith('.') ? summary : `${summary}.`,
    tone: toneOf(digest),
    intro: [line(words(inShort)), line(faint(utc(digest.now)))],
    sections: sectionsOf(digest, rows),
    footer: [...newer, ...age, line(faint(texts.schedule(times)))],
  });
  return { card: renderListCard(content(5), content(3), content(2)), summary };
}

function countsOf({ awaiting, attention, running, elsewhere, inForce, failed }: Digest) {
  return {
    awaiting: awaiting.total,
    attention: attention.total,
    running: running.total,
    elsewhere: elsewhere.total,
    inForce: inForce.total,
    failed: failed.total,
  };
}

/** Somebody is asked for something, or nobody is. */
function toneOf({ awaiting, attention, failed }: Digest): Tone | undefined {
  if (attention.total + failed.total > 0) return 'attention';
  return awaiting.total > 0 ? 'warning' : undefined;
}

/** At most so many rows of each kind, with the way to the rest. */
function sectionsOf(digest: Digest, most: number): Section[] {
  const { since, now } = digest;
  const section = <Request>(
    part: texts.DigestPart,
    { requests, total }: Some<Request>,
    rowOf: (request: Request, now: Instant) => ListRow,
  ): Section => {
    const rows = requests.slice(0, most).map((request) => rowOf(request, now));
    const moreRow = { lines: [line(faint(texts.more(part, total - rows.length)))] };
    return {
      heading: texts.heading(part, total, timeSpan(since, now)),
      rows: total > rows.length ? [...rows, moreRow] : rows,
    };
  };
  return [
    section('awaiting', digest.awaiting, waitingRow),
    section('attention', digest.attention, waitingRow),
    section('failed', digest.failed, outcomeRow),
    section('running', digest.running, outcomeRow),
    section('elsewhere', digest.elsewhere, outcomeRow),
    section('inForce', digest.inForce, inForceRow),
  ];
}
