import { type Selectable, sql } from 'kysely';
import {
  burstSeconds,
  cardEnding,
  cardLabel,
  faceOf,
  isOfOneDevice,
  momentToTell,
} from '../containment/batch.ts';
import type { Effect } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import { toRequest } from './rows.ts';
import type { Tables } from './tables.ts';
import { type Tell, isToldOfAnother } from './told-of-another.ts';

/** Devices that were asked for together: who changes one has locked the first one before, so that nobody waits in a circle. */

type Row = Selectable<Tables['requests']>;

/** A request's row, locked; of several devices the first one's too. */
export async function lockRequest(tx: Tx, id: RequestId): Promise<Row | undefined> {
  const row = await tx
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('lead', 'is', null), eb('lead', '=', id)]))
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row !== undefined) return row;
  const member = await tx.selectFrom('requests').select('lead').where('id', '=', id).executeTakeFirst();
  const lead = member?.lead ?? undefined;
  if (lead === undefined) return undefined;
  await lock(tx, lead);
  return lock(tx, id);
}

function lock(tx: Tx, id: string): Promise<Row | undefined> {
  return tx.selectFrom('requests').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** The request alone, or all of its devices, in their order and locked. */
export async function lockTogether(tx: Tx, id: RequestId): Promise<readonly ContainmentRequest[]> {
  const first = await lockRequest(tx, id);
  if (first === undefined) return [];
  if (first.lead === null) return [toRequest(first)];
  const rows = await membersOf(tx, first.lead).forNoKeyUpdate().execute();
  return rows.map(toRequest);
}

function membersOf(db: Sql, lead: string) {
  return db.selectFrom('requests').selectAll().where('lead', '=', lead).orderBy('batch_place');
}

/** As its card shows it: with all devices, and with what changes when any of them does as its revision. */
export async function withMembers(db: Sql, request: ContainmentRequest): Promise<ContainmentRequest> {
  if (request.batch?.lead !== request.id) return request;
  const members = (await membersOf(db, request.id).execute()).map(toRequest);
  return { ...request, members, revision: revisionOf(members) };
}

function revisionOf(members: readonly ContainmentRequest[]): number {
  return members.reduce((sum, { revision }) => sum + revision, 0);
}

/** What a request that changed has to do with the others. */
export interface Changed {
  readonly request: ContainmentRequest;
  readonly effects: readonly Effect[];
  readonly now: Instant;
}

/**
 * Has card and lists follow, and answers what is to be told and done: one edit for all, one word to each person, and a word
 * in the thread when the last of them has come to rest, or when one waits for somebody while others go on.
 */
export async function settleBatch(tx: Tx, lead: RequestId, changed: readonly Changed[]): Promise<Changed[]> {
  const members = (await membersOf(tx, lead).execute()).map(toRequest);
  const [first] = members;
  const now = changed[0]?.now;
  if (first === undefined || now === undefined) return [];
  const news = await follow(tx, { ...first, members });
  const together = mergeEffects(changed, members);
  return news === undefined ? together : [...together, { request: first, effects: [news], now }];
}

/** The word that this change is worth in the thread, if it is. */
async function follow(tx: Tx, shown: ContainmentRequest): Promise<Notify | undefined> {
  const { id: lead, members = [] } = shown;
  const face = faceOf(members)?.id ?? lead;
  await tx
    .updateTable('requests')
    .set({ stands: sql<boolean>`id = ${face}` })
    .where('lead', '=', lead)
    .where(sql<boolean>`stands is distinct from (id = ${face})`)
    .execute();
  const before = await tx
    .selectFrom('cards')
    .select(['due_revision', 'due_end', 'told_end'])
    .where('request_id', '=', lead)
    .executeTakeFirst();
  const { isNews, end } = newest(momentToTell(shown), before);
  const due = { due_revision: revisionOf(members), due_end: end };
  if (before?.due_revision === due.due_revision && before.due_end === due.due_end) return undefined;
  await tx.updateTable('cards').set(due).where('request_id', '=', lead).execute();
  return isNews ? wordAbout(shown) : undefined;
}

type Moments = Pick<Selectable<Tables['cards']>, 'due_end' | 'told_end'>;

/** When fewer wait for somebody than before, the word about more of them stands. */
function newest(moment: Instant | undefined, before: Moments | undefined) {
  if (moment === undefined) return { isNews: false, end: null };
  const [, known = ''] = [before?.due_end ?? '', before?.told_end ?? ''].toSorted();
  return moment > known ? { isNews: true, end: moment } : { isNews: false, end: known };
}

type Notify = Extract<Effect, { kind: 'notify' }>;

/** Others mostly come to wait for somebody in the same moment: one word is for all of them. */
function wordAbout(shown: ContainmentRequest): Notify {
  const word = { kind: 'notify', about: cardLabel(shown) } as const;
  return cardEnding(shown) === undefined ? { ...word, afterSeconds: burstSeconds } : word;
}

/** What is decided goes first, whenever that is. */
const longestDelay = 86_400;

function mergeEffects(changed: readonly Changed[], members: readonly ContainmentRequest[]): Changed[] {
  const told = new Set<string>();
  // Of what changes in this very moment one is told: which, the keys see to.
  const others = members.filter(({ id }) => !changed.some(({ request }) => request.id === id));
  const edits = changed.flatMap(({ effects }) => effects.filter((effect) => effect.kind === 'sync-card'));
  const rankOf = ({ press, afterSeconds = 0 }: (typeof edits)[number]) =>
    (press === true ? longestDelay : 0) + afterSeconds;
  const soonest = edits.toSorted((one, other) => rankOf(one) - rankOf(other))[0];
  const isWanted = (effect: Effect, { request }: Changed): boolean => {
    if (effect.kind === 'sync-card') return effect === soonest;
    if (effect.kind === 'notify' || effect.kind === 'leave-out') return false;
    if (effect.kind !== 'tell') return true;
    const key = keyOf(effect, request);
    if (told.has(key) || isToldOfAnother(effect, request, others)) return false;
    told.add(key);
    return true;
  };
  return changed.map((one) => ({ ...one, effects: one.effects.filter((effect) => isWanted(effect, one)) }));
}

/** Why one press came to nothing is told once, unless that is different for each device. */
function keyOf({ to, note: { about, why } }: Tell, { id }: ContainmentRequest): string {
  const which = about !== 'cancellation' && isOfOneDevice(why) ? id : '';
  return `${to.objectId} ${about} ${why.code} ${which}`;
}
