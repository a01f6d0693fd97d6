import template from '../../cards/list.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { cutRuns, harderCuts } from './cut-harder.ts';
import { expandFirstThatFits } from './expand.ts';
import type { PortalLink } from './portal-links.ts';
import type { Row as Fact } from './request-facts.ts';
import type { Line } from './runs.ts';
import type { Tone } from './tone.ts';

/** What a list shows of one request or device: two short lines. */
export type ListRow = {
  readonly lines: readonly Line[];
};

export interface Section {
  readonly heading?: string | undefined;
  readonly rows: readonly ListRow[];
}

/** `title`, headings and `spoken` are words of ours: they are not drawn as text runs. */
export interface ListContent {
  readonly title: string;
  readonly spoken: string;
  readonly tone?: Tone | undefined;
  /** What is to be seen first, in large letters. Never a label alone: this card is not edited when the label changes. */
  readonly lead?: Line | undefined;
  readonly intro: readonly Line[];
  readonly sections: readonly Section[];
  readonly facts?: readonly Fact[];
  readonly footer: readonly Line[];
  readonly links?: readonly PortalLink[];
}

/** The answer of a command that only shows something. What is too large for a message is shown as the next of `smaller`. */
export function renderListCard(content: ListContent, ...smaller: readonly ListContent[]): AdaptiveCardJson {
  const smallest = listView(smaller.at(-1) ?? content);
  return expandFirstThatFits('list', template, [
    listView(content),
    ...smaller.map(listView),
    ...harderCuts.map((cut) => cutRuns(smallest, cut)),
  ]);
}

/** Everything that `cards/list.json` shows; what may be missing is a list of one or none. */
export function listView(content: ListContent) {
  const { title, spoken, tone, lead, intro, sections, facts = [], footer, links = [] } = content;
  return {
    title,
    spoken,
    tone: tone ?? 'default',
    lead: lead === undefined ? [] : [lead],
    intro,
    sections: sections
      .filter(({ rows }) => rows.length > 0)
      .map(({ heading, rows }) => ({ headings: heading === undefined ? [] : [{ text: heading }], rows })),
    factSets: facts.length === 0 ? [] : [{ facts }],
    footers: footer.length === 0 ? [] : [{ lines: footer }],
    linkSets: links.length === 0 ? [] : [{ links }],
  };
}
