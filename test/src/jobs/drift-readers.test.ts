import assert from 'node:assert/strict';
import { aPerson, alex, sam } from '../../support/requests.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';
import { failing } from './fake-defender.ts';

describe('who is asked what was changed elsewhere', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  it('takes an empty list for nothing, and asks the next approver', async () => {
    const ofAlex = await bench.done();
    const ofSam = await bench.done({ approver: sam });
    await bench.done();
    bench.portal(ofAlex.deviceId, 'unrestrict');
    bench.portal(ofSam.deviceId, 'unrestrict');
    bench.defenderSays.answers({
      listSucceeded: async (token, query, options) => {
        const all = await bench.defenderSays.usual.listSucceeded(token, query, options);
        return token.endsWith(sam.objectId) ? all.filter((one) => one.machineId === ofSam.deviceId) : [];
      },
    });

    await bench.nextSweep();

    assert.deepEqual(bench.defenderSays.tokens, [`token-of-${alex.objectId}`, `token-of-${sam.objectId}`]);
    assert.equal(await bench.found(ofAlex.id), undefined);
    assert.equal((await bench.found(ofSam.id))?.length, 1);
  });

  it('asks others when one reader has trouble, and begins with another one the next time', async () => {
    for (const kind of ['server-error', 'unreadable', 'disabled-feature', 'bad-request'] as const) {
      await bench.begin();
      const [ofAlex] = [await bench.done(), await bench.done(), await bench.done({ approver: sam })];
      bench.portal(ofAlex.deviceId, 'unrestrict');
      bench.defenderSays.answers({
        listSucceeded: (token, query, options) =>
          token.endsWith(alex.objectId)
            ? failing(kind)()
            : bench.defenderSays.usual.listSucceeded(token, query, options),
      });
      await bench.nextSweep();
      assert.equal((await bench.found(ofAlex.id))?.length, 1, kind);
      bench.defenderSays.tokens.length = 0;
      await bench.nextSweep();
      assert.deepEqual(bench.defenderSays.tokens, [`token-of-${sam.objectId}`], kind);
    }
  });

  it('asks the next approver only of devices that the first one did not see', async () => {
    const [ofAlex, ofSam] = [await bench.done(), await bench.done({ approver: sam })];
    await bench.done();
    const asked: (readonly string[])[] = [];
    bench.defenderSays.answers({
      listSucceeded: async (token, query, options) => {
        asked.push(query.machineIds);
        const all = await bench.defenderSays.usual.listSucceeded(token, query, options);
        return all.filter((one) => (one.machineId === ofSam.deviceId) === token.endsWith(sam.objectId));
      },
    });

    await bench.nextSweep();

    assert.equal(asked[0]?.length, 3);
    assert.deepEqual(asked.slice(1), [[ofSam.deviceId]]);
    assert.equal(await bench.found(ofAlex.id), undefined);
  });

  it('claims nothing while nobody is signed in, and says so in the tenant’s record', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict');
    bench.access.fails(alex, { kind: 'not-signed-in' });

    await bench.nextSweep();

    assert.equal(bench.lists(), 0);
    assert.equal(await bench.found(id), undefined);
    assert.deepEqual(await bench.audited(`tenant:${bench.tenantId}`), [
      {
        what: 'drift-looked-for',
        who: 'cordon',
        detail: {
          devices: 1,
          notSeen: 1,
          reader: { objectId: alex.objectId, name: alex.name },
          result: 'not-signed-in',
        },
      },
    ]);
    bench.access.reset();
    await bench.nextSweep();
    assert.equal((await bench.found(id))?.length, 1);
  });

  it('asks a few people in a sweep, and others in the next ones', async () => {
    const people = Array.from({ length: 9 }, (_, index) => aPerson(`${index} Approver`));
    for (const approver of people) {
      await bench.done({ approver });
      bench.access.fails(approver, { kind: 'not-signed-in' });
    }
    const asked: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      bench.access.asked.length = 0;
      await bench.nextSweep();
      asked.push(bench.access.asked.length);
    }
    const records = JSON.stringify(await bench.audited(`tenant:${bench.tenantId}`));

    assert.ok(asked.every((count) => count === 5));
    for (const { objectId } of people) assert.ok(records.includes(objectId));
  });

  it('reads with the bot’s own identity, and nobody else’s, where that is set', async () => {
    const { id, deviceId } = await bench.done();
    await bench.done({ approver: sam });
    bench.portal(deviceId, 'unrestrict');
    bench.sweepParts = {
      ...bench.sweepParts,
      applicationToken: (tenant) => Promise.resolve(`app-in-${tenant}`),
    };

    await bench.nextSweep();

    assert.deepEqual(bench.defenderSays.tokens, [`app-in-${bench.tenantId}`]);
    assert.deepEqual(bench.access.asked, []);
    assert.equal((await bench.found(id))?.length, 1);
  });

  it('asks with the lowest priority, and for what may have been made before it took effect', async () => {
    await bench.done();
    const asked: unknown[] = [];
    bench.defenderSays.answers({
      listSucceeded: (_token, { types, createdSince }, { priority }) => {
        asked.push([priority, types, createdSince.toISOString()]);
        return Promise.resolve([]);
      },
    });
    await bench.nextSweep();

    const types = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];
    assert.deepEqual(asked, [['background', types, '2026-11-16T03:12:08.000Z']]);
  });
});
