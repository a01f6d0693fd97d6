import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { DefenderErrorKind } from '../../../src/defender/errors.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { aDeviceId, alex, sam } from '../../support/requests.ts';
import { anApprovedRequest } from '../../support/running-request.ts';
import { createHandlers } from '../../../src/jobs/handlers.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the job that submits', () => {
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
  async function attemptOf(request: ContainmentRequest) {
    const state = await stateOf(request);
    return state.status === 'submitting' ? state.attempt : assert.fail(`it is ${state.status}`);
  }

  it('hands the device to Defender with the approver’s token and a comment that ends with the mark', async () => {
    const request = await anApprovedRequest(bench.requests);

    assert.equal(await submit(request), undefined);

    const state = await stateOf(request);
    assert.ok(state.status === 'running' && state.machineAction.ours);
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([`token-of-${alex.objectId}`]));
    assert.deepEqual(bench.defenderSays.calls, ['listOpenActions', 'submit']);
    const comment = bench.defenderSays.actions[0]?.requestorComment ?? '';
    assert.ok(comment.endsWith(` | cordon:${request.id}`));
    assert.ok(comment.startsWith(request.reason));
    assert.ok(bench.effectsOf(request.id).some((effect) => effect.kind === 'track'));
  });

  it('does no harm when it runs again, or four times at once', async () => {
    const request = await anApprovedRequest(bench.requests);

    await Promise.all([submit(request), submit(request), submit(request), submit(request)]);
    await submit(request);

    assert.equal(bench.defenderSays.count('submit'), 1);
    assert.equal(await bench.labelOf(request.id), 'Pending');
  });

  for (const kind of ['not-signed-in', 'not-assigned', 'unavailable'] as const) {
    it(`says nothing of a newer approval when it stood still with an older one (${kind})`, async () => {
      const { id } = await anApprovedRequest(bench.requests);
      const access = {
        forPerson: async () => {
          const { state } = await bench.reread(id);
          const why = { code: 'sign-in-gone' } as const;
          await bench.requests.apply(id, { kind: 'attempt-void', ...ofNoAttempt(state), why });
          await bench.requests.apply(id, { kind: 'approve-clicked', by: sam, clickId: 'newer' });
          const device = { osPlatform: 'Windows11' };
          await bench.requests.apply(id, { kind: 'approve-verified', clickId: 'newer', device });
          return { ok: false, problem: { kind } } as const;
        },
      };

      await createHandlers({ ...bench.parts, access }).submit({ requestId: id });

      const { state } = await bench.reread(id);
      assert.ok(state.status === 'approved' && state.approval.by.name === sam.name);
    });
  }

  it('of an earlier approval leaves a later one to the job of that', async () => {
    const request = await anApprovedRequest(bench.requests);

    await bench.handlers.submit({ requestId: request.id, since: '2026-11-23T03:00:00.000Z' });

    assert.equal(await bench.labelOf(request.id), 'Approved');
    assert.deepEqual(bench.defenderSays.calls, []);
  });

  it('does nothing for a request that was withdrawn before it ran', async () => {
    const request = await anApprovedRequest(bench.requests);
    await bench.requests.apply(request.id, { kind: 'cancel-clicked', by: alex, comment: 'stop' });

    await submit(request);

    assert.deepEqual(bench.defenderSays.calls, []);
  });

  it('sends nothing when the request is withdrawn between its first look and the POST', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({
      listOpenActions: async () => {
        await bench.requests.apply(request.id, { kind: 'cancel-clicked', by: alex, comment: 'stop' });
        return [];
      },
    });

    await submit(request);

    assert.equal(bench.defenderSays.count('submit'), 0);
    assert.equal(await bench.labelOf(request.id), 'Withdrawn');
  });

  it('follows an action that somebody else has live on the device, and posts nothing', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.actions.push(anAction({ id: 'of-priya', requestor: 'priya@contoso.example' }));

    await submit(request);

    const state = await stateOf(request);
    assert.equal(bench.defenderSays.count('submit'), 0);
    assert.ok(state.status === 'running' && !state.machineAction.ours);
    assert.equal(state.machineAction.id, 'of-priya');
  });

  it('follows the action that Defender answers with although it is not ours', async () => {
    const request = await anApprovedRequest(bench.requests);
    const other = anAction({ requestor: 'priya@contoso.example', requestorComment: 'by hand' });
    bench.defenderSays.answers({ submit: () => Promise.resolve(other) });

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'running' && !state.machineAction.ours);
  });

  it('follows the live action when Defender says that there is one already', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({
      submit: () => {
        bench.defenderSays.actions.push(anAction({ id: 'of-priya', requestor: 'priya@contoso.example' }));
        return Promise.reject(new DefenderError('active-request-exists', { status: 400 }));
      },
    });

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'running' && state.machineAction.id === 'of-priya');
  });

  it('lowers the limit of comments when Defender kept less than was sent, and records it', async () => {
    const deviceId = aDeviceId(randomUUID().replaceAll('-', '').padEnd(40, '0'));
    const request = await anApprovedRequest(bench.requests, { reason: 'r'.repeat(2_000), deviceId });
    bench.defenderSays.answers({
      submit: (token, { comment, ...rest }, options) =>
        bench.defenderSays.usual.submit(token, { ...rest, comment: comment.slice(0, 256) }, options),
    });

    await submit(request);

    const state = await stateOf(request);
    assert.ok(state.status === 'running' && state.machineAction.ours);
    assert.equal(await bench.commentLimits.read(request.tenantId), 256);
    const what = (await bench.audited(request.id)).map((record) => record['what']);
    assert.ok(what.includes('comment-cut-by-defender'));
  });

  it('waits as long as Defender asks, then posts once', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ submit: failing('throttled', { status: 429, retryAfterMs: 30_000 }) });

    await submit(request);

    const attempt = await attemptOf(request);
    assert.equal(attempt.outcome, 'unsent');
    assert.equal(attempt.wait?.why, 'throttled');
    assert.ok(
      bench.effectsOf(request.id).some((effect) => effect.kind === 'submit' && effect.at !== undefined),
    );
    const early = await submit(request);
    assert.ok(early !== undefined && early.againInSeconds > 20 && early.againInSeconds <= 30);
    assert.equal(bench.defenderSays.count('submit'), 1);
    bench.defenderSays.answers({ submit: undefined });
    bench.time.ahead = 31;
    await submit(request);
    assert.equal(await bench.labelOf(request.id), 'Pending');
  });

  const ends: readonly (readonly [DefenderErrorKind, string, string])[] = [
    ['bad-request', 'Needs attention', 'refused-by-defender'],
    ['os-not-supported', 'Needs attention', 'os-not-supported'],
    ['client-version-not-supported', 'Needs attention', 'client-too-old'],
    ['forbidden', 'Awaiting approval', 'not-permitted'],
    ['claims-challenge', 'Needs attention', 'sign-in-needed'],
    ['disabled-feature', 'Awaiting approval', 'feature-disabled'],
    ['disallowed-operation', 'Awaiting approval', 'operation-disallowed'],
  ];
  for (const [kind, label, code] of ends) {
    it(`says ${code} when the POST fails as ${kind}`, async () => {
      const request = await anApprovedRequest(bench.requests);
      bench.defenderSays.answers({ submit: failing(kind) });

      await submit(request);

      const state = await stateOf(request);
      assert.equal(await bench.labelOf(request.id), label);
      const why =
        state.status === 'attention' ? state.reason : state.status === 'awaiting' && state.voided?.why;
      assert.equal(why !== false && why?.code, code);
    });
  }

  for (const [kind, code] of [
    ['unauthorized', 'token-rejected'],
    ['not-found', 'device-not-visible'],
  ] as const) {
    it(`gives ${kind} a second chance before it says ${code}`, async () => {
      const request = await anApprovedRequest(bench.requests);
      bench.defenderSays.answers({ submit: failing(kind) });

      await submit(request);
      assert.equal((await attemptOf(request)).wait?.why, 'checking');
      bench.time.ahead = 5;
      await submit(request);

      const state = await stateOf(request);
      assert.equal(state.status === 'awaiting' && state.voided?.why.code, code);
      assert.equal(bench.defenderSays.count('submit'), 2);
    });
  }

  for (const kind of ['unreachable', 'budget'] as const) {
    it(`tries again after ${kind}, for a quarter of an hour`, async () => {
      const request = await anApprovedRequest(bench.requests);
      bench.defenderSays.answers({ submit: failing(kind) });

      await submit(request);
      assert.equal((await attemptOf(request)).wait?.why, kind);
      bench.time.ahead = 901;
      await submit(request);

      const state = await stateOf(request);
      assert.equal(state.status === 'awaiting' && state.voided?.why.code, 'defender-unreachable');
    });
  }

  it('is not held up by a list that cannot be read: Defender refuses a duplicate itself', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.defenderSays.answers({ listOpenActions: failing('server-error') });

    await submit(request);

    assert.equal(await bench.labelOf(request.id), 'Pending');
  });

  for (const problem of [{ kind: 'not-signed-in' }, { kind: 'interaction-required' }] as const) {
    it(`waits for the approver’s own retry when Entra says ${problem.kind}, then posts once`, async () => {
      const request = await anApprovedRequest(bench.requests);
      bench.access.fails(alex, problem);

      await submit(request);

      const state = await stateOf(request);
      assert.equal(state.status === 'attention' && state.reason.code, 'sign-in-needed');
      assert.deepEqual(bench.defenderSays.calls, []);
      bench.access.reset();
      await bench.requests.apply(request.id, { kind: 'retry-clicked', by: alex });
      await submit(request);
      assert.equal(await bench.labelOf(request.id), 'Pending');
      assert.equal(bench.defenderSays.count('submit'), 1);
    });
  }

  it('opens the request for others when the approver lost a right', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.access.fails(alex, { kind: 'not-assigned' });

    await submit(request);

    const state = await stateOf(request);
    assert.equal(state.status === 'awaiting' && state.voided?.why.code, 'not-assigned');
  });

  it('waits when Entra cannot be asked', async () => {
    const request = await anApprovedRequest(bench.requests);
    bench.access.fails(alex, { kind: 'throttled', retryAfterMs: 20_000 });

    await submit(request);

    assert.equal((await attemptOf(request)).wait?.why, 'unreachable');
    bench.access.reset();
    bench.time.ahead = 21;
    await submit(request);
    assert.equal(await bench.labelOf(request.id), 'Pending');
  });
});
