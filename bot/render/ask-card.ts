import template from '../../cards/ask.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { expandCard } from './expand.ts';
import { line, theirText } from './runs.ts';
import { shownLength } from './untrusted.ts';

export interface AskCardContent {
  readonly title: string;
  readonly lines: readonly string[];
  /** Absent on the answer itself. */
  readonly button?: { readonly title: string; readonly questionId: string } | undefined;
}

/** A question that is answered to one person alone, or that answer. */
export function renderAskCard(content: AskCardContent): AdaptiveCardJson {
  return expandCard('ask', template, askView(content));
}

export function askView({ title, lines, button }: AskCardContent) {
  return {
    title,
    lines: lines.map((text) => line(theirText(text, shownLength.comment))),
    buttonSets: button === undefined ? [] : [{ buttons: [button] }],
  };
}
