import { type SqlBool, sql } from 'kysely';
import { mostDevices } from '../containment/batch.ts';
import type { RequestId } from '../containment/ids.ts';
import type { BatchPlace, ContainmentRequest } from '../containment/request.ts';
import { openStatuses } from '../containment/state.ts';
import type { Sql, Tx } from './database-port.ts';
import { formatOfSeveralBoxes, readableFormats } from './rows.ts';

/**
 * Several devices that were restricted together are lifted together, where one word does it: in one request, with one number and
 * one card, to which each is added as its turn comes. The first stands alone until there is a second.
 */
export interface LiftsTogether {
  /** The first of them. */
  readonly lead: RequestId;
  readonly number: number;
}

type Restriction = Pick<ContainmentRequest, 'batch'>;

/** The request by which others of the same restriction are lifted by this word, while it is open. */
export async function findLiftsTogether(
  db: Sql,
  { batch }: Restriction,
  word: string | undefined,
): Promise<LiftsTogether | undefined> {
  if (batch === undefined || word === undefined) return undefined;
  const row = await db
    .selectFrom('requests')
    .select((eb) => [
      eb.fn.coalesce('lead', 'id').as('lead'),
      eb.fn.coalesce('card_number', 'number').as('number'),
    ])
    .where('lift_word', '=', word)
    .where('lifts', 'in', (eb) =>
      eb.selectFrom('requests as held').select('held.id').where('held.lead', '=', batch.lead),
    )
    .where('status', 'in', openStatuses)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { lead: row.lead as RequestId, number: row.number };
}

/**
 * The same, held until the transaction is over. Whoever asks has the first of the restricted devices locked, so that of all who
 * would join one comes after the other.
 */
export async function holdLiftsTogether(
  tx: Tx,
  restriction: Restriction,
  word: string | undefined,
): Promise<LiftsTogether | undefined> {
  const found = await findLiftsTogether(tx, restriction, word);
  if (found === undefined) return undefined;
  await tx.selectFrom('requests').select('id').where('id', '=', found.lead).forNoKeyUpdate().execute();
  const members = await membersOf(tx, found.lead);
  const isOpen = members.some(({ status }) => openStatuses.some((open) => open === status));
  // What a newer program wrote is that one's to add to.
  const isReadable = members.every((member) => readableFormats.includes(member.state_format));
  return isOpen && isReadable && members.length < mostDevices ? found : undefined;
}

function membersOf(tx: Tx, lead: RequestId) {
  return tx
    .selectFrom('requests')
    .select(['id', 'status', 'state_format'])
    .where((eb) => eb.or([eb('id', '=', lead), eb('lead', '=', lead)]))
    .execute();
}

/** Makes room for one more device, and says which place that has. */
export async function placeInLift(tx: Tx, lead: RequestId): Promise<BatchPlace> {
  const size = (await membersOf(tx, lead)).length + 1;
  await tx
    .updateTable('requests')
    .set({
      lead,
      batch_place: 1,
      card_number: sql<number>`number`,
      state_format: sql<number>`greatest(state_format, ${formatOfSeveralBoxes}::integer)`,
    })
    .where('id', '=', lead)
    .where(sql<SqlBool>`lead is null`)
    .execute();
  await tx.updateTable('requests').set({ batch_size: size }).where('lead', '=', lead).execute();
  return { lead, place: size, size };
}
