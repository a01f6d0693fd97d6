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
import { type Instant, type Person, isSamePerson } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import type { Sql, Tx } from './database-port.ts';
import { toRequest } from './rows.ts';
import type { Tables } from './tables.ts';

/** Devices that were asked for together: who changes one has locked the first one before, so that nobody waits in a circle. */

type Row = Selectable<Tables['requests']>;

/** A request's row, locked; of several devices the first one's too. */
export async function lockRequest(tx: Tx, id: RequestId): Promise<Row | undefined> {
  const row = await tx
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('lead', 'is', null), eb('lead', '=', id)]))
    .forUpdate()
    .executeTakeFirst();
  if (row !== undefined) return row;
  const member = await tx.selectFrom('requests').select('lead').where('id', '=', id).executeTakeFirst();
  const lead = member?.lead ?? undefined;
  if (lead === undefined) return undefined;
  await lock(tx, lead);
  return lock(tx, id);
}

function lock(tx: Tx, id: string): Promise<Row | undefined> {
  return tx.selectFrom('requests').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The request alone, or all of its devices, in their order and locked. */
export async function lockTogether(tx: Tx, id: RequestId): Promise<readonly ContainmentRequest[]> {
  const first = await lockRequest(tx, id);
  if (first === undefined) return [];
  if (first.lead === null) return [toRequest(first)];
  const rows = await membersOf(tx, first.lead).forUpdate().execute();
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

type Tell = Extract<Effect, { kind: 'tell' }>;

function mergeEffects(changed: readonly Changed[], members: readonly ContainmentRequest[]): Changed[] {
  const told = new Set<string>();
  const edits = changed.flatMap(({ effects }) => effects.filter((effect) => effect.kind === 'sync-card'));
  const soonest = edits.toSorted((one, other) => (one.afterSeconds ?? 0) - (other.afterSeconds ?? 0))[0];
  const isWanted = (effect: Effect, { request }: Changed): boolean => {
    if (effect.kind === 'sync-card') return effect === soonest;
    if (effect.kind === 'notify' || effect.kind === 'leave-out') return false;
    if (effect.kind !== 'tell') return true;
    const key = keyOf(effect, request);
    if (told.has(key) || isToldOfAnother(effect, request, members)) return false;
    told.add(key);
    return true;
  };
  return changed.map((one) => ({ ...one, effects: one.effects.filter((effect) => isWanted(effect, one)) }));
}

/** Why one press came to nothing is told once, unless that is different for each device. */
function keyOf({ to, note: { about, why } }: Tell, { id }: ContainmentRequest): string {
  const which = about === 'approval' && isOfOneDevice(why) ? id : '';
  return `${to.objectId} ${about} ${why.code} ${which}`;
}

/** The same came of the same press for another of the devices, and was told by message: the words are about some of them. */
function isToldOfAnother(tell: Tell, request: ContainmentRequest, members: readonly ContainmentRequest[]) {
  const { to, note } = tell;
  if (note.about !== 'approval' || isOfOneDevice(note.why)) return false;
  const others = members.filter(({ id }) => id !== request.id);
  if (note.why.code === 'decided-meanwhile') return hasOvertaken(others, request, to);
  const press = voidedIn(request.state)?.press;
  return others.some(({ state }) => {
    const voided = voidedIn(state);
    return (
      press !== undefined &&
      voided?.press === press &&
      voided.told === true &&
      voided.why.code === note.why.code &&
      isSamePerson(voided.by, to)
    );
  });
}

function voidedIn(state: State) {
  return state.status === 'awaiting' ? state.voided : undefined;
}

/** The same person's approval came before the same press elsewhere. */
function hasOvertaken(
  others: readonly ContainmentRequest[],
  request: ContainmentRequest,
  { objectId }: Person,
): boolean {
  const approval = approvalIn(request);
  const presses = (approval?.overtook ?? []).filter(({ by }) => by === objectId).map(({ press }) => press);
  return others.some((other) => {
    const theirs = approvalIn(other);
    const isBySame = theirs !== undefined && approval !== undefined && isSamePerson(theirs.by, approval.by);
    return isBySame && (theirs.overtook ?? []).some(({ press }) => presses.includes(press));
  });
}

function approvalIn({ state }: ContainmentRequest) {
  return 'approval' in state ? state.approval : undefined;
}
