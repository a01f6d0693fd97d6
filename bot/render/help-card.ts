import template from '../../cards/help.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { expandCard } from './expand.ts';
import { type Line, line, subtle, theirText, words } from './runs.ts';
import { shownLength } from './untrusted.ts';

export interface HelpEntry {
  readonly usage: string;
  readonly summary: string;
  readonly example?: string | undefined;
}

export interface HelpCardContent {
  readonly heading: string;
  readonly entries: readonly HelpEntry[];
  readonly hint: string;
}

/** The commands as a card. Usage lines hold angle brackets, so they too go into text runs. */
export function renderHelpCard(content: HelpCardContent): AdaptiveCardJson {
  return expandCard('help', template, helpView(content));
}

export function helpView({ heading, entries, hint }: HelpCardContent) {
  return {
    heading: [{ runs: theirText(heading, shownLength.comment) }],
    entries: entries.map((entry) => ({ lines: entryLines(entry) })),
    hint: [{ runs: theirText(hint, shownLength.comment) }],
  };
}

function entryLines({ usage, summary, example }: HelpEntry): Line[] {
  return [
    line(words(usage, { weight: 'Bolder' })),
    line(words(summary)),
    ...(example === undefined ? [] : [line(subtle('Example: '), words(example, { size: 'Small' }))]),
  ];
}
