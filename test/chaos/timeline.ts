import { cardLabel } from '../../sandbox/card-reading.ts';
import { asObject, asText } from '../../sandbox/http.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** What happened in one run, for people: printed when something is wrong. */
export interface Timeline {
  note(what: string): void;
  lines(): readonly string[];
  /** No more is noted by itself. */
  close(): void;
}

export function startTimeline({ teams, wire }: Sandbox): Timeline {
  const began = performance.now();
  const lines: string[] = [];
  const note = (what: string): void => {
    lines.push(`${String(Math.round(performance.now() - began)).padStart(6)} ms  ${what}`);
  };
  const stops = [
    wire.onEntry(({ from, to, what, as, status, ms, detail }) => {
      const fault = asText(asObject(detail)?.['fault']) ?? '';
      note(`${from} → ${to}: ${what} as ${as ?? '-'}: ${status ?? 'cut'} ${ms ?? ''} ms ${fault}`);
    }),
    teams.messages.onChange(({ kind, message }) => {
      const label = cardLabel(message.card ?? {});
      note(`${kind} ${message.id} in ${message.threadId}: ${label ?? message.text ?? ''}`);
    }),
  ];
  return {
    note,
    lines: () => lines,
    close: () => stops.forEach((stop) => stop()),
  };
}
