import assert from 'node:assert/strict';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { followPauses, pauseSubmission, resumeSubmission } from '../../../src/jobs/pausing.ts';
import { cancelAction } from '../../../src/jobs/cancel-action.ts';
import { alex } from '../../support/requests.ts';
import { anApprovedRequest, anAwaitingRequest, aRunningRequest } from '../../support/running-request.ts';
import { failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const maintenance = { reason: 'Defender maintenance', by: 'root' };

describe('while submission is paused', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(async () => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    await resumeSubmission(bench.pauses, 'root');
    await follow();
  });

  const submit = ({ id }: ContainmentRequest) => bench.handlers.submit({ requestId: id });
  const follow = () => followPauses({ ...bench.parts, database: bench });
  const pause = () => pauseSubmission(bench.pauses, maintenance);
  const resume = () => resumeSubmission(bench.pauses, 'root');

  it('an approved request comes again within 5 s, and nobody’s token is asked for', async () => {
    const request = await anApprovedRequest(bench.requests);
    await pause();

    assert.deepEqual(await submit(request), { againInSeconds: 5 });

    assert.deepEqual(bench.access.asked, []);
    assert.deepEqual(bench.defenderSays.calls, []);
    assert.equal(await bench.labelOf(request.id), 'Approved');
  });

  it('an approval outlasts it, however long it takes, and is sent once afterwards', async () => {
    const request = await anApprovedRequest(bench.requests);
    await pause();
    await follow();
    assert.equal((await bench.reread(request.id)).hold?.reason, maintenance.reason);
    bench.time.ahead = 3 * 3600;
    await submit(request);

    await resume();
    const beforeTheCardKnows = await bench.reread(request.id);
    await follow();
    await submit(request);

    assert.equal(beforeTheCardKnows.hold?.reason, maintenance.reason);
    assert.equal(await bench.labelOf(request.id), 'Pending');
    assert.equal((await bench.reread(request.id)).hold, undefined);
    assert.equal(bench.defenderSays.count('submit'), 1);
  });

  it('an attempt that is caught between is certainly unsent and outlasts it too', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('paused', { retryAfterMs: 5_000 }) });
    await submit(request);
    const { state } = await bench.reread(request.id);
    assert.ok(state.status === 'submitting' && state.attempt.outcome === 'unsent');
    assert.equal(state.attempt.wait?.why, 'paused');

    bench.time.ahead = 2 * 3600;
    bench.defenderSays.answers({ submit: failing('unreachable') });
    await submit(request);
    bench.defenderSays.answers({ submit: undefined });
    bench.time.ahead += 61;
    const firstTryAfterwards = await bench.labelOf(request.id);
    await submit(request);

    assert.equal(firstTryAfterwards, 'Submitting');
    assert.equal(await bench.labelOf(request.id), 'Pending');
    assert.equal(bench.defenderSays.actions.length, 1);
  });

  it('an attempt that waited for something else waits for its end instead', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('unreachable') });
    await submit(request);
    await pause();
    bench.time.ahead = 60;

    await submit(request);
    bench.time.ahead = 3600;
    const again = await submit(request);

    assert.deepEqual(again, { againInSeconds: 5 });
    bench.defenderSays.answers({ submit: undefined });
    await resume();
    await submit(request);
    assert.equal(await bench.labelOf(request.id), 'Pending');
  });

  it('a wish to cancel is kept, however long it takes', async () => {
    const request = await aRunningRequest(bench.requests);
    bench.defenderSays.answers({ cancelAction: failing('paused', { retryAfterMs: 5_000 }) });
    await bench.requests.apply(request.id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });
    bench.time.ahead = 3600;

    const outcome = await cancelAction(bench.parts, { requestId: request.id, inTurn: false });

    assert.deepEqual(outcome, { kind: 'no-answer', retryAfterMs: 5_000, paused: true });
    const { state } = await bench.reread(request.id);
    assert.ok(state.status === 'running' && state.cancel?.stage === 'requested');
  });

  it('a new request says so from its first card on, and no more after the end', async () => {
    const { pause: first } = await pause();
    const request = await anAwaitingRequest(bench.requests);
    assert.deepEqual(request.hold, { reason: maintenance.reason, since: first.since });

    await resume();
    await follow();

    assert.equal((await bench.reread(request.id)).hold, undefined);
  });

  it('what Defender has already is not held', async () => {
    const request = await aRunningRequest(bench.requests);
    await pause();
    await follow();

    assert.equal((await bench.reread(request.id)).hold, undefined);
  });
});
