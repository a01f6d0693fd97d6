import type { Instant } from '../containment/person.ts';
import type { DefenderClient } from '../defender/client.ts';
import { DefenderError } from '../defender/errors.ts';
import type { MachineAction } from '../defender/schema.ts';
import type { DefenderAccess } from '../identity/defender-access.ts';
import type { Log } from '../platform/log.ts';
import type { Watched } from '../store/drift-watched.ts';
import { type Reader, readersFor } from './tracking-readers.ts';

export interface LookParts {
  readonly defender: Pick<DefenderClient, 'listSucceeded'>;
  readonly access: DefenderAccess;
  /** As for tracking: set where the bot's own read-only token reads. */
  readonly applicationToken: ((tenantId: string) => Promise<string>) | undefined;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
}

const types = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];
/** An action waits for its device for days: one that was made before a restriction may take effect after it. */
const longestPendingMs = 7 * 86_400_000;

export type Look =
  | { readonly kind: 'seen'; readonly actions: readonly MachineAction[] }
  /** Another reader may see more, or find Defender in a better mood. */
  | { readonly kind: 'failed'; readonly why: string }
  /** Nobody is to ask for a while. */
  | { readonly kind: 'postponed'; readonly why: string; readonly seconds: number };

/** One list of what succeeded on the devices, as far as the reader sees them. Never throws. */
export async function lookWith(
  parts: LookParts,
  tenantId: string,
  reader: Reader,
  unseen: readonly Watched[],
): Promise<Look> {
  try {
    const token = await tokenOf(parts, tenantId, reader);
    if (typeof token !== 'string') return token;
    const machineIds = [...new Set(unseen.map(({ deviceId }) => deviceId))];
    const query = { machineIds, types, createdSince: oldest(unseen) };
    const options = { tenantId, priority: 'background', signal: parts.signal } as const;
    return { kind: 'seen', actions: await parts.defender.listSucceeded(token, query, options) };
  } catch (error) {
    if (error instanceof DefenderError) return failedLook(error);
    parts.log.warn({ err: error }, 'a look for changes made elsewhere failed');
    return { kind: 'failed', why: 'unavailable' };
  }
}

function failedLook({ kind, retryAfterMs }: DefenderError): Look {
  return kind === 'budget' || kind === 'throttled'
    ? { kind: 'postponed', why: kind, seconds: (retryAfterMs ?? 0) / 1_000 }
    : { kind: 'failed', why: kind };
}

async function tokenOf(parts: LookParts, tenantId: string, reader: Reader): Promise<string | Look> {
  if (parts.applicationToken !== undefined) return parts.applicationToken(tenantId);
  const outcome = await parts.access.forPerson(reader.person, parts.signal, { keepSignIn: true });
  return outcome.ok ? outcome.token : { kind: 'failed', why: outcome.problem.kind };
}

/** Since when an action may have been made that is news. */
function oldest(unseen: readonly Watched[]): Date {
  const times = unseen.map(({ createdAt }) => Date.parse(createdAt)).filter((time) => !Number.isNaN(time));
  const first = times.reduce((one, other) => Math.min(one, other), times[0] ?? 0);
  return new Date(Math.max(0, first - longestPendingMs));
}

interface Turn {
  readonly tried: ReadonlySet<string>;
  readonly number: number;
  /** Who came first in the last sweep and could not read. */
  readonly poor: string | undefined;
  /** For what nobody approved, as far as is known, anybody may look who reads for others. */
  readonly watched: readonly Watched[];
}

/** Who may see most comes first; the others take turns, so that nobody who cannot read stands in the way for ever. */
export function nextReader(
  unseen: readonly Watched[],
  { tried, number, poor, watched }: Turn,
): Reader | undefined {
  const approved = unseen.filter(({ approver }) => approver !== undefined);
  const readers = readersFor((approved.length === 0 ? watched : approved).flatMap(asTracked));
  const left = readers.filter(({ key }) => !tried.has(key));
  if (tried.size > 0) return left[number % Math.max(1, left.length)];
  return left.find(({ key }) => key !== poor) ?? left[0];
}

function asTracked({ approver }: Watched) {
  return approver === undefined ? [] : [{ approver, lastReader: undefined }];
}

/** Each sweep is another turn. */
export function turnOf(now: Instant, everySeconds: number): number {
  return Math.floor(Date.parse(now) / (everySeconds * 1_000));
}
