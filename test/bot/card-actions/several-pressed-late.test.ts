import assert from 'node:assert/strict';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { createBoxedBatch } from '../../support/boxed-batch.ts';
import { idOf } from '../../support/batch-play.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { overWith, token } from '../../src/jobs/extra-step.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { type Press, press, said, stepUpLinks } from './press.ts';

describe('a press on an older card of several devices', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.access.reset();
    play.begin();
  });

  const play = createBoxedBatch(
    () => bench.requests,
    () => bench.time,
  );
  const stepUp = stepUpLinks(() => undefined);
  const all = ':1,:2,:3';
  let used = 0;

  async function asked(): Promise<ContainmentRequest> {
    const devices = [0, 1, 2].map((index) => ({ deviceId: idOf(used + index) }));
    used += devices.length;
    return play.asked(devices, { tenantId: alex.tenantId, requestor: riley });
  }

  const push = async ({ id }: ContainmentRequest, given: Partial<Press> = {}) =>
    press(bench, { person: sam, request: await play.onCard(id), verb: 'approve', ...given }, { stepUp });
  const members = async ({ id }: ContainmentRequest) => membersOf(await play.onCard(id));
  const statuses = async (request: ContainmentRequest) =>
    (await members(request)).map(({ state }) => state.status);
  const clicks = async (request: ContainmentRequest) =>
    (await members(request)).map(({ state }) => ('clicks' in state ? state.clicks.length : 0));
  const refusals = async ({ id }: ContainmentRequest) =>
    (await bench.audited(id)).flatMap(({ detail }) => (detail as { refused?: string }).refused ?? []);
  const wantMore = () =>
    bench.access.fails(sam, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });

  /** The other two are on the card, while Alex has approved this one; then it comes to await a decision again. */
  async function returned(place: number): Promise<ContainmentRequest> {
    const request = await asked();
    const { id } = membersOf(request)[place] ?? assert.fail();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    await play.verify(id, 'clk');
    const { state } = await bench.reread(id);
    await bench.requests.apply(id, {
      kind: 'attempt-void',
      ...ofNoAttempt(state),
      why: { code: 'sign-in-gone' },
    });
    return request;
  }

  for (const devices of [':2,:3', undefined]) {
    it(`says that what was approved is decided, not that nothing was (${devices ?? 'no choice sent'})`, async () => {
      const request = await returned(0);
      const data = { offered: ':2,:3' };
      assert.match(said(await push(request, { devices, data })), /Approved for 2 devices/);

      const again = said(await push(request, { devices, data }));

      assert.match(again, /You have approved what this press is for in #\d+ already, so it changed nothing/);
      assert.match(again, /1 device of #\d+ awaits approval; press Approve again if it is to be approved/);
      assert.match(again, /3 devices: /, 'the newest card');
      assert.doesNotMatch(again, /None of the devices|nothing was approved/);
      assert.equal((await refusals(request)).at(-1), 'already-approved-by-you');
    });
  }

  it('takes nothing back of what it did not offer, and says that it waits', async () => {
    const request = await returned(0);
    wantMore();
    assert.equal((await push(request, { devices: all, data: { offered: all } })).statusCode, 401);
    bench.access.reset();

    const answer = said(await push(request, { devices: ':2,:3', data: { offered: ':2,:3' } }));

    assert.deepEqual(await statuses(request), ['awaiting', 'approved', 'approved']);
    assert.deepEqual(await clicks(request), [1, 0, 0]);
    assert.match(answer, /Your earlier Approve for 1 device.*still waits for your sign-in/);
  });

  it('leads to a sign-in with which the earlier press goes on as well', async () => {
    const request = await returned(0);
    wantMore();
    await push(request, { devices: all, data: { offered: all } });
    const opened: { purpose: StepUpPurpose }[] = [];
    const links = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    const given = { devices: ':2,:3', data: { offered: ':2,:3' } };

    const answer = await press(
      bench,
      { person: sam, request: await play.onCard(request.id), verb: 'approve', ...given },
      { stepUp: links },
    );
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'approve');
    await overWith(await continueForAll(bench.parts, { person: sam, purpose }, token));

    assert.match(JSON.stringify(answer.value), /still waits for your sign-in and goes on with it/);
    for (const status of await statuses(request)) assert.notEqual(status, 'awaiting');
  });

  it('names what it takes back of a press that waits for a sign-in', async () => {
    const request = await asked();
    wantMore();
    await push(request, { devices: all, data: { offered: all } });
    const deviceId = membersOf(request)[2]?.deviceId ?? assert.fail();

    const waiting = await push(request, { devices: ':1,:2', data: { offered: all } });
    assert.match(JSON.stringify(waiting.value), new RegExp(`is taken back for device ${deviceId}`));
    assert.deepEqual(await clicks(request), [1, 1, 0]);
    bench.access.reset();
    const answer = said(await push(request, { devices: ':1', data: { offered: all } }));

    assert.match(answer, /Approved for 1 device\..*is taken back for device [0-9a-f]{40}/);
    assert.deepEqual(await statuses(request), ['approved', 'denied', 'denied']);
  });

  it('does not give the label of the others where all that it meant was decided during its sign-in', async () => {
    const request = await returned(0);
    const given = { devices: ':2,:3', data: { offered: ':2,:3' } };
    const signIn = async () => {
      await push(request, given);
      return { kind: 'verified' } as const;
    };

    const answer = await press(
      bench,
      { person: sam, request, verb: 'approve', ...given },
      { stepUp, signIn },
    );

    assert.match(said(answer), /You have approved what this press is for in #\d+ already/);
    assert.doesNotMatch(said(answer), /its status is/);
  });

  describe('by Release', () => {
    /** Confirmed one after the other: the older card has but the first. */
    async function inForce(): Promise<ContainmentRequest> {
      const from = used;
      used += 3;
      const [first = assert.fail()] = await play.restricted([0, 0, 0], from, {
        tenantId: alex.tenantId,
        requestor: riley,
      });
      return play.onCard(first.batch?.lead ?? first.id);
    }

    const wishes = async (request: ContainmentRequest) =>
      (await members(request)).map((member) => boxInForce(member)?.wishes.length);

    it('takes nothing back of what its card did not offer, and says that it waits', async () => {
      const request = await inForce();
      wantMore();
      const signIn = await push(request, { verb: 'release', devices: all, data: { offered: all } });
      assert.equal(signIn.statusCode, 401);
      bench.access.reset();

      const answer = said(await push(request, { verb: 'release', data: { offered: ':1' } }));

      assert.deepEqual(await wishes(request), [0, 1, 1]);
      assert.match(answer, /is to lift the restriction of 1 device/);
      assert.match(answer, /Your earlier Release for 2 devices.*still waits for your sign-in/);
    });

    it('names what it takes back', async () => {
      const request = await inForce();
      wantMore();
      await push(request, { verb: 'release', devices: all, data: { offered: all } });
      bench.access.reset();

      const answer = said(await push(request, { verb: 'release', devices: ':1,:2', data: { offered: all } }));

      assert.deepEqual(await wishes(request), [0, 0, 0]);
      assert.match(answer, /Your earlier Release.*is taken back for (?:ws-1|device [0-9a-f]{40})/);
    });
  });
});
