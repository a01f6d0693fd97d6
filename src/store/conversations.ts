import { sql } from 'kysely';
import { type AuditRecord, appendAudit, tenantChain } from '../audit/chain.ts';
import type { RequestId } from '../containment/ids.ts';
import { takeUpAgain } from './cards.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DatabaseClock, readNow } from './now.ts';

/** A conversation as an activity from there describes it. The reference is opaque here: only `bot/` reads it. */
export interface SeenConversation {
  readonly conversation: string;
  readonly tenantId: string;
  readonly team?: string | undefined;
  readonly reference: unknown;
}

export interface KnownConversation {
  readonly reference: unknown;
  /** The bot was removed from it, and no activity came from there since. */
  readonly left: boolean;
}

export type Conversations = ReturnType<typeof createConversations>;

/** How to reach a conversation again, and whether the bot is still in it. */
export function createConversations({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  const upsert = async (tx: Sql, { conversation, tenantId, team, reference }: SeenConversation) => {
    const seen = { reference: JSON.stringify(reference), seen_at: clock() };
    const row = await tx
      .insertInto('conversations')
      .values({ conversation, tenant_id: tenantId, team: team ?? null, left_at: null, ...seen })
      .onConflict((conflict) =>
        conflict.column('conversation').doUpdateSet({
          ...seen,
          // Not every activity names the team.
          team: sql`coalesce(excluded.team, conversations.team)`,
        }),
      )
      .returning(['left_at', 'team'])
      .executeTakeFirstOrThrow();
    return { isLeft: row.left_at !== null, team: row.team };
  };

  return {
    /**
     * Overwrites: the service URL of a conversation may change with any inbound activity. True when the bot was thought to
     * be removed from there; `returned` then says what there is to make up for.
     */
    async remember(seen: SeenConversation): Promise<boolean> {
      return (await upsert(db, seen)).isLeft;
    },
    async find(conversation: string): Promise<KnownConversation | undefined> {
      const row = await db
        .selectFrom('conversations')
        .select(['reference', 'left_at'])
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row && { reference: row.reference, left: row.left_at !== null };
    },
    /** The platform said that the bot was removed, from a chat or from all channels of a team. */
    async removed(seen: SeenConversation, who: AuditRecord['who']): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const { team } = await upsert(tx, seen);
        await markLeft(tx, { clock, who, conversations: await together(tx, seen.conversation, team) });
      });
    },
    /** A message was refused because the bot is not, or may not speak, in the conversation. */
    async shutOut(conversation: string, code: string | undefined): Promise<void> {
      await db
        .transaction()
        .execute((tx) => markLeft(tx, { clock, who: 'cordon', conversations: [conversation], code }));
    },
    /** Answers the requests whose cards have to be brought up to date. */
    async returned({ conversation, tenantId, team }: SeenConversation): Promise<readonly RequestId[]> {
      return db.transaction().execute(async (tx) => {
        const rows = await tx
          .updateTable('conversations')
          .set({ left_at: null })
          .where('conversation', 'in', await together(tx, conversation, team ?? null))
          .where('left_at', 'is not', null)
          .returning('conversation')
          .execute();
        const conversations = rows.map((row) => row.conversation).toSorted();
        if (conversations.length === 0) return [];
        const record = { what: 'bot-returned', who: 'cordon', detail: { conversations } } as const;
        await appendAudit(tx, tenantChain(tenantId), await readNow(tx, clock), record);
        return takeUpAgain(tx, conversations, clock);
      });
    },
  };
}

/** The channels of a team stand and fall together. Locked in one order, whoever else does the same. */
async function together(tx: Tx, conversation: string, team: string | null): Promise<string[]> {
  const rows = await tx
    .selectFrom('conversations')
    .select('conversation')
    .where((eb) =>
      eb.or([eb('conversation', '=', conversation), ...(team === null ? [] : [eb('team', '=', team)])]),
    )
    .orderBy('conversation')
    .forUpdate()
    .execute();
  return [conversation, ...rows.map((row) => row.conversation)];
}

interface Leaving {
  readonly clock: DatabaseClock;
  readonly who: AuditRecord['who'];
  readonly conversations: readonly string[];
  /** Of the refusal from which it was learnt. */
  readonly code?: string | undefined;
}

/** Recorded once, however many activities tell of it and however many messages are refused. */
async function markLeft(tx: Tx, { clock, who, conversations, code }: Leaving): Promise<void> {
  const rows = await tx
    .updateTable('conversations')
    .set({ left_at: clock() })
    .where('conversation', 'in', conversations)
    .where('left_at', 'is', null)
    .returning(['conversation', 'tenant_id'])
    .execute();
  const [first] = rows;
  if (first === undefined) return;
  await appendAudit(tx, tenantChain(first.tenant_id), await readNow(tx, clock), {
    what: 'bot-removed',
    who,
    detail: { conversations: rows.map((row) => row.conversation).toSorted(), code },
  });
}
