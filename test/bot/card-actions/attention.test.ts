import assert from 'node:assert/strict';
import type { InvokeAnswer } from '../../../bot/answers.ts';
import { loginAnswer, messageAnswer } from '../../../bot/answers.ts';
import type { StepUpLinks } from '../../../bot/card-actions/card-turn.ts';
import type { SignInOutcome } from '../../../bot/sign-in.ts';
import type { Person } from '../../../src/containment/person.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { AttentionReason } from '../../../src/containment/state.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { aRunningRequest, anApprovedRequest, anAwaitingRequest } from '../../support/running-request.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press as pressOn, said, stepUpLinks } from './press.ts';

const login = loginAnswer({
  text: 'Sign in',
  buttonTitle: 'Sign in',
  connectionName: 'cordon',
  resource: { signInLink: 'https://sign-in.example' },
});

describe('buttons of a request that needs attention', () => {
  let bench: Workbench;
  let signIn: SignInOutcome;
  let signedIn: string[];
  let byButtons: boolean[];
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    signIn = { kind: 'verified' };
    signedIn = [];
    byButtons = [];
    opened = [];
    stepUp = undefined;
    code = undefined;
    bench.defenderSays.reset();
    bench.access.reset();
  });

  let opened: unknown[];
  let stepUp: StepUpLinks | undefined;
  /** Typed by whoever has just signed in by the button. */
  let code: string | undefined;
  const stepUpTo = stepUpLinks((wanted) => opened.push(wanted));

  function press(person: Person, request: ContainmentRequest, verb: string, comment = '') {
    return pressOn(
      bench,
      { person, request, verb, comment, code },
      {
        stepUp,
        signIn: (_activity, { name }, { byButton }) => {
          byButtons.push(byButton === true);
          signedIn.push(name);
          return Promise.resolve(signIn);
        },
      },
    );
  }

  /** Whatever was approved by Alex and came to a stop. */
  async function stopped(code: 'sign-in-needed' | 'step-failed' | 'outcome-unknown') {
    const { id, state } = await anApprovedRequest(bench.requests, { tenantId: alex.tenantId });
    const attemptId = `att_${id}`;
    const deadline = '2026-11-23T03:12:00.000Z';
    if (code === 'outcome-unknown') {
      await bench.requests.apply(id, { kind: 'attempt-started', attemptId, deadline });
    }
    const why: AttentionReason = { code };
    const of = code === 'outcome-unknown' ? { attemptId } : ofNoAttempt(state);
    await bench.requests.apply(id, { kind: 'attempt-stuck', ...of, why });
    return bench.reread(id);
  }

  const stateOf = async ({ id }: ContainmentRequest) => (await bench.reread(id)).state;
  const effectsOf = ({ id }: ContainmentRequest) => bench.effectsOf(id).map(({ kind }) => kind);
  const recordOf = async ({ id }: ContainmentRequest, what: string) => {
    const found = (await bench.audited(id)).filter((record) => record['what'] === what);
    return found.map(({ who, detail }) => ({ who: (who as { name: string }).name, detail }));
  };

  for (const code of ['sign-in-needed', 'step-failed'] as const) {
    it(`Retry by the approver, signed in within the turn, queues the submission again (${code})`, async () => {
      const request = await stopped(code);
      const before = effectsOf(request).filter((kind) => kind === 'submit').length;

      const answer = await press(alex, request, 'retry');

      assert.match(said(answer), /Recorded\. Cordon now hands the action to Defender with your rights/);
      assert.deepEqual(signedIn, [alex.name]);
      assert.equal(effectsOf(request).filter((kind) => kind === 'submit').length, before + 1);
      assert.equal((await stateOf(request)).status, 'approved');
      assert.deepEqual(await recordOf(request, 'retry-clicked'), [{ who: alex.name, detail: {} }]);
    });
  }

  it('Retry and another Approve ask for the button after Entra refused the sign-in, for a silent one would be the same', async () => {
    await press(alex, await stopped('sign-in-needed'), 'retry');
    await press(alex, await stopped('step-failed'), 'retry');
    assert.deepEqual(byButtons.splice(0), [true, false]);

    const { id } = await anAwaitingRequest(bench.requests, { tenantId: alex.tenantId });
    bench.access.fails(alex, { kind: 'interaction-required' });
    for (const person of [alex, alex, sam]) await press(person, await bench.reread(id), 'approve');

    assert.deepEqual(byButtons, [false, true, false]);
  });

  it('Retry before the sign-in is done stores nothing', async () => {
    const request = await stopped('sign-in-needed');
    signIn = { kind: 'answer', answer: login, refused: false };

    assert.equal(await press(alex, request, 'retry'), login);

    assert.equal((await stateOf(request)).status, 'attention');
    assert.deepEqual(await recordOf(request, 'retry-clicked'), []);
  });

  it('Retry under somebody else’s sign-in stores nothing but that it was refused', async () => {
    const request = await stopped('sign-in-needed');
    signIn = { kind: 'answer', answer: messageAnswer('another account'), refused: true };

    assert.match(said(await press(alex, request, 'retry')), /another account/);

    assert.equal((await stateOf(request)).status, 'attention');
    assert.deepEqual(await recordOf(request, 'retry-clicked'), [
      { who: alex.name, detail: { refused: 'not-verified' } },
    ]);
  });

  it('Retry by anybody else is refused before any sign-in, privately, and recorded', async () => {
    const request = await stopped('sign-in-needed');

    for (const person of [sam, riley]) {
      const answer = await press(person, request, 'retry');
      assert.equal(answer.type, 'application/vnd.microsoft.activity.message');
      assert.match(said(answer), /^Only Alex Moreno can retry/);
    }

    assert.deepEqual(signedIn, []);
    assert.equal((await stateOf(request)).status, 'attention');
    const detail = { refused: 'only-approver-retries' };
    assert.deepEqual(await recordOf(request, 'retry-clicked'), [
      { who: sam.name, detail },
      { who: riley.name, detail },
    ]);
  });

  it('Retry that somebody closed during the sign-in changes nothing and shows the newest card', async () => {
    const request = await stopped('sign-in-needed');
    await press(sam, request, 'close', 'Settled by hand');

    assert.match(said(await press(alex, request, 'retry')), /nothing to retry.*Closed/s);

    const state = await stateOf(request);
    assert.ok(state.status === 'attention' && state.closed?.by.objectId === sam.objectId);
  });

  it('Retry while submission is paused is taken, and says that it waits', async () => {
    const request = await stopped('step-failed');
    const hold = { reason: 'A drill', since: '2026-11-23T03:11:00.000Z' };
    await bench.requests.apply(request.id, { kind: 'submission-paused', hold });

    const answer = said(await press(alex, request, 'retry'));

    assert.match(answer, /Recorded\. Submission to Defender is paused/);
    assert.match(answer, /The approval is kept/);
    assert.equal((await stateOf(request)).status, 'approved');
  });

  it('Retry of what may have been sent is refused', async () => {
    const request = await stopped('outcome-unknown');

    assert.match(said(await press(alex, request, 'retry')), /nothing to retry/);

    assert.equal((await stateOf(request)).status, 'attention');
  });

  it('Close without a remark, and by the requestor, is refused privately and recorded', async () => {
    const request = await stopped('outcome-unknown');

    assert.match(said(await press(sam, request, 'close', ' \u200B')), /^Closing needs a remark/);
    assert.match(said(await press(riley, request, 'close', 'Never mind')), /you cannot close it/);

    const refusals = (await recordOf(request, 'close-clicked')).map(({ detail }) => detail);
    assert.deepEqual(
      refusals.map((detail) => (detail as { refused: string }).refused),
      ['comment-missing', 'own-request-close'],
    );
    assert.equal((await bench.reread(request.id)).revision, request.revision);
  });

  it('Close with a remark needs no sign-in, tells the thread, and frees the device for a new request', async () => {
    const request = await stopped('outcome-unknown');

    const answer = said(await press(sam, request, 'close', ' Seen in the Action center '));

    assert.match(answer, /Closed by\nSam Okafor .*\n“Seen in the Action center”/);
    assert.match(answer, /never confirmed/);
    assert.deepEqual(signedIn, []);
    assert.equal(effectsOf(request).at(-1), 'notify');
    const { place, deviceId, tenantId } = request;
    const next = await anApprovedRequest(bench.requests, { place, deviceId, tenantId });
    assert.notEqual(next.number, request.number);
  });

  it('Check again by the requestor is refused before any sign-in and recorded', async () => {
    const request = await stopped('outcome-unknown');

    assert.match(said(await press(riley, request, 'recheck')), /ask whoever approves here/);

    assert.deepEqual(signedIn, []);
    assert.deepEqual(bench.defenderSays.calls, []);
    assert.deepEqual(await recordOf(request, 'recheck-clicked'), [
      { who: riley.name, detail: { refused: 'own-request-recheck' } },
    ]);
  });

  it('Check again by somebody who may approve asks Defender with their own token and is recorded', async () => {
    const request = await stopped('outcome-unknown');

    await press(sam, request, 'recheck');

    assert.deepEqual(signedIn, [sam.name]);
    assert.ok(bench.defenderSays.tokens.length > 0);
    assert.ok(bench.defenderSays.tokens.every((token) => token === `token-of-${sam.objectId}`));
    assert.deepEqual(await recordOf(request, 'recheck-clicked'), [{ who: sam.name, detail: {} }]);
  });

  describe('that takes more than the presser’s sign-in', () => {
    const running = () => aRunningRequest(bench.requests, { tenantId: alex.tenantId });
    const pressed: Readonly<Record<string, () => Promise<InvokeAnswer>>> = {
      'Cancel action': async () => press(alex, await running(), 'cancel', 'Wrong device'),
      Retry: async () => press(alex, await stopped('step-failed'), 'retry'),
      'Check again': async () => press(alex, await stopped('outcome-unknown'), 'recheck'),
    };

    for (const [button, pressing] of Object.entries(pressed)) {
      it(`names the setting that is missing, at ${button} too`, async () => {
        bench.access.fails(alex, { kind: 'interaction-required', aadsts: '50076' });

        assert.match(said(await pressing()), /(one more|extra) sign-in step.*PUBLIC_URL/);
      });
    }

    it('leaves a record of the press also where there is no page to lead to', async () => {
      bench.access.fails(alex, { kind: 'interaction-required', aadsts: '50076' });
      const [failed, unclear] = [await stopped('step-failed'), await stopped('outcome-unknown')];

      await press(alex, failed, 'retry');
      await press(alex, unclear, 'recheck');

      const refused = { who: alex.name, detail: { refused: 'extra-sign-in-needed' } };
      assert.deepEqual(await recordOf(failed, 'retry-clicked'), [refused]);
      assert.deepEqual((await recordOf(unclear, 'recheck-clicked')).at(-1), refused);
    });

    it('leads to Cordon’s own page at Retry when it is Defender that wants more', async () => {
      const claims = '{"access_token":{}}';
      bench.defenderSays.answers({ readDevice: failing('claims-challenge', { claims }) });
      const request = await stopped('step-failed');

      stepUp = stepUpTo;

      const answer = await press(alex, request, 'retry');

      assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest');
      const purpose = { verb: 'retry', requestId: request.id, devices: [request.id] };
      assert.deepEqual(opened, [{ person: alex, purpose, claims }]);
      assert.equal((await stateOf(request)).status, 'attention');
    });

    for (const button of ['Cancel action', 'Check again']) {
      it(`asks for another sign-in by the button at once when Entra takes theirs no longer (${button})`, async () => {
        bench.access.fails(alex, { kind: 'sign-in-again', aadsts: '50173' });

        await pressed[button]?.();

        assert.deepEqual(byButtons, [false, true]);
      });
    }

    it('is told in words when even the sign-in by the button is refused', async () => {
      bench.access.fails(alex, { kind: 'sign-in-again', aadsts: '53009' });
      code = '123456';

      assert.match(said((await pressed['Cancel action']?.()) ?? login), /sign-in does not hold any more/);
      assert.match(said((await pressed['Check again']?.()) ?? login), /sign-in does not hold any more/);
      assert.deepEqual(byButtons, [false, false]);
    });

    it('is told what is against it, where no sign-in helps', async () => {
      bench.access.fails(alex, { kind: 'account-unusable', aadsts: '50057' });

      assert.match(said((await pressed['Cancel action']?.()) ?? login), /disabled, locked.*AADSTS50057/);
      assert.match(said((await pressed['Check again']?.()) ?? login), /disabled, locked.*Ask your Entra/);
      assert.deepEqual(byButtons, [false, false]);
    });
  });
});
