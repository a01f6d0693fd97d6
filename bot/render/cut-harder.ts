import type { JsonObject, JsonValue } from './card-json.ts';
import { isList } from './expand.ts';
import { bounded } from './untrusted.ts';

export interface Cut {
  /** Longest text of a run. */
  readonly text: number;
  /** Most runs of a line. */
  readonly runs: number;
  /** Most people for whom Teams refreshes the card by itself; an id of theirs weighs up to 120 bytes. */
  readonly refreshUsers: number;
}

/**
 * From what is still pleasant to read to what surely fits: at 4 runs of 20 characters a line weighs 600 bytes at most,
 * and a card has about 25 lines.
 */
export const harderCuts: readonly Cut[] = [
  { text: 200, runs: 12, refreshUsers: 20 },
  { text: 60, runs: 8, refreshUsers: 5 },
  { text: 20, runs: 4, refreshUsers: 0 },
];

/** The same view of a request with less text in it. Text to be repeated goes altogether: half of it would be wrong. */
export function cutHarder(view: JsonObject, cut: Cut): JsonObject {
  const { refreshUsers } = view;
  return {
    ...cutRuns(view, cut),
    repeats: [],
    refreshUsers:
      refreshUsers !== undefined && isList(refreshUsers) ? refreshUsers.slice(0, cut.refreshUsers) : [],
  };
}

/** Only the texts: whatever else there is stays. */
export function cutRuns(value: JsonObject, cut: Cut): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'runs' && isList(item)
        ? item.slice(0, cut.runs).map((run) => cutRun(run, cut))
        : cutIn(item, cut),
    ]),
  );
}

function cutIn(value: JsonValue, cut: Cut): JsonValue {
  if (isList(value)) return value.map((item) => cutIn(item, cut));
  return typeof value === 'object' ? cutRuns(value, cut) : value;
}

function cutRun(run: JsonValue, cut: Cut): JsonValue {
  if (typeof run !== 'object' || isList(run)) return run;
  const { text } = run;
  return typeof text === 'string' ? { ...run, text: bounded(text, cut.text) } : run;
}
