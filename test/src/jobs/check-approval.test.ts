import assert from 'node:assert/strict';
import { voidText } from '../../../bot/texts/decisions.ts';
import { DefenderError, type DefenderErrorKind } from '../../../src/defender/errors.ts';
import type { AccessProblem } from '../../../src/identity/defender-access.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { toldHere } from '../../../src/jobs/told-here.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import { alex, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { waitingForSignIn, wantMore } from './extra-step.ts';
import { aMachine, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the check of an approver’s rights', () => {
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

  async function clicked() {
    const { id } = await anAwaitingRequest(bench.requests);
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    return { requestId: id, clickId: 'clk' };
  }
  const tells = (id: Parameters<Workbench['effectsOf']>[0]) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect.note.why.code] : []));

  it('makes the click an approval when the approver’s own token sees the device', async () => {
    const click = await clicked();

    const outcome = await checkApproval(bench.parts, { ...click, inTurn: true });

    const { state, device } = await bench.reread(click.requestId);
    assert.equal(outcome.kind, 'decided');
    assert.ok(state.status === 'approved' && state.approval.upn === 'alex.moreno@contoso.example');
    assert.equal(device?.name, 'ws-finance-017.contoso.example');
    assert.deepEqual(bench.defenderSays.tokens, [`token-of-${alex.objectId}`]);
    assert.ok(bench.effectsOf(click.requestId).some((effect) => effect.kind === 'submit'));
  });

  it('leaves a record of the exchange and of every call made for it', async () => {
    const click = await clicked();
    bench.defenderSays.answers({
      readDevice: (_token, id, { onCall }) => {
        onCall?.({ tenantId: 't', kind: 'read-device', method: 'GET', path: '/api/machines/{id}', ms: 3 });
        return Promise.resolve(aMachine({ id }));
      },
    });

    await checkApproval(bench.parts, { ...click, inTurn: true });

    const records = await bench.audited(click.requestId);
    const made = records.filter(
      (one) => one['what'] === 'entra-on-behalf-of' || one['what'] === 'defender-call',
    );
    assert.deepEqual(
      made.map((one) => one['who']),
      [
        { objectId: alex.objectId, name: alex.name },
        { objectId: alex.objectId, name: alex.name },
      ],
    );
    assert.ok(!JSON.stringify(records).includes('token-of-'));
  });

  it('asks twice before it believes that the device is not to be seen', async () => {
    const click = await clicked();
    let asked = 0;
    bench.defenderSays.answers({
      readDevice: (...args) => {
        asked += 1;
        return asked === 1 ? failing('not-found')() : bench.defenderSays.usual.readDevice(...args);
      },
    });

    const outcome = await checkApproval(bench.parts, { ...click, inTurn: true });

    assert.equal(outcome.kind, 'decided');
    assert.equal(asked, 2);
  });

  const refusals: readonly (readonly [DefenderErrorKind, string])[] = [
    ['not-found', 'device-not-visible'],
    ['forbidden', 'not-permitted'],
    ['unauthorized', 'token-rejected'],
    ['claims-challenge', 'extra-sign-in-needed'],
    ['disabled-feature', 'feature-disabled'],
    ['disallowed-operation', 'operation-disallowed'],
  ];
  for (const [kind, code] of refusals) {
    it(`voids the click as ${code} on ${kind}; the request stays open`, async () => {
      const click = await clicked();
      bench.defenderSays.answers({ readDevice: failing(kind) });

      const outcome = await checkApproval(bench.parts, { ...click, inTurn: true });

      assert.equal(outcome.kind === 'refused' && outcome.why.code, code);
      const { state } = await bench.reread(click.requestId);
      assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
      assert.equal(state.voided?.why.code, code);
    });
  }

  const problems: readonly (readonly [AccessProblem, string])[] = [
    [{ kind: 'not-signed-in' }, 'sign-in-gone'],
    [{ kind: 'sign-in-again' }, 'sign-in-gone'],
    [{ kind: 'wrong-account' }, 'wrong-account'],
    [{ kind: 'interaction-required', aadsts: '50076' }, 'extra-sign-in-needed'],
    [{ kind: 'blocked-by-policy', aadsts: '53003' }, 'blocked-by-policy'],
    [{ kind: 'consent-missing' }, 'consent-missing'],
    [{ kind: 'principal-missing' }, 'defender-not-in-tenant'],
    [{ kind: 'not-assigned' }, 'not-assigned'],
    [{ kind: 'missing-scope', permission: 'Machine.RestrictExecution' }, 'missing-permission'],
  ];
  for (const [problem, code] of problems) {
    it(`voids the click as ${code} when the exchange ends as ${problem.kind}`, async () => {
      const click = await clicked();
      bench.access.fails(alex, problem);

      const outcome = await checkApproval(bench.parts, { ...click, inTurn: true });

      assert.equal(outcome.kind === 'refused' && outcome.why.code, code);
      assert.deepEqual(bench.defenderSays.calls, []);
    });
  }

  for (const [kind, drops] of [
    ['claims-challenge', 1],
    ['forbidden', 0],
  ] as const) {
    it(`drops the sign-in behind a token that Defender answers with ${kind} ${drops} times`, async () => {
      const click = await clicked();
      let dropped = 0;
      const dropSignIn = () => Promise.resolve(void (dropped += 1));
      const access = {
        forPerson: () =>
          Promise.resolve({ ok: true, token: 'token', expiresAt: new Date(), dropSignIn } as const),
      };
      bench.defenderSays.answers({
        readDevice: (_token, _id, { tenantId, onCall }) => {
          const path = '/api/machines/{id}';
          onCall?.({ tenantId, kind: 'read-device', method: 'GET', path, error: kind, ms: 1 });
          return Promise.reject(new DefenderError(kind));
        },
      });

      await checkApproval({ ...bench.parts, access }, { ...click, inTurn: true });

      assert.equal(dropped, drops);
    });
  }

  it('tells the person by a message only when the click’s own turn is over', async () => {
    const [inTurn, byJob] = [await clicked(), await clicked()];
    bench.defenderSays.answers({ readDevice: failing('forbidden') });

    const outcome = await checkApproval(bench.parts, { ...inTurn, inTurn: true });
    await bench.handlers['check-approval'](byJob);

    assert.deepEqual(tells(byJob.requestId), ['not-permitted']);
    // Written with the state, should the turn end before its answer, and taken back by the turn otherwise.
    assert.deepEqual(tells(inTurn.requestId), ['not-permitted']);
    toldHere(bench.parts, outcome.kind === 'refused' ? outcome.noteId : undefined);
    assert.deepEqual(tells(inTurn.requestId), []);
  });

  it('goes on as a job while nobody answers, then voids the click after ten minutes', async () => {
    const click = await clicked();
    bench.defenderSays.answers({ readDevice: failing('unreachable') });

    const turn = await checkApproval(bench.parts, { ...click, inTurn: true });
    const job = await bench.handlers['check-approval'](click);
    const between = await bench.reread(click.requestId);
    bench.time.ahead = 601;
    const last = await bench.handlers['check-approval'](click);

    assert.equal(turn.kind, 'no-answer');
    assert.deepEqual(job, { againInSeconds: 5 });
    assert.ok(between.state.status === 'awaiting' && between.state.clicks.length === 1);
    assert.equal(last, undefined);
    assert.deepEqual(tells(click.requestId), ['could-not-check']);
  });

  it('says that Cordon’s own calls were used up, when it was that', async () => {
    const click = await clicked();
    bench.defenderSays.answers({ readDevice: failing('budget', { retryAfterMs: 1_000 }) });
    bench.time.ahead = 601;

    await bench.handlers['check-approval'](click);

    const request = await bench.reread(click.requestId);
    assert.ok(request.state.status === 'awaiting' && request.state.voided !== undefined);
    const { why } = request.state.voided;
    assert.equal(why.code, 'could-not-check');
    const said = voidText(why, request, { hasSignInPage: true });
    assert.match(said, /calls.*used up.*Nothing was sent/);
    assert.doesNotMatch(said, /did not answer/);
  });

  it('waits as long as Defender or Entra ask, but looks again within half a minute', async () => {
    const click = await clicked();
    bench.defenderSays.answers({ readDevice: failing('throttled', { retryAfterMs: 12_000 }) });
    const throttled = await bench.handlers['check-approval'](click);
    bench.access.fails(alex, { kind: 'throttled', retryAfterMs: 3_600_000 });
    const entra = await bench.handlers['check-approval'](click);

    assert.deepEqual([throttled, entra], [{ againInSeconds: 12 }, { againInSeconds: 30 }]);
  });

  it('leaves alone, as a job, a click whose person was led to a new sign-in while it waited for Entra', async () => {
    wantMore(bench);
    const { requestId, clickId } = (await waitingForSignIn(bench)).purpose;
    bench.time.ahead = 601;
    const access: typeof bench.parts.access = {
      forPerson: async (person) => {
        const again = { requestId, clickId, inTurn: true, mayStepUp: true };
        assert.equal((await checkApproval(bench.parts, again)).kind, 'sign-in-needed');
        return bench.parts.access.forPerson(person);
      },
    };

    const outcome = await checkApproval({ ...bench.parts, access }, { requestId, clickId, inTurn: false });

    assert.equal(outcome.kind, 'no-answer');
    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 1);
    assert.deepEqual(tells(requestId), []);
  });

  it('loses against a denial that comes while Defender thinks', async () => {
    const click = await clicked();
    bench.defenderSays.answers({
      readDevice: async (...args) => {
        await bench.requests.apply(click.requestId, { kind: 'deny-clicked', by: sam, comment: 'a drill' });
        return bench.defenderSays.usual.readDevice(...args);
      },
    });

    const outcome = await checkApproval(bench.parts, { ...click, inTurn: true });

    assert.equal(outcome.kind === 'decided' && outcome.request.state.status, 'denied');
    assert.ok(!bench.effectsOf(click.requestId).some((effect) => effect.kind === 'submit'));
  });

  it('says so on the card when the device can never be restricted', async () => {
    const click = await clicked();
    bench.defenderSays.answers({
      readDevice: (_token, id) => Promise.resolve(aMachine({ id, osPlatform: 'macOS' })),
    });

    await checkApproval(bench.parts, { ...click, inTurn: true });

    assert.equal(await bench.labelOf(click.requestId), 'Needs attention');
  });

  it('does nothing for a click that is decided, unknown, or of no request', async () => {
    const click = await clicked();
    await bench.requests.apply(click.requestId, { kind: 'deny-clicked', by: sam, comment: 'no' });

    assert.equal((await checkApproval(bench.parts, { ...click, inTurn: true })).kind, 'decided');
    const nobody = { requestId: newRequestId(), clickId: 'clk', inTurn: true };
    assert.equal((await checkApproval(bench.parts, nobody)).kind, 'no-answer');
    assert.equal(await bench.handlers['check-approval']({ requestId: click.requestId }), undefined);
    assert.deepEqual(bench.access.asked, []);
  });
});
