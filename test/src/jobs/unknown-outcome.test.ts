import assert from 'node:assert/strict';
import { later } from '../../../src/containment/decision.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { DefenderClient } from '../../../src/defender/client.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { confirmNow } from '../../../src/jobs/confirm.ts';
import { aNewRequest } from '../../support/new-requests.ts';
import { alex, sam } from '../../support/requests.ts';
import { anApprovedRequest } from '../../support/running-request.ts';
import { failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a POST whose outcome nobody learned', () => {
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

  const submit = ({ id }: ContainmentRequest) => bench.handlers.submit({ requestId: id });
  const stateOf = async ({ id }: ContainmentRequest) => (await bench.reread(id)).state;
  const posts = () => bench.defenderSays.count('submit');

  /** Defender takes the action, and the line breaks before it has answered. */
  const takenAndCut: DefenderClient['submit'] = async (...args) => {
    await bench.defenderSays.usual.submit(...args);
    throw new DefenderError('outcome-unknown');
  };

  /** The same, and Defender kept only the beginning of the comment: our mark is lost. */
  const takenAndShortened: DefenderClient['submit'] = async (token, { comment, ...rest }, options) => {
    await bench.defenderSays.usual.submit(token, { ...rest, comment: comment.slice(0, 60) }, options);
    throw new DefenderError('outcome-unknown');
  };

  it('is looked up by its mark and adopted, never sent again', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndCut });

    await submit(request);
    const between = await stateOf(request);
    bench.time.ahead = 2;
    await submit(request);

    assert.ok(between.status === 'submitting' && between.attempt.outcome === 'unknown');
    const state = await stateOf(request);
    assert.ok(state.status === 'running' && state.machineAction.ours);
    assert.equal(posts(), 1);
  });

  it('is recognised by approver and time when Defender has cut the mark off', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndShortened });

    await submit(request);
    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'running' && state.machineAction.ours);
    assert.equal(await bench.commentLimits.read(request.tenantId), 60);
    assert.equal(posts(), 1);
  });

  it('is still recognised when another request has followed its action meanwhile', async () => {
    const asked = aNewRequest();
    const request = await anApprovedRequest(bench.requests, asked);
    bench.defenderSays.answers({ submit: takenAndShortened });
    await submit(request);
    const { tenantId } = asked;
    const follower = await anApprovedRequest(bench.requests, { tenantId }, sam);
    await submit(follower);
    bench.defenderSays.move(bench.defenderSays.actions[0]?.id ?? '', 'Succeeded');

    for (const ahead of [10, 60, 200, 201]) {
      bench.time.ahead = ahead;
      await submit(request);
    }

    assert.equal(await bench.labelOf(request.id), 'Succeeded');
    assert.equal(posts(), 1);
  });

  it('is in doubt again when Defender does not say what runs before it is sent once more', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('outcome-unknown') });
    await submit(request);
    bench.time.ahead = 200;
    await submit(request);
    const unsent = await stateOf(request);
    bench.defenderSays.answers({ submit: undefined, listOpenActions: failing('server-error') });

    await submit(request);

    const state = await stateOf(request);
    assert.ok(unsent.status === 'submitting' && unsent.attempt.outcome === 'unsent');
    assert.ok(state.status === 'submitting' && state.attempt.outcome === 'unknown');
    assert.equal(posts(), 1);
  });

  it('is sent once more only after the deadline and two minutes in which nobody saw it', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('outcome-unknown') });
    await submit(request);
    bench.defenderSays.answers({ submit: undefined });

    for (const ahead of [2, 60, 138]) {
      bench.time.ahead = ahead;
      const again = await submit(request);
      assert.ok(again !== undefined && again.againInSeconds >= 5);
    }
    assert.equal(posts(), 1);
    bench.time.ahead = 145;
    await submit(request);
    await submit(request);

    assert.equal(await bench.labelOf(request.id), 'Pending');
    assert.equal(posts(), 2);
  });

  it('is not sent again by a list from before the lag was over, however long the process stood still since', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndCut });
    await submit(request);
    bench.defenderSays.answers({
      listOpenActions: () => {
        bench.time.ahead = 300;
        return Promise.resolve([]);
      },
    });

    const again = await submit(request);

    const state = await stateOf(request);
    assert.ok(again !== undefined && state.status === 'submitting' && state.attempt.outcome === 'unknown');
    assert.equal(posts(), 1);
  });

  it('needs attention when the approver cannot see the device any more', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('outcome-unknown'), readDevice: failing('not-found') });
    await submit(request);
    bench.time.ahead = 200;

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'attention' && state.reason.code === 'outcome-unknown');
    assert.equal(posts(), 1);
  });

  it('needs attention when nobody could look for a quarter of an hour', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('outcome-unknown') });
    await submit(request);
    bench.defenderSays.answers({ listOpenActions: failing('server-error') });

    bench.time.ahead = 800;
    const again = await submit(request);
    assert.ok(again !== undefined && again.againInSeconds === 60);
    bench.time.ahead = 1_000;
    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'attention' && state.reason.code === 'outcome-unknown');
  });

  it('of a killed process is left alone until its deadline, then looked up', async () => {
    const request = await anApprovedRequest(bench.requests);
    const deadline = later(await bench.requests.now(), 20);
    await bench.requests.apply(request.id, { kind: 'attempt-started', attemptId: 'of-the-killed', deadline });

    const early = await submit(request);
    assert.ok(early !== undefined && early.againInSeconds > 15 && early.againInSeconds <= 20);
    assert.deepEqual(bench.defenderSays.calls, []);
    bench.time.ahead = 21;
    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'submitting' && state.attempt.outcome === 'unknown');
    assert.deepEqual(bench.defenderSays.calls, ['listOpenActions']);
  });

  it('comes to the attention of people when the approver’s token is gone until the lists’ lag is over', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndCut });
    await submit(request);
    bench.access.fails(alex, { kind: 'sign-in-again' });

    const early = await submit(request);
    const between = await bench.labelOf(request.id);
    bench.time.ahead = 200;
    await submit(request);

    assert.ok(early !== undefined);
    assert.equal(between, 'Submitting');
    const state = await stateOf(request);
    assert.ok(state.status === 'attention' && state.reason.code === 'outcome-unknown');
    assert.ok(bench.effectsOf(request.id).some((effect) => effect.kind === 'notify'));
  });

  it('is waited for when Entra or Defender cannot be asked', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndCut });
    await submit(request);
    bench.access.fails(alex, { kind: 'unavailable', retryAfterMs: 9_000 });
    const withoutEntra = await submit(request);
    bench.access.reset();
    bench.defenderSays.answers({ listOpenActions: failing('throttled', { retryAfterMs: 40_000 }) });
    const withoutDefender = await submit(request);

    assert.deepEqual([withoutEntra, withoutDefender], [{ againInSeconds: 9 }, { againInSeconds: 40 }]);
    assert.equal(await bench.labelOf(request.id), 'Submitting');
  });

  describe('that only people can settle', () => {
    async function unsettled(submitting: DefenderClient['submit']): Promise<ContainmentRequest> {
      const request = await anApprovedRequest(bench.requests);
      bench.defenderSays.answers({ submit: submitting });
      await submit(request);
      bench.access.fails(alex, { kind: 'sign-in-again' });
      bench.time.ahead = 150;
      await submit(request);
      return bench.reread(request.id);
    }

    const look = { person: sam, signal: AbortSignal.timeout(60_000) };

    it('is settled by the token of whoever wants to know', async () => {
      const request = await unsettled(takenAndCut);

      const confirmation = await confirmNow(bench.parts, request, look);

      assert.equal(confirmation.kind, 'confirmed');
      assert.equal(await bench.labelOf(request.id), 'Pending');
      assert.equal(posts(), 1);
    });

    it('is open again when it is proven absent', async () => {
      const request = await unsettled(failing('outcome-unknown'));

      await confirmNow(bench.parts, request, look);

      assert.equal(await bench.labelOf(request.id), 'Awaiting approval');
    });

    it('stays a question for those who cannot see the device', async () => {
      const request = await unsettled(failing('outcome-unknown'));
      bench.time.ahead = 200;
      bench.defenderSays.answers({ readDevice: failing('not-found') });

      const confirmation = await confirmNow(bench.parts, request, look);

      assert.equal(confirmation.kind, 'not-visible');
      assert.equal(await bench.labelOf(request.id), 'Needs attention');
    });
  });

  it('of a request cancelled meanwhile is cancelled as soon as it is found', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: takenAndCut });
    await submit(request);
    await bench.requests.apply(request.id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });

    await submit(request);
    const found = await bench.labelOf(request.id);
    await bench.handlers['cancel-action']({ requestId: request.id });

    assert.equal(found, 'Pending');
    assert.equal(await bench.labelOf(request.id), 'Cancelled');
  });

  it('leaves room for the mark even if Defender was seen to keep very little', async () => {
    const request = await anApprovedRequest(bench.requests);
    await bench.commentLimits.lower(request.tenantId, 20);

    await submit(request);

    assert.equal(bench.defenderSays.actions[0]?.requestorComment, `cordon:${request.id}`);
  });
});
