import assert from 'node:assert/strict';
import { later } from '../../../src/containment/decision.ts';
import { type DeviceRequest, hasDevice } from '../../../src/containment/request.ts';
import { buildComment } from '../../../src/defender/comment.ts';
import { markOpenRequests } from '../../../src/store/look-first.ts';
import { alex, riley } from '../../support/requests.ts';
import { anApprovedRequest } from '../../support/running-request.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a request of a restored backup', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(async () => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    await bench.pauses.clear('restored', 'Cordon');
  });

  const submit = ({ id }: DeviceRequest) => bench.handlers.submit({ requestId: id });
  const stateOf = async ({ id }: DeviceRequest) => (await bench.reread(id)).state;

  /** Approved, and nobody knows whether it was sent. */
  async function restored(): Promise<DeviceRequest> {
    const request = await anApprovedRequest(bench.requests);
    const until = later(await bench.requests.now(), 120);
    await bench.sql.transaction().execute((tx) => markOpenRequests(tx, until));
    if (!hasDevice(request)) assert.fail('no device');
    return request;
  }

  /** What the original did after the backup was made. */
  function takenBefore(request: DeviceRequest) {
    const comment = buildComment({
      reason: request.reason,
      requestor: riley.name,
      approver: alex.name,
      requestId: request.id,
    });
    const action = anAction({ machineId: request.deviceId, requestorComment: comment, status: 'Succeeded' });
    bench.defenderSays.actions.push(action);
    return action;
  }

  it('follows the action that the database has forgotten, and sends nothing', async () => {
    const request = await restored();
    const action = takenBefore(request);

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'ended' && state.machineAction.id === action.id);
    assert.equal(bench.defenderSays.count('submit'), 0);
  });

  it('finds it also when the lists show it late', async () => {
    const request = await restored();
    const early = await submit(request);
    assert.ok(early !== undefined && early.againInSeconds >= 5);
    takenBefore(request);

    bench.time.ahead = 60;
    await submit(request);

    assert.equal(await bench.labelOf(request.id), 'Succeeded');
    assert.equal(bench.defenderSays.count('submit'), 0);
  });

  it('is sent only after two minutes in which Defender showed nothing, and then once', async () => {
    const request = await restored();
    for (const ahead of [0, 40, 80, 118]) {
      bench.time.ahead = ahead;
      await submit(request);
    }
    const waiting = await stateOf(request);
    assert.equal(bench.defenderSays.count('submit'), 0);

    bench.time.ahead = 125;
    await submit(request);
    await submit(request);

    assert.ok(waiting.status === 'submitting' && waiting.attempt.wait?.why === 'checking');
    assert.equal(await bench.labelOf(request.id), 'Pending');
    assert.equal(bench.defenderSays.count('submit'), 1);
  });

  it('is held up by a list that cannot be read, unlike any other', async () => {
    const request = await restored();
    bench.defenderSays.answers({ listOpenActions: failing('server-error') });
    bench.time.ahead = 200;

    const again = await submit(request);

    assert.ok(again !== undefined);
    assert.equal(bench.defenderSays.count('submit'), 0);
    bench.defenderSays.answers({ listOpenActions: undefined });
    bench.time.ahead = 210;
    await submit(request);
    assert.equal(await bench.labelOf(request.id), 'Pending');
  });

  it('is left to people when the approver cannot look, for nobody knows that it was not sent', async () => {
    const request = await restored();
    bench.access.fails(alex, { kind: 'not-signed-in' });
    await submit(request);
    const early = await bench.labelOf(request.id);
    bench.time.ahead = 121;

    await submit(request);

    const state = await stateOf(request);
    assert.equal(early, 'Submitting');
    assert.ok(state.status === 'attention' && state.reason.code === 'outcome-unknown');
    assert.equal(bench.defenderSays.count('submit'), 0);
  });

  it('is left to people when an action is there that may be ours', async () => {
    const request = await restored();
    bench.defenderSays.actions.push(anAction({ requestorComment: 'Restrict', status: 'Succeeded' }));
    bench.defenderSays.answers({
      listOpenActions: () =>
        Promise.resolve([
          anAction({ machineId: request.deviceId, requestorComment: '', status: 'Succeeded' }),
        ]),
    });
    bench.time.ahead = 130;

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'attention' && state.reason.code === 'outcome-unknown');
  });

  it('is not kept for the end of the pause when its approval is too old', async () => {
    const request = await restored();
    await bench.pauses.set({ kind: 'restored', reason: 'restored', by: 'Cordon' });
    bench.time.ahead = 16 * 60;

    await submit(request);

    assert.equal(await bench.labelOf(request.id), 'Awaiting approval');
    assert.equal(bench.defenderSays.count('submit'), 0);
  });

  it('is looked for during the pause, and sent after it', async () => {
    const request = await restored();
    await bench.pauses.set({ kind: 'restored', reason: 'restored', by: 'Cordon' });
    bench.time.ahead = 130;

    await submit(request);
    await submit(request);
    const during = bench.defenderSays.count('submit');
    await bench.pauses.clear('restored', 'Cordon');
    bench.time.ahead = 140;
    await submit(request);

    assert.equal(during, 0);
    assert.equal(await bench.labelOf(request.id), 'Pending');
    assert.equal(bench.defenderSays.count('submit'), 1);
  });
});
