import { sql } from 'kysely';
import type { Effect } from '../../src/containment/event.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import { createAnsweredMessages } from '../../src/store/answered-messages.ts';
import { createBoxes } from '../../src/store/boxes.ts';
import { lockRequest } from '../../src/store/batches.ts';
import { createCards } from '../../src/store/cards.ts';
import { createCommentLimits } from '../../src/store/comment-limits.ts';
import { createConversations } from '../../src/store/conversations.ts';
import type { Database } from '../../src/store/database-port.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createRequestStore } from '../../src/store/requests.ts';
import { createTrackedActions } from '../../src/store/tracked-actions.ts';
import { shiftedClock } from '../support/shifted-clock.ts';

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** The stores on one database with a clock that a test may move; jobs are remembered instead of run. */
export async function openStores(database: Database) {
  await migrate(database);
  const time = shiftedClock();
  const parts = { sql: database.sql, clock: time.clock };
  const enqueued: { readonly id: RequestId; readonly effect: Effect }[] = [];
  return {
    ...parts,
    time,
    enqueued,
    requests: createRequestStore({
      ...parts,
      enqueue: (_tx, { id }, effects) => {
        enqueued.push(...effects.map((effect) => ({ id, effect })));
        return Promise.resolve();
      },
    }),
    /** The same requests, but a failure stands where the jobs would be written. */
    failing: () =>
      createRequestStore({ ...parts, enqueue: () => Promise.reject(new Error('no jobs today')) }),
    /** Opens a transaction that has the request locked, as a slow replica would. */
    hold: (id: RequestId) => holdRow(database, id),
    cards: createCards(parts),
    boxes: createBoxes(parts),
    tracked: createTrackedActions(parts),
    commentLimits: createCommentLimits(database.sql),
    answered: createAnsweredMessages(parts),
    conversations: createConversations(parts),
  };
}

async function holdRow(database: Database, id: RequestId) {
  const tx = await database.sql.startTransaction().execute();
  await lockRequest(tx, id);
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
  return {
    end: () => tx.rollback().execute(),
    /** Ends its connection, as the end of its process would. */
    kill: async () => {
      await sql`select pg_terminate_backend(${rows[0]?.pid ?? 0})`.execute(database.sql);
      await tx
        .rollback()
        .execute()
        .catch(() => undefined);
    },
  };
}
