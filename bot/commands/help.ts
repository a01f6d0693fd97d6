import { nearestCommand } from './nearest-command.ts';
import type { CommandDescription } from './registry.ts';
import { commands, findCommand } from './registry.ts';
import { didYouMeanTopic, helpHeading, helpHint, unknownHelpTopic } from '../texts/replies.ts';

export interface HelpView {
  readonly heading: string;
  readonly entries: readonly HelpEntry[];
  readonly hint: string;
}

interface HelpEntry {
  readonly usage: string;
  readonly summary: string;
  /** Only where one command is explained. */
  readonly example?: string;
}

/** What `/help` says: all commands, or the one that was asked for. A mistyped topic gets what it is near to, an unknown one all. */
export function helpView(topic?: string): HelpView {
  if (topic === undefined) return everything(helpHeading);
  const found = findCommand(topic);
  if (found !== undefined) return about(found, helpHeading);
  const near = nearestCommand(topic);
  return near === undefined
    ? everything(unknownHelpTopic(topic))
    : about(near, didYouMeanTopic(topic, near.name));
}

function about({ usage, summary, example }: CommandDescription, heading: string): HelpView {
  return { heading, entries: [{ usage, summary, example }], hint: helpHint };
}

function everything(heading: string): HelpView {
  return {
    heading,
    entries: commands.map(({ usage, summary }) => ({ usage, summary })),
    hint: helpHint,
  };
}

/** The help as lines. Usage lines hold angle brackets: send it with `textFormat: 'plain'`, or Markdown swallows them. */
export function helpText(topic?: string): string {
  const { heading, entries, hint } = helpView(topic);
  const lines = entries.flatMap(({ usage, summary, example }) => [
    `${usage}: ${summary}.`,
    ...(example === undefined ? [] : [`Example: ${example}`]),
  ]);
  return [heading, ...lines, hint].join('\n');
}
