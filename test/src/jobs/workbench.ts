import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effect } from '../../../src/containment/event.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import type { AccessOutcome } from '../../../src/identity/defender-access.ts';
import { createHandlers } from '../../../src/jobs/handlers.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createBoxes } from '../../../src/store/boxes.ts';
import { createDeviceStandings } from '../../../src/store/device-standings.ts';
import { createCards } from '../../../src/store/cards.ts';
import { createCommentLimits } from '../../../src/store/comment-limits.ts';
import { createDepartures } from '../../../src/store/departures.ts';
import { openEmbedded } from '../../../src/store/embedded.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { createLookFirst } from '../../../src/store/look-first.ts';
import { createOutcomeOrder } from '../../../src/store/outcome-order.ts';
import { createRequestStore } from '../../../src/store/requests.ts';
import { createSubmissionPauses } from '../../../src/store/submission-pauses.ts';
import { createTrackedActions } from '../../../src/store/tracked-actions.ts';
import { putPreparedDatabase } from '../../support/embedded-template.ts';
import { shiftedClock } from '../../support/shifted-clock.ts';
import { type FakeChat, fakeChat } from './fake-chat.ts';
import { type FakeDefender, fakeDefender } from './fake-defender.ts';

export type Workbench = Awaited<ReturnType<typeof openWorkbench>>;

/** The real jobs on the real store; only the chat, the sign-in and Defender are stand-ins that a test scripts. */
export async function openWorkbench() {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-jobs-'));
  await putPreparedDatabase(folder);
  const database = await openEmbedded(folder);
  await migrate(database);
  const time = shiftedClock();
  const store = { sql: database.sql, clock: time.clock };
  const effects: { readonly id: RequestId; readonly effect: Effect }[] = [];
  const takenBack = new Set<string>();
  const access = fakeAccess();
  const defender: FakeDefender = fakeDefender();
  const chat: FakeChat = fakeChat();
  const departures = createDepartures(store);
  const pauses = createSubmissionPauses({ ...store, tenants: [] });
  const parts: JobParts = {
    requests: createRequestStore({
      ...store,
      enqueue: (_tx, { id }, more) => {
        effects.push(...more.map((effect) => ({ id, effect })));
        return Promise.resolve();
      },
    }),
    cards: createCards(store),
    commentLimits: createCommentLimits(database.sql),
    pauses,
    lookFirst: createLookFirst(database.sql),
    outcomes: createOutcomeOrder(store),
    boxes: createBoxes(store),
    departures,
    standings: createDeviceStandings(store),
    defender: defender.client,
    access: { forPerson: (person) => Promise.resolve(access.outcomeFor(person)) },
    chat: chat.chat,
    notes: { takeBack: (id) => Promise.resolve(void takenBack.add(id)) },
    log: createLog('fatal'),
  };

  async function reread(id: RequestId): Promise<ContainmentRequest> {
    const request = await parts.requests.byId(id);
    if (request === undefined) throw new Error('The request is gone');
    return request;
  }

  const isTakenBack = ({ effect }: { effect: Effect }) =>
    effect.kind === 'tell' && effect.unlessTold !== undefined && takenBack.has(effect.unlessTold);

  return {
    ...parts,
    parts,
    pauses,
    departures,
    sql: database.sql,
    handlers: createHandlers(parts),
    tracked: createTrackedActions(store),
    time,
    access,
    defenderSays: defender,
    chatSays: chat,
    reread,
    labelOf: async (id: RequestId) => labelOf((await reread(id)).state),
    /** But for the messages that were taken back. */
    effectsOf: (id: RequestId) =>
      effects.filter((one) => one.id === id && !isTakenBack(one)).map((one) => one.effect),
    audited: async (id: string) =>
      (
        await database.sql
          .selectFrom('audit_records')
          .select('record')
          .where('chain', '=', id)
          .orderBy('position')
          .execute()
      ).map((row) => row.record as Readonly<Record<string, unknown>>),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Everybody is signed in, unless told otherwise; a token says whose it is. */
function fakeAccess() {
  const outcomes = new Map<string, AccessOutcome>();
  const asked: Person['name'][] = [];
  return {
    asked,
    outcomeFor(person: { readonly objectId: string; readonly name?: string }): AccessOutcome {
      asked.push(person.name ?? person.objectId);
      return (
        outcomes.get(person.objectId) ?? {
          ok: true,
          token: `token-of-${person.objectId}`,
          upn: 'alex.moreno@contoso.example',
          expiresAt: new Date('2100-01-01T00:00:00Z'),
        }
      );
    },
    fails(person: Person, problem: Extract<AccessOutcome, { ok: false }>['problem']): void {
      outcomes.set(person.objectId, { ok: false, problem });
    },
    reset(): void {
      outcomes.clear();
      asked.length = 0;
    },
  };
}
