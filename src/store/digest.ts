import { type SqlBool, sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest, DeviceRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import {
  type Condition,
  type Here,
  countByStatus,
  inSnapshot,
  isOneOfEach,
  isReadable,
  madeHere,
} from './here.ts';
import type { DatabaseClock } from './now.ts';
import { readRestrictedElsewhere } from './restricted-elsewhere.ts';
import { readInForce } from './restrictions-in-force.ts';
import { toRequest } from './rows.ts';

/** The first rows of what may be more. */
export interface Some<Request = ContainmentRequest> {
  readonly requests: readonly Request[];
  readonly total: number;
}

/** What whoever takes over has to know of one conversation, all of one moment. */
export interface Digest {
  readonly awaiting: Some;
  readonly attention: Some;
  readonly running: Some;
  readonly inForce: Some<DeviceRequest>;
  /** Restricted on devices of this conversation's requests, and held by none. */
  readonly elsewhere: Some;
  /** Since `since`: came to an end that nobody wished for. */
  readonly failed: Some;
  /** Written by a newer program, and in none of the above. */
  readonly passedOver: number;
  /** When all watched devices of this conversation's requests were last compared with Defender's list. */
  readonly comparedAt?: Instant | undefined;
  readonly since: Instant;
  readonly now: Instant;
}

/** Of each kind: the whole is one message, and its commands show the rest. */
const most = 5;

export type Digests = ReturnType<typeof createDigests>;

export function createDigests(parts: { readonly sql: Sql; readonly clock: DatabaseClock }) {
  return {
    /** Failures are those of so many seconds. */
    read: (here: Here, seconds: number): Promise<Digest> =>
      inSnapshot(parts, (tx, now) => readDigest(tx, { here, seconds, now })),
  };
}

const isAwaiting = sql<SqlBool>`status = 'awaiting' and ${isOneOfEach}`;
const isAttention = sql<SqlBool>`status in ('attention', 'unclear') and state->'closed' is null and ${isOneOfEach}`;
const isRunning = sql<SqlBool>`status in ('approved', 'submitting', 'running') and ${isOneOfEach}`;

/** Denied and withdrawn is what somebody decided; an expiry is what nobody did. */
function isFailedSince(since: Instant): Condition {
  // A time box, a lift or a change made elsewhere changes a request long after its end.
  // What failed on one of several devices is told with that device, however long the others go on.
  return sql<SqlBool>`status in ('expired', 'ended') and changed_at >= ${since}
    and coalesce(state->>'endedAt', state->>'at')::timestamptz >= ${since} and (
    status = 'expired' and ${isOneOfEach} or state->'machineAction'->>'status' in ('Failed', 'TimeOut', 'Cancelled'))`;
}

interface Wish {
  readonly here: Here;
  readonly seconds: number;
  readonly now: Instant;
}

async function readDigest(tx: Tx, { here, seconds, now }: Wish): Promise<Digest> {
  const since = new Date(Date.parse(now) - seconds * 1_000).toISOString();
  const read = (only: Condition, order: 'oldest' | 'newest') => readSome(tx, here, only, order);
  const awaiting = await read(isAwaiting, 'oldest');
  const attention = await read(isAttention, 'oldest');
  const running = await read(isRunning, 'oldest');
  const failed = await read(isFailedSince(since), 'newest');
  const inForce = await readInForce(tx, now, here, { offset: 0, limit: most });
  const unreadable = [awaiting, attention, running, failed].reduce((sum, { newer }) => sum + newer, 0);
  return {
    awaiting,
    attention,
    running,
    failed,
    inForce: { requests: inForce.restrictions, total: inForce.total },
    elsewhere: await readRestrictedElsewhere(tx, here, { limit: most }),
    passedOver: unreadable + inForce.passedOver,
    comparedAt: inForce.comparedAt,
    since,
    now,
  };
}

async function readSome(
  tx: Tx,
  here: Here,
  only: Condition,
  order: 'oldest' | 'newest',
): Promise<Some & { readonly newer: number }> {
  const counted = await countByStatus(tx, here, only);
  const rows = await madeHere(tx, here)
    .where(only)
    .where(isReadable)
    .selectAll()
    .orderBy(order === 'oldest' ? 'created_at' : 'changed_at', order === 'oldest' ? 'asc' : 'desc')
    .orderBy(sql`coalesce(card_number, number)`, order === 'oldest' ? 'asc' : 'desc')
    .orderBy('batch_place')
    .limit(most)
    .execute();
  return { requests: rows.map(toRequest), total: counted.of(() => true), newer: counted.unreadable };
}
