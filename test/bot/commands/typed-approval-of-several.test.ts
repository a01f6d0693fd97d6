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
import { pressParts } from '../card-actions/press.ts';

describe('/approve of several devices', () => {
  let bench: Workbench;
  let stores: ReturnType<typeof commandStores>;
  before(async () => {
    bench = await openWorkbench();
    stores = commandStores(bench);
  });
  after(() => bench.close());
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

  it('is not for one that has come to await a decision again since it was typed', async () => {
    const request = await asked();
    const [, second = assert.fail()] = membersOf(request);
    await bench.requests.apply(second.id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    await play.verify(second.id, 'clk');
    const card = await typed(request);
    assert.match(textsOf(card).join('\n'), /2 devices/);
    const { state } = await bench.reread(second.id);
    const why = { code: 'sign-in-gone' } as const;
    await bench.requests.apply(second.id, { kind: 'attempt-void', ...ofNoAttempt(state), why });

    await press(card, request);

    assert.deepEqual(await statuses(request), ['approved', 'awaiting', 'approved']);
    const again = textsOf({ body: (await press(card, request)).value }).join(' ');
    assert.match(again, /already/i);
    assert.doesNotMatch(again, /chosen|nothing was approved/);
    assert.deepEqual(await statuses(request), ['approved', 'awaiting', 'approved']);
  });
});
