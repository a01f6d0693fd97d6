import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { createBatchPlay, idOf } from '../../support/batch-play.ts';
import { alex, sam } from '../../support/requests.ts';
import { overWith, token, wantMore } from '../../src/jobs/extra-step.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press, stepUpLinks } from './press.ts';

describe('The page after a sign-in for Approve on several devices', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  /** Alex pressed for three, and it asks for one more sign-in. */
  async function pressed() {
    const play = createBatchPlay(() => bench.requests);
    const request = await play.asked(
      [0, 1, 2].map((at) => ({ deviceId: idOf(at) })),
      { tenantId: alex.tenantId },
    );
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await press(bench, { person: alex, request, verb: 'approve' }, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'approve');
    const [first, , third] = membersOf(request);
    assert.ok(first && third);
    const { clickId } = purpose;
    const voids = (id: typeof first.id) =>
      bench.requests.apply(id, {
        kind: 'approve-refused',
        clickId,
        why: { code: 'extra-sign-in-needed' },
        tell: false,
      });
    return { ids: [first.id, third.id] as const, purpose, voids };
  }

  async function pageAfter(purpose: Awaited<ReturnType<typeof pressed>>['purpose']): Promise<string> {
    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);
    await overWith(continued);
    return pageOf('approve', continued).lines.join('\n');
  }

  it('names how many were void before', async () => {
    const { ids, purpose, voids } = await pressed();
    await voids(ids[1]);

    assert.match(
      await pageAfter(purpose),
      /This is so for 2 devices\. It does not count for the other 1 device/,
    );
  });

  it('names how many somebody else has decided', async () => {
    const { ids, purpose } = await pressed();
    await bench.requests.apply(ids[0], { kind: 'deny-clicked', by: sam, comment: 'No' });

    assert.match(
      await pageAfter(purpose),
      /This is so for 2 devices\. It does not count for the other 1 device/,
    );
  });

  it('does not claim that it counts when all were void before', async () => {
    const { ids, purpose, voids } = await pressed();
    for (const { id } of membersOf((await bench.requests.onCard(ids[0])) ?? assert.fail())) await voids(id);

    assert.doesNotMatch(await pageAfter(purpose), /hands the action to Defender/);
  });

  it('is read as before from a link of an older program', async () => {
    const { ids, purpose, voids } = await pressed();
    await voids(ids[1]);
    const { devices: _unknown, ...older } = purpose;

    assert.match(await pageAfter(older), /Cordon now hands the action to Defender/);
  });
});
