import type { CommandDescription } from './registry.ts';
import { commands, findCommand } from './registry.ts';
import { helpHeading, helpHint, unknownHelpTopic } from '../texts/replies.ts';

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

/** What `/help` says: all commands, or the one that was asked for; an unknown topic gets all, and is told so. */
export function helpView(topic?: string): HelpView {
  const found = topic === undefined ? undefined : findCommand(topic);
  if (found !== undefined) {
    const { usage, summary, example } = found;
    return { heading: helpHeading, entries: [{ usage, summary, example }], hint: helpHint };
  }
  const heading = topic === undefined ? helpHeading : unknownHelpTopic(topic);
  return { heading, entries: commands.map(toEntry), hint: helpHint };
}

function toEntry({ usage, summary }: CommandDescription): HelpEntry {
  return { usage, summary };
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
