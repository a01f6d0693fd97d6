import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { DefenderAccess } from '../../../src/identity/defender-access.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { aMachineAction, sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { until } from '../../support/until.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press as pressOn, said, stepUpLinks } from './press.ts';

describe('a Release whose check finds no right', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  async function inForce(): Promise<RequestId> {
    const wish = { tenantId: sam.tenantId, box: { text: '4h', seconds: 14_400 } };
    const { id } = await aRunningRequest(bench.requests, wish);
    const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded' });
    await bench.requests.apply(id, { kind: 'action-observed', machineAction });
    return id;
  }
  const release = async (id: RequestId, given: { ago?: number; access?: DefenderAccess } = {}) => {
    const { ago = 0, ...parts } = given;
    const request = await bench.reread(id);
    return pressOn(bench, { person: sam, request, verb: 'release', ago }, parts);
  };
  const messages = (id: RequestId) => bench.effectsOf(id).filter((effect) => effect.kind === 'tell');
  const tells = (id: RequestId) => messages(id).map(({ note }) => note);
  const boxOf = async (id: RequestId) => boxInForce(await bench.reread(id)) ?? assert.fail('no box');

  it('says so in the answer, and names the message that is needless with that', async () => {
    const id = await inForce();
    bench.access.fails(sam, { kind: 'not-assigned' });

    const answer = await release(id);

    assert.match(said(answer), /^Your Release on #\d+ did not count: /);
    assert.ok(answer.noteId !== undefined);
    assert.deepEqual(
      messages(id).map(({ unlessTold }) => unlessTold),
      [answer.noteId],
    );
    assert.deepEqual((await boxOf(id)).wishes, []);
    assert.deepEqual((await boxOf(id)).voided?.why, { code: 'not-assigned' });
  });

  it('tells it by message when the turn is over first, and on the card when that is opened', async () => {
    const id = await inForce();
    bench.access.fails(sam, { kind: 'not-assigned' });
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const access: DefenderAccess = {
      forPerson: async (person) => {
        await answered;
        return bench.parts.access.forPerson(person);
      },
    };

    assert.match(said(await release(id, { ago: 4_300, access })), /^Recorded/);
    answer();

    await until(() => tells(id).length > 0, 20_000);
    assert.deepEqual(
      tells(id).map(({ about, why }) => [about, why.code]),
      [['release', 'not-assigned']],
    );
    const request = await bench.reread(id);
    const opened = await pressOn(bench, { person: sam, request, verb: 'refresh' });
    assert.match(said(opened), /Your Release on #\d+ did not count/);
  });

  it('leads to the sign-in page again while it waits for that', async () => {
    const id = await inForce();
    const stepUp = stepUpLinks(() => undefined);
    bench.access.fails(sam, { kind: 'interaction-required', aadsts: '50076' });
    const press = async () =>
      pressOn(bench, { person: sam, request: await bench.reread(id), verb: 'release' }, { stepUp });

    for (const answer of [await press(), await press()])
      assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest');

    const [wish, ...more] = (await boxOf(id)).wishes;
    assert.ok(wish?.signInUntil !== undefined && more.length === 0);
    assert.deepEqual(tells(id), []);
  });
});
