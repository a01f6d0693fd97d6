import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { continueClick } from '../../../src/jobs/continue-click.ts';
import { aMachineAction, alex, sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { token, wantMore } from './extra-step.ts';
import { failing } from './fake-defender.ts';
import { failingOnce } from './failing-writes.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a wish to cancel that goes on after a sign-in on Cordon’s own page', () => {
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

  it('is not kept, when only this sign-in can carry it out, while submission is paused', async () => {
    const { id } = await aRunningRequest(bench.requests);
    bench.defenderSays.answers({ cancelAction: failing('paused') });
    const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;

    const continued = await continueClick(bench.parts, { person: alex, purpose }, token);

    assert.ok(continued.kind === 'not-cancelled' && continued.why.code === 'paused');
    assert.ok(continued.noteId !== undefined);
    assert.equal(bench.defenderSays.count('cancelAction'), 1);
    const { state } = await bench.reread(id);
    assert.ok(state.status === 'running' && state.cancel === undefined);
    const tells = bench.effectsOf(id).filter(({ kind }) => kind === 'tell');
    assert.deepEqual(
      tells.map((effect) => effect.kind === 'tell' && effect.unlessTold),
      [continued.noteId],
    );
    const page = pageOf('cancel', continued);
    assert.match(page.lines.join(' '), /paused.*not kept.*Press Cancel action again/);
    assert.doesNotMatch(page.lines.join(' '), /Recorded|is kept/);
  });

  it('is not kept either when the answer to its record was lost', async () => {
    const { id } = await aRunningRequest(bench.requests);
    bench.defenderSays.answers({ cancelAction: failing('paused') });
    const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;
    const parts = failingOnce(bench.parts, { apply: { of: 'cancel-clicked', stored: true } });

    const continued = await continueClick(parts, { person: alex, purpose }, token);

    assert.equal(parts.failures(), 1);
    assert.ok(continued.kind === 'not-cancelled' && continued.why.code === 'paused');
    const { state } = await bench.reread(id);
    assert.ok(state.status === 'running' && state.cancel === undefined);
  });

  it('is told who goes first when that person asked as well while it was found out that submission is paused', async () => {
    const { id, requestor } = await aRunningRequest(bench.requests);
    const cancelAction = async () => {
      await bench.requests.apply(id, { kind: 'cancel-clicked', by: requestor, comment: 'mine' });
      return failing('paused')();
    };
    bench.defenderSays.answers({ cancelAction });
    const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;

    const continued = await continueClick(bench.parts, { person: sam, purpose }, token);

    assert.ok(continued.kind === 'not-cancelled' && continued.why.code === 'taken-over');
    const { state } = await bench.reread(id);
    assert.ok(state.status === 'running' && state.cancel?.by.objectId === requestor.objectId);
  });

  it('says that nothing was cancelled when the action has ended, or somebody else has asked, before Defender was', async () => {
    const wished = async (meanwhile: (id: RequestId) => Promise<unknown>) => {
      const { id } = await aRunningRequest(bench.requests);
      const apply: typeof bench.requests.apply = async (of, event) => {
        const stored = await bench.requests.apply(of, event);
        if (event.kind === 'cancel-clicked') await meanwhile(id);
        return stored;
      };
      const parts = { ...bench.parts, requests: { ...bench.parts.requests, apply } };
      const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;
      return continueClick(parts, { person: sam, purpose }, token);
    };
    const ended = await wished((id) =>
      bench.requests.apply(id, {
        kind: 'action-observed',
        machineAction: aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded' }),
      }),
    );
    assert.equal(ended.kind === 'not-cancelled' && ended.why.code, 'already-final');
    const takenOver = await wished(async (id) => {
      const { requestor: by } = await bench.reread(id);
      return bench.requests.apply(id, { kind: 'cancel-clicked', by, comment: 'mine' });
    });
    assert.equal(takenOver.kind === 'not-cancelled' && takenOver.why.code, 'taken-over');
  });

  it('leaves alone the wish of the same person that their sign-in of Teams can carry out', async () => {
    const { id } = await aRunningRequest(bench.requests);
    await bench.requests.apply(id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });
    bench.defenderSays.answers({ cancelAction: failing('paused') });
    const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;

    const continued = await continueClick(bench.parts, { person: alex, purpose }, token);

    assert.equal(continued.kind === 'refused' && continued.refusal.code, 'cancel-under-way');
    const { state } = await bench.reread(id);
    assert.ok(state.status === 'running' && state.cancel?.stage === 'requested');
  });
});
