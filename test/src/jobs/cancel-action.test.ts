import assert from 'node:assert/strict';
import type { DefenderErrorKind } from '../../../src/defender/errors.ts';
import { cancelAction } from '../../../src/jobs/cancel-action.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { toldHere } from '../../../src/jobs/told-here.ts';
import { sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the cancellation of a machine action', () => {
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

  async function wished() {
    const { id } = await aRunningRequest(bench.requests);
    bench.defenderSays.actions.push(anAction({ id: machineActionIdOf(id) }));
    await bench.requests.apply(id, { kind: 'cancel-clicked', by: sam, comment: 'wrong device' });
    return id;
  }

  it('is made with the canceller’s own token, and ends the request as Defender says', async () => {
    const requestId = await wished();

    const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

    assert.equal(outcome.kind, 'decided');
    assert.equal(await bench.labelOf(requestId), 'Cancelled');
    assert.deepEqual(bench.defenderSays.tokens, [`token-of-${sam.objectId}`]);
    const comment = bench.defenderSays.actions[0]?.cancellationComment ?? '';
    assert.match(comment, new RegExp(`^wrong device \\| cancelled by Sam Okafor \\| cordon:${requestId}$`));
  });

  it('is followed until Defender says that it has ended', async () => {
    const requestId = await wished();
    bench.defenderSays.answers({ cancelAction: (_token, id) => Promise.resolve(anAction({ id })) });

    await cancelAction(bench.parts, { requestId, inTurn: true });

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'running' && state.cancel?.stage === 'accepted');
    await bench.handlers['cancel-action']({ requestId });
    assert.equal(bench.defenderSays.count('cancelAction'), 1);
  });

  const refusals: readonly (readonly [DefenderErrorKind, string])[] = [
    ['not-found', 'not-found'],
    ['forbidden', 'not-permitted'],
    ['disallowed-operation', 'not-permitted'],
    ['unauthorized', 'sign-in-gone'],
    ['claims-challenge', 'sign-in-gone'],
  ];
  for (const [kind, code] of refusals) {
    it(`is void as ${code} on ${kind}; the action goes on`, async () => {
      const requestId = await wished();
      bench.defenderSays.answers({ cancelAction: failing(kind) });

      const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

      assert.equal(outcome.kind === 'refused' && outcome.why.code, code);
      const { state } = await bench.reread(requestId);
      assert.ok(state.status === 'running' && state.cancel === undefined);
    });
  }

  it('came too late when the action has ended otherwise, which the card then shows', async () => {
    const requestId = await wished();
    bench.defenderSays.answers({ cancelAction: failing('bad-request') });
    bench.defenderSays.move(machineActionIdOf(requestId), 'Succeeded');

    const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

    assert.equal(outcome.kind === 'refused' && outcome.why.code, 'already-final');
    assert.equal(await bench.labelOf(requestId), 'Succeeded');
  });

  it('succeeded when an earlier call without an answer has cancelled the action', async () => {
    const requestId = await wished();
    bench.defenderSays.answers({ cancelAction: failing('bad-request') });
    bench.defenderSays.move(machineActionIdOf(requestId), 'Cancelled');

    const outcome = await cancelAction(bench.parts, { requestId, inTurn: false });

    assert.equal(outcome.kind, 'decided');
    assert.equal(await bench.labelOf(requestId), 'Cancelled');
    assert.deepEqual(
      bench.effectsOf(requestId).filter((effect) => effect.kind === 'tell'),
      [],
    );
  });

  it('goes on as a job while nobody answers, and is given up after ten minutes', async () => {
    const requestId = await wished();
    bench.defenderSays.answers({ cancelAction: failing('outcome-unknown') });

    const first = await bench.handlers['cancel-action']({ requestId });
    bench.time.ahead = 601;
    const last = await bench.handlers['cancel-action']({ requestId });

    assert.deepEqual([first, last], [{ againInSeconds: 5 }, undefined]);
    const tells = bench
      .effectsOf(requestId)
      .flatMap((effect) => (effect.kind === 'tell' ? [[effect.to.name, effect.note.why.code]] : []));
    assert.deepEqual(tells, [['Sam Okafor', 'failed']]);
  });

  it('that comes to nothing is told by a message unless the turn or the page has told it', async () => {
    bench.defenderSays.answers({ cancelAction: failing('forbidden') });
    const tells = (id: RequestId) =>
      bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect.note.why.code] : []));
    const requestId = await wished();

    const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

    assert.deepEqual(tells(requestId), ['not-permitted']);
    toldHere(bench.parts, outcome.kind === 'refused' ? outcome.noteId : undefined);
    assert.deepEqual(tells(requestId), []);
  });

  it('is not asked for when the canceller is not signed in', async () => {
    const requestId = await wished();
    bench.access.fails(sam, { kind: 'not-signed-in' });

    const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

    assert.equal(outcome.kind === 'refused' && outcome.why.code, 'sign-in-gone');
    assert.deepEqual(bench.defenderSays.calls, []);
  });

  for (const [problem, code] of [
    [{ kind: 'blocked-by-policy', aadsts: '53003' }, 'blocked-by-policy'],
    [{ kind: 'consent-missing' }, 'consent-missing'],
    [{ kind: 'wrong-account' }, 'wrong-account'],
    [{ kind: 'account-unusable', aadsts: '50057' }, 'account-unusable'],
  ] as const) {
    it(`tells the canceller what Entra has against their sign-in: ${code}`, async () => {
      const requestId = await wished();
      bench.access.fails(sam, problem);

      const outcome = await cancelAction(bench.parts, { requestId, inTurn: true });

      assert.ok(outcome.kind === 'refused' && outcome.why.code === 'sign-in-gone');
      assert.equal(outcome.why.why?.code, code);
    });
  }
});
