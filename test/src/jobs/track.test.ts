import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CallPriority } from '../../../src/defender/governor.ts';
import { type TrackParts, sweep } from '../../../src/jobs/track.ts';
import { aPerson, alex, sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a tracking sweep', () => {
  let bench: Workbench;
  let parts: TrackParts;
  let tenantId: string;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(async () => {
    await bench.sql.deleteFrom('tracked_actions').execute();
    bench.defenderSays.reset();
    bench.access.reset();
    tenantId = randomUUID();
    bench.time.ahead = 0;
    parts = { ...bench.parts, tracked: bench.tracked, applicationToken: undefined, intervalSeconds: 15 };
  });

  const lists = () => bench.defenderSays.count('listActionsById');

  async function running(approver = alex, inTenant = tenantId) {
    const { id } = await aRunningRequest(bench.requests, { tenantId: inTenant }, { approver });
    bench.defenderSays.actions.push(anAction({ id: machineActionIdOf(id) }));
    return id;
  }

  async function isUnconfirmed(id: Awaited<ReturnType<typeof running>>): Promise<boolean> {
    const { state } = await bench.reread(id);
    return state.status === 'running' && state.unconfirmed === true;
  }

  it('sees many actions with one list call', async () => {
    const ids = [await running(), await running(), await running(), await running()];
    for (const id of ids) bench.defenderSays.move(machineActionIdOf(id), 'InProgress');
    bench.time.ahead = 2;

    const looked = await sweep(parts);

    assert.equal(looked, 4);
    assert.equal(lists(), 1);
    for (const id of ids) assert.equal(await bench.labelOf(id), 'In progress');
  });

  it('makes no call when nothing is due', async () => {
    await running();

    assert.equal(await sweep(parts), 0);
    assert.equal(lists(), 0);
  });

  it('asks one of several approvers, if that one sees everything', async () => {
    await running(alex);
    await running(alex);
    await running(sam);
    bench.time.ahead = 2;

    await sweep(parts);

    assert.deepEqual(bench.defenderSays.tokens, [`token-of-${alex.objectId}`]);
  });

  it('asks the next approver only for what the first one does not see', async () => {
    const [ofAlex, ofSam] = [await running(alex), await running(sam)];
    await running(alex);
    const asked: string[][] = [];
    bench.defenderSays.answers({
      listActionsById: async (token, ids, options) => {
        asked.push([...ids]);
        const seen = await bench.defenderSays.usual.listActionsById(token, ids, options);
        const hidden = token.endsWith(alex.objectId) ? ofSam : ofAlex;
        return seen.filter((action) => action.id !== machineActionIdOf(hidden));
      },
    });
    bench.time.ahead = 2;

    await sweep(parts);

    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1], [machineActionIdOf(ofSam)]);
    assert.equal(await isUnconfirmed(ofSam), false);
  });

  it('begins the next time with whoever saw most', async () => {
    const priya = aPerson('Priya Nair');
    for (const approver of [alex, sam, priya]) await running(approver);
    bench.access.fails(alex, { kind: 'not-signed-in' });
    bench.time.ahead = 2;
    await sweep(parts);
    const first = [...bench.defenderSays.tokens];
    bench.access.reset();
    bench.time.ahead = 60;

    await sweep(parts);

    assert.equal(first.length, 1);
    assert.deepEqual(bench.defenderSays.tokens.slice(1), first);
  });

  it('ends the request when Defender says that the action has ended, and looks no more', async () => {
    const id = await running();
    bench.defenderSays.move(machineActionIdOf(id), 'TimeOut');
    bench.time.ahead = 2;

    await sweep(parts);

    assert.equal(await bench.labelOf(id), 'Timed out');
    assert.equal(await bench.tracked.count(), 0);
  });

  it('tolerates for two minutes that a fresh action is in nobody’s list', async () => {
    const id = await running();
    bench.defenderSays.actions.length = 0;
    const seen: boolean[] = [];
    for (const ahead of [2, 60, 110, 140]) {
      bench.time.ahead = ahead;
      await sweep(parts);
      seen.push(await isUnconfirmed(id));
    }

    assert.deepEqual(seen, [false, false, false, true]);
  });

  it('says at once that nobody’s token can read, and keeps the last confirmed label', async () => {
    const id = await running();
    bench.access.fails(alex, { kind: 'not-signed-in' });
    bench.time.ahead = 2;

    await sweep(parts);

    assert.equal(await isUnconfirmed(id), true);
    assert.equal(await bench.labelOf(id), 'Pending');
    assert.equal(await bench.tracked.count(), 1);
  });

  for (const kind of ['disabled-feature', 'disallowed-operation'] as const)
    it(`takes ${kind} for something that Defender has against one reader`, async () => {
      const id = await running();
      bench.defenderSays.answers({ listActionsById: failing(kind) });
      bench.time.ahead = 2;

      await sweep(parts);

      assert.equal(await isUnconfirmed(id), true);
    });

  it('takes that back when somebody can read again', async () => {
    const id = await running();
    bench.defenderSays.answers({ listActionsById: failing('forbidden') });
    bench.time.ahead = 2;
    await sweep(parts);
    const before = await isUnconfirmed(id);
    bench.defenderSays.answers({ listActionsById: undefined });
    bench.time.ahead = 20;

    await sweep(parts);

    assert.deepEqual([before, await isUnconfirmed(id)], [true, false]);
  });

  it('waits as long as Defender asks', async () => {
    const id = await running();
    bench.defenderSays.answers({ listActionsById: failing('throttled', { retryAfterMs: 60_000 }) });
    bench.time.ahead = 2;
    await sweep(parts);

    bench.time.ahead = 55;
    const early = await sweep(parts);
    bench.time.ahead = 65;
    const due = await sweep(parts);

    assert.deepEqual([early, due], [0, 1]);
    assert.equal(await isUnconfirmed(id), false);
  });

  it('asks before routine calls while an action is fresh', async () => {
    const priorities: CallPriority[] = [];
    bench.defenderSays.answers({
      listActionsById: (token, ids, options) => {
        priorities.push(options.priority);
        return bench.defenderSays.usual.listActionsById(token, ids, options);
      },
    });
    await running();
    for (const ahead of [2, 60]) {
      bench.time.ahead = ahead;
      await sweep(parts);
    }

    assert.deepEqual(priorities, ['fresh', 'routine']);
  });

  it('asks in each tenant for its own actions only', async () => {
    const other = randomUUID();
    await running(alex);
    await running({ ...sam, tenantId: other }, other);
    bench.time.ahead = 2;

    await sweep(parts);

    assert.deepEqual(bench.defenderSays.tokens, [`token-of-${alex.objectId}`, `token-of-${sam.objectId}`]);
  });

  it('reads with the bot’s own identity, and nobody else’s, where that is set', async () => {
    const id = await running();
    await running(sam);
    bench.defenderSays.actions.length = 1;
    bench.time.ahead = 2;

    await sweep({ ...parts, applicationToken: (tenant) => Promise.resolve(`app-in-${tenant}`) });

    assert.deepEqual(bench.defenderSays.tokens, [`app-in-${tenantId}`]);
    assert.deepEqual(bench.access.asked, []);
    assert.equal(await isUnconfirmed(id), false);
  });

  it('is recorded once for all requests, in the tenant’s chain', async () => {
    await running();
    await running();
    bench.time.ahead = 2;

    await sweep(parts);

    const records = await bench.audited(`tenant:${tenantId}`);
    assert.deepEqual(records, [
      {
        what: 'machine-actions-listed',
        who: { objectId: alex.objectId, name: alex.name },
        detail: { asked: 2, seen: 2 },
      },
    ]);
  });
});
