import assert from 'node:assert/strict';
import { DefenderError } from '../../../src/defender/errors.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { type Continued, abandonClick, continueClick } from '../../../src/jobs/continue-click.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { alex, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const token = {
  token: 'token-of-the-extra-step',
  upn: 'alex.moreno@contoso.example',
  expiresAt: new Date('2100-01-01T00:00:00Z'),
};

describe('a click that goes on after a sign-in on Cordon’s own page', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    bench.access.fails(alex, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
  });

  /** Alex pressed Approve, and Entra wants another step. */
  async function waiting() {
    const { id: requestId } = await anAwaitingRequest(bench.requests);
    await bench.requests.apply(requestId, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    const click = { requestId, clickId: 'clk' };
    const outcome = await checkApproval(bench.parts, { ...click, inTurn: true, mayStepUp: true });
    assert.equal(outcome.kind, 'sign-in-needed');
    return { person: alex, purpose: { verb: 'approve', ...click } } as const;
  }

  async function overWith(continued: Continued): Promise<Continued> {
    if (continued.kind === 'counts') await continued.onwards;
    return continued;
  }

  const submitsLater = (id: RequestId) =>
    bench.effectsOf(id).find((effect) => effect.kind === 'submit' && effect.at !== undefined);

  it('is checked, decided and submitted with that token alone', async () => {
    const click = await waiting();

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('leaves the token to no later job: that one asks the token service, and needs the person again', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    bench.defenderSays.answers({ submit: failing('throttled', { retryAfterMs: 120_000 }) });
    await overWith(await continueClick(bench.parts, click, token));
    const [calls, asked] = [bench.defenderSays.calls.length, bench.access.asked.length];
    bench.defenderSays.answers({ submit: undefined });
    bench.time.ahead = 130;

    await bench.handlers.submit({ requestId });

    assert.ok(bench.access.asked.length > asked);
    assert.deepEqual(bench.defenderSays.calls.slice(calls), []);
    assert.equal(await bench.labelOf(requestId), 'Needs attention');
  });

  it('has a submission by job behind it, should this process die with the token', async () => {
    const click = await waiting();

    await overWith(await continueClick(bench.parts, click, token));

    assert.notEqual(submitsLater(click.purpose.requestId), undefined);
  });

  it('is refused when somebody else has decided, and nothing is sent', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await bench.requests.apply(requestId, { kind: 'deny-clicked', by: sam, comment: 'No' });

    const continued = await continueClick(bench.parts, click, token);

    assert.notEqual(continued.kind, 'counts');
    assert.equal(await bench.labelOf(requestId), 'Denied');
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  it('is void when Defender refuses its person, whatever the sign-in', async () => {
    const click = await waiting();
    bench.defenderSays.answers({ readDevice: failing('forbidden') });

    const continued = await continueClick(bench.parts, click, token);

    assert.equal(continued.kind === 'void' && continued.why.code, 'not-permitted');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Awaiting approval');
  });

  it('is tried again while Defender asks to wait', async () => {
    const click = await waiting();
    let asked = 0;
    bench.defenderSays.answers({
      readDevice: (...args) => {
        asked += 1;
        return asked === 1
          ? Promise.reject(new DefenderError('throttled', { retryAfterMs: 100 }))
          : bench.defenderSays.usual.readDevice(...args);
      },
    });

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(asked, 2);
  });

  it('is void, told to nobody but the page, when the sign-in comes to nothing', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;

    await abandonClick(bench.parts, click, { code: 'wrong-account' });

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
    assert.ok(!bench.effectsOf(requestId).some(({ kind }) => kind === 'tell'));
  });

  it('is abandoned without harm when it has been decided meanwhile', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    await abandonClick(bench.parts, click, { code: 'wrong-account' });

    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
  });

  it('leaves no token in the audit record', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    const records = JSON.stringify(await bench.audited(click.purpose.requestId));

    assert.ok(records.includes('step-up-token-used'));
    assert.ok(!records.includes(token.token));
  });
});
