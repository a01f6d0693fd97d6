/** What went over the wire between the bot and the simulated services, for the side panel and for tests. */

interface WireEntry {
  /** Counts up from 1; `entries(since)` takes it. */
  readonly id: number;
  /** ISO time, UTC. */
  readonly at: string;
  readonly from: 'bot' | 'teams';
  readonly to: 'defender' | 'entra' | 'token service' | 'teams' | 'bot';
  /** A short label: `POST restrictCodeExecution`. */
  readonly what: string;
  /** Whose token it was: a person's name or `Cordon (app)`. */
  readonly as?: string;
  /** Absent when the line was cut before an answer. */
  readonly status?: number;
  readonly ms?: number;
  readonly detail?: unknown;
}

export type WireRecord = Omit<WireEntry, 'id' | 'at'>;

export interface Wire {
  record(entry: WireRecord): WireEntry;
  /** Oldest first; with `since` only those with a greater id. */
  entries(since?: number): readonly WireEntry[];
  /** Answers the way to stop listening. */
  onEntry(listener: (entry: WireEntry) => void): () => void;
}

const capacity = 500;

export function createWire(now: () => number = Date.now): Wire {
  const ring: WireEntry[] = [];
  const listeners = new Set<(entry: WireEntry) => void>();
  let last = 0;
  return {
    record: (record) => {
      last += 1;
      const { detail, ...plain } = record;
      const entry: WireEntry = {
        id: last,
        at: new Date(now()).toISOString(),
        ...plain,
        what: withoutTokens(record.what),
        ...(detail === undefined ? {} : { detail: redacted(detail) }),
      };
      ring.push(entry);
      if (ring.length > capacity) ring.shift();
      for (const listener of listeners) listener(entry);
      return entry;
    },
    entries: (since = 0) => ring.filter((entry) => entry.id > since),
    onEntry: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** Names under which tokens, secrets and sign-in codes travel in Bot Framework, OAuth and HTTP. */
const secretName =
  /^(authorization|cookie|set-cookie|password|code|state|magiccode|.*token|.*secret|.*assertion)$/i;
const jsonWebToken = /eyJ[\w-]{8,}\.[\w-]+(\.[\w-]+)*/g;
const maxText = 2_000;
const maxDepth = 12;

function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutTokens(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  const pairs = Object.entries(value).map(([key, inner]) => [
    key,
    // Only text hides a secret: `error.code` of a refusal is text too, hence the exception.
    hides(key, inner) ? '[redacted]' : redacted(inner, depth + 1),
  ]);
  return Object.fromEntries(pairs) as unknown;
}

/** A sign-in `code` is secret, an error `code` such as `ActiveRequestAlreadyExists` is what one looks for. */
function hides(key: string, value: unknown): boolean {
  if (typeof value !== 'string' || !secretName.test(key)) return false;
  return !(key === 'code' && /^[A-Z][A-Za-z]{2,40}$/.test(value));
}

function withoutTokens(text: string): string {
  const safe = text.replaceAll(jsonWebToken, '[token]');
  return safe.length > maxText ? `${safe.slice(0, maxText)}…` : safe;
}
