import template from '../../cards/ask.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { cutRuns, harderCuts } from './cut-harder.ts';
import { expandFirstThatFits } from './expand.ts';
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
  const view = askView(content);
  return expandFirstThatFits('ask', template, [view, ...harderCuts.map((cut) => cutRuns(view, cut))]);
}

export function askView({ title, lines, button }: AskCardContent) {
  return {
    title,
    lines: lines.map((text) => line(theirText(text, shownLength.answer))),
    buttonSets: button === undefined ? [] : [{ buttons: [button] }],
  };
}
