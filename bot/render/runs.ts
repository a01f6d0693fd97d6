import type { Person } from '../../src/containment/person.ts';
import { safeName, safeText, shownLength, splitMacros } from './untrusted.ts';

/** One piece of a line on the card. Every property is set, because a template must not find a name missing. */
export type Run = {
  readonly text: string;
  readonly weight: 'Default' | 'Bolder';
  readonly subtle: boolean;
  readonly size: 'Default' | 'Small' | 'ExtraLarge';
};

/** A line as the templates take it: the runs of one RichTextBlock, which draws no Markdown. */
export type Line = {
  readonly runs: readonly Run[];
};

type Look = Partial<Omit<Run, 'text'>>;

export function line(...parts: readonly (Run | readonly Run[])[]): Line {
  return { runs: parts.flat() };
}

/** Words of ours. */
export function words(text: string, look: Look = {}): Run {
  return { weight: 'Default', subtle: false, size: 'Default', ...look, text };
}

export function subtle(text: string): Run {
  return words(text, { subtle: true });
}

/** What is there for whoever looks for it. */
export function faint(text: string): Run {
  return words(text, { size: 'Small', subtle: true });
}

/** Text from outside that may be long. */
export function theirText(text: string, limit: number, look: Look = {}): Run[] {
  return splitMacros(safeText(text, limit)).map((part) => words(part, look));
}

/** A name or one fact from outside. */
export function theirName(
  text: string | undefined,
  look: Look = {},
  limit: number = shownLength.name,
): Run[] {
  return splitMacros(safeName(text, limit)).map((part) => words(part, look));
}

export function personName(person: Person): Run[] {
  return theirName(person.name, { weight: 'Bolder' });
}

/** A comment in quotation marks, or nothing where there is nothing to read. */
export function quotation(comment: string | undefined): Line[] {
  const text = theirText(comment ?? '', shownLength.comment);
  return text.every((run) => run.text === '') ? [] : [line(words('“'), text, words('”'))];
}
