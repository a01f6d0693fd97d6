import assert from 'node:assert/strict';
import { type Activity, BotAdapter, type InvokeResponse, TurnContext } from 'botbuilder';
import type { OnceAnswered } from '../../bot/answers.ts';
import { type BotParts, CordonBot } from '../../bot/bot.ts';
import type { CardActionParts } from '../../bot/card-actions/card-turn.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { failing } from '../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../src/jobs/workbench.ts';
import { alex } from '../support/requests.ts';
import { aRunningRequest, anAwaitingRequest } from '../support/running-request.ts';
import { until } from '../support/until.ts';
import { activityOf, cardActionParts } from './card-actions/press.ts';

/** Keeps the answer to an invoke. */
class AnswerAdapter extends BotAdapter {
  answer: InvokeResponse | undefined;

  override sendActivities(_context: TurnContext, activities: Partial<Activity>[]) {
    this.answer = activities[0]?.value as InvokeResponse;
    return Promise.resolve([{ id: '1' }]);
  }
  override updateActivity = () => Promise.reject(new Error('not used'));
  override deleteActivity = () => Promise.reject(new Error('not used'));
  override continueConversation = () => Promise.reject(new Error('not used'));
}

describe('the message behind a refusal', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.defenderSays.answers({ readDevice: failing('forbidden'), cancelAction: failing('forbidden') });
  });

  async function pressed(
    request: ContainmentRequest,
    verb: string,
    { ago = 0, ...given }: Partial<CardActionParts> & { ago?: number } = {},
  ) {
    const nothing = () => Promise.resolve();
    const parts: unknown = {
      conversations: { remember: () => Promise.resolve(false) },
      membership: { note: nothing, barOf: nothing },
      cardActions: cardActionParts(bench, given),
      log: bench.parts.log,
      metrics: createMetrics(),
    };
    const adapter = new AnswerAdapter();
    const activity = activityOf({ person: alex, request, verb, comment: 'Wrong device' });
    const context = new TurnContext(adapter, {
      ...activity,
      name: 'adaptiveCard/action',
      from: { ...activity.from, name: alex.name, aadObjectId: alex.objectId },
      conversation: { ...activity.conversation, tenantId: alex.tenantId },
    } as unknown as Partial<Activity>);
    const then: Parameters<OnceAnswered>[0][] = [];
    await new CordonBot(parts as BotParts).receive(context, performance.now() - ago, (one) => then.push(one));
    const body = adapter.answer?.body as { readonly value: string };
    return { body, arrives: () => then.forEach((one) => one()) };
  }

  const tells = ({ id }: ContainmentRequest) =>
    bench.effectsOf(id).filter(({ kind }) => kind === 'tell').length;

  const requests = {
    approve: () => anAwaitingRequest(bench.requests, { tenantId: alex.tenantId }),
    cancel: () => aRunningRequest(bench.requests, { tenantId: alex.tenantId }),
  } as const;

  for (const verb of ['approve', 'cancel'] as const) {
    it(`is taken back when the answer has arrived, and not before (${verb})`, async () => {
      const request = await requests[verb]();

      const { body, arrives } = await pressed(request, verb);

      assert.match(body.value, /role does not allow/);
      assert.deepEqual(Object.keys(body).sort(), ['statusCode', 'type', 'value']);
      assert.equal(tells(request), 1);
      arrives();
      await until(() => tells(request) === 0);
    });
  }

  it('goes out when the answer was ready too late to be the one that is sent', async () => {
    const request = await requests.approve();
    let goOn: () => void = () => undefined;
    const free = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    // What the identity takes is outside the time that the check may have.
    const signIn: CardActionParts['signIn'] = async () => {
      await free;
      return { kind: 'verified' };
    };

    const { body, arrives } = await pressed(request, 'approve', { ago: 4_600, signIn });
    goOn();
    await until(() => tells(request) > 0);
    arrives();

    assert.match(body.value, /took too long/);
    assert.equal(tells(request), 1);
  });
});
