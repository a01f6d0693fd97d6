import assert from 'node:assert/strict';
import { continueClick } from '../../../src/jobs/continue-click.ts';
import { alex } from '../../support/requests.ts';
import { aRunningRequest, anAwaitingRequest, machineActionIdOf } from '../../support/running-request.ts';
import { overWith, token, waitingForRetry, waitingForSignIn, wantMore } from './extra-step.ts';
import { failingOnce } from './failing-writes.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a click with a token that only this process has, when one write fails', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    wantMore(bench);
  });

  for (const stored of [false, true]) {
    const when = stored ? 'stored, its answer lost' : 'not stored';

    it(`counts, and is sent once, with the approval ${when}`, async () => {
      const click = await waitingForSignIn(bench);
      const parts = failingOnce(bench.parts, { apply: { of: 'approve-verified', stored } });

      const continued = await overWith(await continueClick(parts, click, token));

      assert.equal(parts.failures(), 1);
      assert.equal(continued.kind, 'counts');
      assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
      assert.equal(bench.defenderSays.count('submit'), 1);
      assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    });

    it(`renews its approval once, and sends once, with the retry ${when}`, async () => {
      const id = await waitingForRetry(bench);
      const parts = failingOnce(bench.parts, { apply: { of: 'retry-clicked', stored } });

      const purpose = { verb: 'retry', requestId: id } as const;
      const continued = await overWith(await continueClick(parts, { person: alex, purpose }, token));

      assert.equal(parts.failures(), 1);
      assert.equal(continued.kind, 'counts');
      assert.equal(await bench.labelOf(id), 'Pending');
      assert.equal(bench.defenderSays.count('submit'), 1);
      assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    });

    it(`cancels with the wish ${when}`, async () => {
      const { id } = await aRunningRequest(bench.requests);
      bench.defenderSays.actions.push(anAction({ id: machineActionIdOf(id) }));
      const parts = failingOnce(bench.parts, { apply: { of: 'cancel-clicked', stored } });

      const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;
      const continued = await continueClick(parts, { person: alex, purpose }, token);

      assert.equal(parts.failures(), 1);
      assert.equal(continued.kind, 'counts');
      assert.equal(await bench.labelOf(id), 'Cancelled');
      assert.equal(bench.defenderSays.count('cancelAction'), 1);
    });

    it(`takes a request back with the withdrawal ${when}`, async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      const { requestor } = await bench.reread(id);
      const parts = failingOnce(bench.parts, { apply: { of: 'cancel-clicked', stored } });

      const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;
      const continued = await continueClick(parts, { person: requestor, purpose }, token);

      assert.equal(continued.kind, 'counts');
      assert.equal(await bench.labelOf(id), 'Withdrawn');
    });
  }

  for (const note of ['step-up-token-used', 'defender-call']) {
    it(`counts, and leaves its record, when that of ${note} fails at first`, async () => {
      const click = await waitingForSignIn(bench);
      const { requestId } = click.purpose;
      const parts = failingOnce(bench.parts, { note });
      bench.defenderSays.answers({ readDevice: told(bench) });

      const continued = await overWith(await continueClick(parts, click, token));

      assert.equal(parts.failures(), 1);
      assert.equal(continued.kind, 'counts');
      assert.equal(bench.defenderSays.count('readDevice'), 1);
      assert.ok((await bench.audited(requestId)).some(({ what }) => what === note));
    });
  }

  it('is void once, and told by the message, when the answer to that is lost', async () => {
    const click = await waitingForSignIn(bench);
    const { requestId } = click.purpose;
    bench.defenderSays.answers({ readDevice: failing('forbidden') });
    const parts = failingOnce(bench.parts, { apply: { of: 'approve-refused', stored: true } });

    const continued = await continueClick(parts, click, token);

    assert.equal(continued.kind, 'gone');
    assert.equal(await bench.labelOf(requestId), 'Awaiting approval');
    assert.equal(bench.effectsOf(requestId).filter(({ kind }) => kind === 'tell').length, 1);
  });

  it('gives up when the page has waited long enough', async () => {
    const click = await waitingForSignIn(bench);
    const away = () => Promise.reject(new Error('The database went away'));
    const requests = { ...bench.requests, apply: away };

    const continued = continueClick({ ...bench.parts, requests }, click, token, AbortSignal.timeout(50));

    await assert.rejects(continued, /went away/);
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Awaiting approval');
  });
});

/** The transport tells of its calls; the stand-in for the client does not. */
function told(bench: Workbench): Workbench['defenderSays']['usual']['readDevice'] {
  return (...args) => {
    const { tenantId, onCall } = args[2];
    onCall?.({
      tenantId,
      kind: 'read-device',
      method: 'GET',
      path: '/api/machines/{id}',
      status: 200,
      ms: 1,
    });
    return bench.defenderSays.usual.readDevice(...args);
  };
}
