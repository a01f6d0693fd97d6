import assert from 'node:assert/strict';
import { dispatchCardAction } from '../../../bot/card-actions/dispatch.ts';
import { runApprove } from '../../../bot/commands/run-approve.ts';
import type { AdaptiveCardJson } from '../../../bot/render/card-json.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { createBatchPlay, idOf } from '../../support/batch-play.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import { commandStores } from '../../support/command-stores.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press as pressCard, pressParts, said, stepUpLinks } from '../card-actions/press.ts';

describe('/approve of several devices', () => {
  let bench: Workbench;
  let stores: ReturnType<typeof commandStores>;
  before(async () => {
    bench = await openWorkbench();
    stores = commandStores(bench);
  });
  after(() => bench.close());
  beforeEach(() => bench.access.reset());
  const play = createBatchPlay(() => bench.requests);

  let used = 0;
  async function asked(): Promise<ContainmentRequest> {
    const devices = [0, 1, 2].map((index) => ({ deviceId: idOf(used + index) }));
    used += devices.length;
    return play.asked(devices, { tenantId: alex.tenantId, requestor: riley });
  }

  async function typed({ number, place }: ContainmentRequest): Promise<AdaptiveCardJson> {
    const command = { kind: 'approve', requestNumber: number, comment: '' } as const;
    const reply = await runApprove({ requests: bench.requests, ...stores }, { command, person: sam, place });
    return 'card' in reply ? reply.card : assert.fail(reply.text);
  }

  function press(card: AdaptiveCardJson, { place: { thread } }: ContainmentRequest) {
    const parts = {
      ...bench.parts,
      ...pressParts,
      stepUp: stepUpLinks(() => undefined),
      questions: stores.questions,
      privateAnswers: {
        ...bench.parts,
        userTokens: {
          getUserToken: () => Promise.resolve(undefined),
          dropUserToken: () => Promise.resolve(),
        },
        approvedWork: () => Promise.resolve({ unsent: 0, followed: 0, boxes: 0 }),
      },
      signIn: () => Promise.resolve({ kind: 'verified' } as const),
    };
    const activity = {
      id: '17',
      type: 'invoke',
      serviceUrl: 'https://smba.example/',
      from: { id: sam.teamsId },
      conversation: { id: thread, conversationType: 'channel' },
      recipient: { id: '28:cordon' },
      value: {
        action: { type: 'Action.Execute', verb: 'choose', data: ofType(card, 'Action.Execute')[0]?.['data'] },
      },
    };
    return dispatchCardAction(parts, { activity, person: sam, arrivedAt: performance.now() });
  }

  const statuses = async ({ id }: ContainmentRequest) =>
    membersOf(await play.onCard(id)).map(({ state }) => state.status);

  it('is for all that its answer names', async () => {
    const request = await asked();
    const card = await typed(request);
    assert.match(textsOf(card).join('\n'), /3 devices/);

    await press(card, request);

    assert.deepEqual(await statuses(request), ['approved', 'approved', 'approved']);
  });

  /** Alex has approved this one, when Sam types; then it comes to await a decision again. */
  async function returned(place: number): Promise<{ request: ContainmentRequest; card: AdaptiveCardJson }> {
    const request = await asked();
    const { id } = membersOf(request)[place] ?? assert.fail();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    await play.verify(id, 'clk');
    const card = await typed(request);
    assert.match(textsOf(card).join('\n'), /2 devices/);
    const { state } = await bench.reread(id);
    const why = { code: 'sign-in-gone' } as const;
    await bench.requests.apply(id, { kind: 'attempt-void', ...ofNoAttempt(state), why });
    return { request, card };
  }

  /** Sam is led to a sign-in, on the card of the request. */
  async function waitsForSignIn(request: ContainmentRequest, devices?: string): Promise<void> {
    bench.access.fails(sam, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
    const stepUp = stepUpLinks(() => undefined);
    const answer = await pressCard(bench, { person: sam, request, verb: 'approve', devices }, { stepUp });
    assert.equal(answer.statusCode, 401);
    bench.access.reset();
  }

  const clicksOf = async ({ id }: ContainmentRequest) =>
    membersOf(await play.onCard(id)).map(({ state }) => ('clicks' in state ? state.clicks.length : 0));
  const refusals = async ({ id }: ContainmentRequest) =>
    (await bench.audited(id)).flatMap(({ detail }) => (detail as { refused?: string }).refused ?? []);

  for (const place of [0, 1]) {
    it(`is not for one that has come to await a decision again since it was typed (place ${place + 1})`, async () => {
      const { request, card } = await returned(place);
      const others = ['approved', 'approved', 'approved'].with(place, 'awaiting');

      const answer = said(await press(card, request));

      assert.deepEqual(await statuses(request), others);
      assert.match(answer, /Approved for 2 devices/);
      assert.match(answer, /1 device of #\d+ awaits approval.*send \/approve #\d+ again/);
    });

    it(`pressed once more asks nobody to sign in, and leaves its record (place ${place + 1})`, async () => {
      const { request, card } = await returned(place);
      await press(card, request);
      const [before, statusesBefore] = [await refusals(request), await statuses(request)];
      bench.access.reset();

      const again = said(await press(card, request));

      assert.deepEqual(bench.access.asked, []);
      assert.deepEqual(await statuses(request), statusesBefore);
      assert.deepEqual(await refusals(request), [...before, 'already-approved-by-you']);
      assert.match(again, /You have approved what this press is for in #\d+ already, so it changed nothing/);
      assert.match(again, /1 device of #\d+ awaits approval.*send \/approve #\d+ again/);
      assert.doesNotMatch(again, /chosen|nothing was approved|its status is|need not/);
    });

    it(`takes no other press back, and says that it waits (place ${place + 1})`, async () => {
      const { request, card } = await returned(place);
      await press(card, request);
      await waitsForSignIn(request);

      const again = said(await press(card, request));

      assert.deepEqual(await clicksOf(request), [0, 0, 0].with(place, 1));
      assert.match(again, /Your earlier Approve for 1 device.*still waits for your sign-in/);
      assert.doesNotMatch(again, /send \/approve/);
    });

    it(`counts for what it names beside a press for all that waits for a sign-in (place ${place + 1})`, async () => {
      const { request, card } = await returned(place);
      await waitsForSignIn(request);
      assert.deepEqual(await clicksOf(request), [1, 1, 1]);

      const answer = said(await press(card, request));

      assert.deepEqual(await statuses(request), ['approved', 'approved', 'approved'].with(place, 'awaiting'));
      assert.deepEqual(await clicksOf(request), [0, 0, 0].with(place, 1));
      assert.match(answer, /Approved for 2 devices/);
      assert.match(answer, /Your earlier Approve for 1 device.*still waits for your sign-in/);
    });
  }

  it('says who has decided what it named: somebody else', async () => {
    const { request, card } = await returned(1);
    await pressCard(bench, {
      person: alex,
      request: await play.onCard(request.id),
      verb: 'approve',
      devices: ':1,:3',
      data: { offered: ':1,:3' },
    });

    const again = said(await press(card, request));

    assert.match(again, /What this press is for in #\d+ is decided already, so it changed nothing/);
    assert.equal((await refusals(request)).at(-1), 'already-decided');
  });
});
