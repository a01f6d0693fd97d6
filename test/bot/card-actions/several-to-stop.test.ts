import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import { nothingToClose } from '../../../bot/texts/attention.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { createBatchPlay, device, idOf } from '../../support/batch-play.ts';
import { aMachineAction, alex, sam } from '../../support/requests.ts';
import { severalStates } from '../../support/several-states.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
import { overWith, token, wantMore } from '../../src/jobs/extra-step.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press, said, stepUpLinks } from './press.ts';

describe('Cancel on the card of several devices that asks for one more sign-in', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
  });

  const play = createBatchPlay(() => bench.requests);

  /** Alex stops the second, which runs; the first waits for the check of Sam’s approval. */
  async function pressed() {
    const devices = [{ deviceId: idOf(0) }, { deviceId: idOf(1) }];
    const request = await play.asked(devices, { tenantId: alex.tenantId });
    const [first, second] = membersOf(request);
    assert.ok(first && second);
    await bench.requests.apply(first.id, { kind: 'approve-clicked', by: sam, clickId: 'clk-sam' });
    await press(bench, { person: alex, request, verb: 'approve', devices: idOf(1) });
    await bench.handlers.submit({ requestId: second.id });
    const [waits, runs] = membersOf(await play.onCard(request.id));
    assert.deepEqual([waits?.state.status, runs?.state.status], ['awaiting', 'running']);

    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    const stop = { person: alex, request, verb: 'cancel', comment: 'Not this one' };
    const answer = await press(bench, stop, { stepUp });
    assert.equal(answer.statusCode, 401, said(answer));
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'cancel');
    // Meanwhile Sam’s approval holds, and Defender has that action as well.
    await bench.requests.apply(first.id, { kind: 'approve-verified', clickId: 'clk-sam', device });
    const machineAction = aMachineAction({ id: 'approved-by-sam', status: 'Pending' });
    await bench.requests.apply(first.id, { kind: 'action-found', machineAction });
    return { first, second, purpose };
  }

  it('is for all of them, whatever its data say of one alone', async () => {
    const request = await play.asked([{ deviceId: idOf(0) }, { deviceId: idOf(1) }], alex);
    await press(bench, {
      person: request.requestor,
      request,
      verb: 'cancel',
      comment: 'No',
      data: { alone: true },
    });
    const states = membersOf(await play.onCard(request.id)).map(({ state }) => state.status);
    assert.deepEqual(states, ['withdrawn', 'withdrawn']);
  });

  it('says what it cannot stop yet to whoever presses again, and beside the link', async () => {
    const request = await play.asked([{ deviceId: idOf(0) }, { deviceId: idOf(1) }], alex);
    await press(bench, { person: alex, request, verb: 'approve' });
    await bench.handlers.submit({ requestId: request.id });
    const stop = { person: sam, request, verb: 'cancel', comment: 'Stop it all' };
    const yet = /1 device is not with Defender yet and was not stopped/;

    bench.access.fails(sam, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
    const answer = await press(bench, stop, { stepUp: stepUpLinks(() => undefined) });
    assert.equal(answer.statusCode, 401);
    assert.match(JSON.stringify(answer), yet);
    assert.match(said(await press(bench, stop)), yet);
  });

  it('stops those that it was pressed for, and nothing that somebody else has approved since', async () => {
    const { first, second, purpose } = await pressed();
    await overWith(await continueForAll(bench.parts, { person: alex, purpose }, token));
    const other = (await bench.reread(first.id)).state;
    assert.ok(other.status === 'running' && other.cancel === undefined);
    assert.equal(bench.defenderSays.count('cancelAction'), 1);
    const { state } = await bench.reread(second.id);
    assert.ok(state.status === 'ended' && state.machineAction.status === 'Cancelled');
  });

  it('says on the page that one of them ended meanwhile', async () => {
    const request = await play.asked([{ deviceId: idOf(0) }, { deviceId: idOf(1) }], alex);
    await press(bench, { person: alex, request, verb: 'approve' });
    const members = membersOf(request);
    for (const { id } of members) await bench.handlers.submit({ requestId: id });
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await press(bench, { person: alex, request, verb: 'cancel', comment: 'Not these' }, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'cancel');
    const ended = await bench.reread(members[1]?.id ?? assert.fail());
    assert.ok(ended.state.status === 'running');
    const machineAction = aMachineAction({ ...ended.state.machineAction, status: 'Succeeded' });
    await bench.requests.apply(ended.id, { kind: 'action-observed', machineAction });

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);
    await overWith(continued);

    assert.match(
      pageOf('cancel', continued).lines.join('\n'),
      /This is so for 1 device\. It does not count for the other 1 device/,
    );
  });

  it('stops nothing else either when those have ended by themselves', async () => {
    const { first, second, purpose } = await pressed();
    const { state } = await bench.reread(second.id);
    assert.ok(state.status === 'running');
    const machineAction = aMachineAction({ ...state.machineAction, status: 'Succeeded' });
    await bench.requests.apply(second.id, { kind: 'action-observed', machineAction });

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);

    assert.equal(continued.kind, 'refused');
    const other = (await bench.reread(first.id)).state;
    assert.ok(other.status === 'running' && other.cancel === undefined);
    assert.equal(bench.defenderSays.count('cancelAction'), 0);
  });
});

describe('Approve without a choice', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());

  it('is for what its card has offered, and for nothing that has come to it since', async () => {
    const play = createBatchPlay(() => bench.requests);
    const request = await play.asked([{ deviceId: idOf(0) }, { deviceId: idOf(1) }], alex);
    await press(bench, { person: alex, request, verb: 'approve', data: { offered: ':1' } });
    const statuses = membersOf(await play.onCard(request.id)).map(({ state }) => state.status);
    assert.deepEqual(statuses, ['approved', 'awaiting']);
  });
});

describe('Approve for another choice, while the first one is checked', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());

  it('says beside what it comes to that the first one goes on', async () => {
    const play = createBatchPlay(() => bench.requests);
    const request = await play.asked(
      [0, 1, 2].map((at) => ({ deviceId: idOf(at) })),
      alex,
    );
    bench.defenderSays.answers({ readDevice: failing('unreachable') });
    const approve = async (...at: number[]): Promise<string> =>
      said(await press(bench, { person: alex, request, verb: 'approve', devices: at.map(idOf).join(',') }));
    await approve(0, 1);
    const earlier = /Your earlier Approve for 1 device that this press is not for is still being checked/;

    assert.match(await approve(0, 2), earlier);
    bench.defenderSays.reset();
    assert.match(await approve(2), /Recorded/);
    assert.doesNotMatch(await approve(0, 1, 2), earlier);
  });
});

describe('Close on the card of several devices', () => {
  it('says who has closed them already', () => {
    const { closed = assert.fail() } = { closed: severalStates['several-closed'] };
    assert.match(nothingToClose(closed), /^Sam .* has closed #12 already/);
  });
});
