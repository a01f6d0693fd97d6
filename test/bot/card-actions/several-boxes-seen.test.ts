import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { createBatchPlay, idOf } from '../../support/batch-play.ts';
import { ofType } from '../../support/card-parts.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { overWith, token, wantMore } from '../../src/jobs/extra-step.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { type Press, dataOf, press, said, stepUpLinks } from './press.ts';

describe('A press of Release or Extend on a card that is older than what it is about', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  const play = createBatchPlay(() => bench.requests);
  let used = 0;

  async function asked(): Promise<ContainmentRequest> {
    const devices = [0, 1, 2].map((index) => ({ deviceId: idOf(used + index) }));
    used += devices.length;
    const box = { text: '4h', seconds: 14_400 };
    return play.asked(devices, { box, tenantId: alex.tenantId, requestor: riley });
  }

  /** Approved by Alex, and confirmed by Defender. */
  async function restrict(
    request: ContainmentRequest,
    places: readonly number[],
  ): Promise<ContainmentRequest> {
    const clickId = `clk-${request.id}-${places.join('-')}`;
    const isMeant = ({ batch }: ContainmentRequest): boolean => places.includes(batch?.place ?? 0);
    await bench.requests.applyToAll(request.id, (member) =>
      isMeant(member) ? { kind: 'approve-clicked', by: alex, clickId } : undefined,
    );
    for (const { id } of membersOf(request).filter(isMeant)) {
      await play.verify(id, clickId);
      await play.succeed(id);
    }
    return play.onCard(request.id);
  }

  const push = (
    request: ContainmentRequest,
    verb: string,
    given: Partial<Press> = {},
    parts: Parameters<typeof press>[2] = {},
  ) => press(bench, { person: sam, request, verb, ...given }, parts);
  const now = ({ id }: ContainmentRequest) => play.onCard(id);
  const boxes = async (request: ContainmentRequest) => membersOf(await now(request)).map(boxInForce);

  for (const verb of ['release', 'extend'] as const) {
    it(`is not about what that has offered to approve, by ${verb}`, async () => {
      const request = await restrict(await asked(), [2, 3]);
      const shown = await push(request, 'refresh');
      const [choice] = ofType({ body: shown.value }, 'Input.ChoiceSet');
      const before = await boxes(await restrict(request, [1]));

      const data = { ...dataOf(shown, verb), duration: '9h' };
      await push(await now(request), verb, { devices: String(choice?.['value']), data });

      const after = await boxes(request);
      const isMoved = after.map(
        (box, index) => box?.lift !== undefined || (index > 0 && box?.until !== before[index]?.until),
      );
      assert.deepEqual(isMoved, [false, true, true]);
      assert.equal(after[0]?.until, before[0]?.until);
    });
  }

  it('takes a device out of the one that waits for a sign-in, which nobody calls a failure', async () => {
    const request = await restrict(await asked(), [1, 2, 3]);
    wantMore(bench);
    const stepUp = stepUpLinks(() => undefined);
    await push(request, 'release', { person: alex }, { stepUp });

    await push(await now(request), 'release', { person: alex, devices: ':1,:2' }, { stepUp });

    assert.deepEqual(
      (await boxes(request)).map((box) => box?.wishes.length),
      [1, 1, 0],
    );
    assert.doesNotMatch(said(await push(await now(request), 'refresh')), /did not hold/);
  });

  it('that waited for a sign-in counts on its page what somebody else has released meanwhile', async () => {
    const request = await restrict(await asked(), [1, 2, 3]);
    await push(request, 'extend', { person: alex, data: { duration: '8h' } });
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await push(await now(request), 'extend', { person: alex, data: { duration: '9h' } }, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'extend');
    await push(await now(request), 'release', { devices: ':1' });

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);
    await overWith(continued);

    assert.match(pageOf('extend', continued).lines.join(' '), /so for 2 devices.*the other 1 device/);
  });
});
