import type { Label } from '../../src/containment/state.ts';
import type { Report, Times } from '../../src/store/reports.ts';
import template from '../../cards/report.json' with { type: 'json' };
import type { Duration } from '../../src/containment/duration.ts';
import * as texts from '../texts/report.ts';
import { barHeight, barPicture } from './bar-picture.ts';
import type { AdaptiveCardJson } from './card-json.ts';
import { expandCard } from './expand.ts';
import { type Line, line, words } from './runs.ts';
import { spanText } from './span.ts';
import { type Tone, toneOfLabel } from './tone.ts';
import { utc } from './utc.ts';

/** Times and outcomes of the requests of one conversation; numbers and words of ours, nothing that people wrote. */
export function renderReportCard(report: Report, period: Duration): AdaptiveCardJson {
  return expandCard('report', template, reportView(report, period));
}

export function reportView(report: Report, period: Duration) {
  const isEmpty = report.requests === 0;
  const bars = isEmpty ? [] : barsOf(report);
  return {
    spoken: texts.spokenText(period, report),
    title: `Report of ${texts.periodText(period)}`,
    total: texts.requestsText(report.requests),
    split: isEmpty ? texts.nothingAsked : texts.splitText(report),
    scope: texts.scopeText(utc(report.from), utc(report.to)),
    outcomes: isEmpty ? [] : [{ heading: texts.outcomeTitles.heading, words: outcomeWords(bars), bars }],
    times: isEmpty
      ? []
      : [
          {
            columns: [
              { ...timesColumn('decision', report), width: labelWidth },
              { ...timesColumn('containment', report), width: 'stretch' },
            ],
          },
        ],
    hints: isEmpty ? [] : [{ text: texts.timesHint }],
    remarks: report.newer === 0 ? [] : [{ text: texts.newerText(report.newer) }],
  };
}

/** As a shift would tell it: how it ended well, badly, not at all, and what is under way. */
const order: readonly Label[] = [
  'Succeeded',
  'Failed',
  'Timed out',
  'Cancelled',
  'Denied',
  'Expired',
  'Withdrawn',
  'Needs attention',
  'Awaiting approval',
  'Approved',
  'Submitting',
  'Pending',
  'In progress',
];
/** These are asked after: that there were none is an answer too. */
const always: ReadonlySet<Label> = new Set(['Succeeded', 'Denied', 'Expired']);

/** As in the template, so that the second column of times begins where the bars do. */
const labelWidth = '150px';
/** Of the longest bar, so that a number fits beside it on a phone. */
const longestBar = 120;
/** One of ten thousand is still to be seen. */
const shortestBar = 4;

const chartColours = {
  good: 'good',
  warning: 'warning',
  attention: 'attention',
  accent: 'categoricalBlue',
  emphasis: 'neutral',
} as const satisfies Record<Tone, string>;

interface Count {
  readonly label: string;
  readonly tone: Tone;
  readonly count: number;
}

/** One bar for each label, and one for what only a newer program can tell: together they are all requests. */
function barsOf({ labels, requests }: Report) {
  const counts: Count[] = order
    .map((label) => ({ label, tone: toneOfLabel(label), count: labels.get(label) ?? 0 }))
    .filter(({ label, count }) => count > 0 || always.has(label));
  const other = requests - counts.reduce((sum, { count }) => sum + count, 0);
  if (other > 0) counts.push({ label: texts.outcomeTitles.other, tone: 'emphasis', count: other });
  const most = Math.max(...counts.map(({ count }) => count));
  return counts.map((each) => ({
    label: each.label,
    count: each.count,
    colour: chartColours[each.tone],
    runs: [words(`${each.label}  `), words(String(each.count), { weight: 'Bolder' })],
    pictures: each.count === 0 ? [] : [picture(each, { most, requests })],
  }));
}

function picture({ label, tone, count }: Count, of: { readonly most: number; readonly requests: number }) {
  const width = Math.max(shortestBar, Math.round((longestBar * count) / of.most));
  return {
    url: barPicture(tone, width),
    width: `${width}px`,
    height: `${barHeight}px`,
    says: `${label}: ${count} of ${of.requests}`,
  };
}

function outcomeWords(bars: readonly { readonly label: string; readonly count: number }[]): string {
  return bars.map(({ label, count }) => `${label} ${count}`).join(' · ');
}

function timesColumn(kind: 'decision' | 'containment', report: Report) {
  const { label, samples, none } = texts.timeTexts[kind];
  const times = report[kind];
  return {
    label,
    lines: times === undefined ? [value('none')] : [percentile('p50', times), percentile('p95', times)],
    from: times === undefined ? none : samples(times.samples),
  };
}

function percentile(name: 'p50' | 'p95', times: Times): Line {
  return line(words(`${name} `, { subtle: true }), words(spanText(times[name]), { weight: 'Bolder' }));
}

function value(text: string): Line {
  return line(words(text, { weight: 'Bolder' }));
}
