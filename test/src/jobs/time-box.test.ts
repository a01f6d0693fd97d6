import assert from 'node:assert/strict';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { MachineAction } from '../../../src/containment/state.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { abandonClick, continueClick } from '../../../src/jobs/continue-click.ts';
import { pauseSubmission, resumeSubmission } from '../../../src/jobs/pausing.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { aMachineAction, aPerson, alex, riley, sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const box = parseDuration('4h') ?? assert.fail();
const end = 4 * 3_600 + 5;
const priya = aPerson('Priya Nair');

describe('the jobs of a time box', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    bench.chatSays.said.length = 0;
    bench.chatSays.script.before = () => undefined;
  });

  async function inForce(given: Partial<MachineAction> = {}): Promise<RequestId> {
    const { id } = await aRunningRequest(bench.requests, { box });
    const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', ...given });
    await bench.requests.apply(id, { kind: 'action-observed', machineAction });
    return id;
  }

  const boxOf = async (id: RequestId) => boxInForce(await bench.reread(id)) ?? assert.fail('not in force');
  const liftIdOf = async (id: RequestId) => (await boxOf(id)).lift?.id ?? assert.fail('no lift');
  const newsOf = (id: RequestId) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell-box' ? [effect] : []));

  async function tellAll(id: RequestId): Promise<void> {
    for (const { about: news, of: since } of newsOf(id))
      await bench.handlers['tell-box']({ requestId: id, news, since });
  }

  async function ended(): Promise<{ id: RequestId; lift: RequestId }> {
    const id = await inForce();
    bench.time.ahead = end;
    await bench.handlers['time-box']({ requestId: id });
    return { id, lift: await liftIdOf(id) };
  }

  it('come again when the thread is to be asked, and at the end', async () => {
    const id = await inForce();
    const first = await bench.handlers['time-box']({ requestId: id });
    assert.ok(Math.abs((first?.againInSeconds ?? 0) - (4 * 3_600 - 900)) < 30);
    bench.time.ahead = 4 * 3_600 - 890;
    const second = await bench.handlers['time-box']({ requestId: id });
    assert.ok(Math.abs((second?.againInSeconds ?? 0) - 890) < 30);
    assert.deepEqual(
      newsOf(id).map(({ about }) => about),
      ['ending'],
    );
  });

  it('ask the thread once, however often they are queued', async () => {
    const id = await inForce();
    bench.time.ahead = 4 * 3_600 - 600;
    await bench.handlers['time-box']({ requestId: id });
    await tellAll(id);
    await tellAll(id);
    assert.deepEqual(
      bench.chatSays.said.filter((said) => said.startsWith('box')),
      [`box ending: #${(await bench.reread(id)).number}`],
    );
  });

  it('ask again when Teams did not take the message, and nothing that is no longer true', async () => {
    const id = await inForce();
    bench.time.ahead = 4 * 3_600 - 600;
    await bench.handlers['time-box']({ requestId: id });
    const [news] = newsOf(id);
    assert.ok(news !== undefined);
    const payload = { requestId: id, news: news.about, since: news.of };
    bench.chatSays.script.before = () => {
      throw new ChatError('later', { retryAfterMs: 3_000 });
    };
    assert.deepEqual(await bench.handlers['tell-box'](payload), { againInSeconds: 3 });
    bench.chatSays.script.before = () => undefined;
    bench.time.ahead = end;
    await bench.handlers['time-box']({ requestId: id });
    assert.equal(await bench.handlers['tell-box'](payload), undefined);
    assert.deepEqual(bench.chatSays.said, []);
  });

  it('lift with the approver’s own token, asked for anew, and nobody else’s', async () => {
    const { lift } = await ended();
    bench.access.asked.length = 0;
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Pending');
    assert.deepEqual(new Set(bench.access.asked), new Set(['Alex Moreno']));
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([`token-of-${alex.objectId}`]));
  });

  for (const kind of [
    'not-signed-in',
    'sign-in-again',
    'interaction-required',
    'account-unusable',
  ] as const) {
    it(`leave the lift to everybody entitled when the sign-in is gone (${kind})`, async () => {
      const { id, lift } = await ended();
      bench.access.fails(
        alex,
        kind === 'interaction-required'
          ? { kind, claims: undefined, aadsts: '50076' }
          : { kind, aadsts: '50057' },
      );
      await bench.handlers.submit({ requestId: lift });
      assert.equal(await bench.labelOf(lift), 'Awaiting approval');
      assert.ok(!bench.defenderSays.calls.includes('submit'));
      assert.ok(bench.effectsOf(lift).some((effect) => effect.kind === 'settle-lift'));
      await bench.handlers['settle-lift']({ requestId: lift });
      assert.notEqual((await boxOf(id)).lift?.awaitedSince, undefined);
      await tellAll(id);
      assert.equal(bench.chatSays.said.at(-1), `box wanted: #${(await bench.reread(id)).number}`);
    });
  }

  it('do not take a late end for an approval that is too old: Defender may be away for a moment', async () => {
    const id = await inForce();
    bench.time.ahead = end + 7_200;
    await bench.handlers['time-box']({ requestId: id });
    const lift = await liftIdOf(id);
    bench.defenderSays.answers({ submit: failing('unreachable') });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Submitting');
  });

  it('keep the lift during a pause, and send it after', async () => {
    await pauseSubmission(bench.pauses, { reason: 'a drill', by: 'an administrator' });
    try {
      const { lift } = await ended();
      assert.equal((await bench.reread(lift)).hold?.reason, 'a drill');
      await bench.handlers.submit({ requestId: lift });
      assert.ok(!bench.defenderSays.calls.includes('submit'));
      await resumeSubmission(bench.pauses, 'an administrator');
      await bench.requests.apply(lift, { kind: 'submission-resumed' });
      await bench.handlers.submit({ requestId: lift });
      assert.equal(await bench.labelOf(lift), 'Pending');
    } finally {
      await resumeSubmission(bench.pauses, 'an administrator');
    }
  });

  it('do not lift by themselves what was restricted anew, whoever did that', async () => {
    const { lift } = await ended();
    bench.defenderSays.answers({
      listOpenActions: (_token, { types }) =>
        Promise.resolve(
          types.includes('RestrictCodeExecution')
            ? [
                anAction({
                  id: 'of-the-portal',
                  type: 'RestrictCodeExecution',
                  status: 'Succeeded',
                  createdAt: '2100-01-01T00:00:00Z',
                }),
              ]
            : [],
        ),
    });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  it('wait when Defender does not say whether it was restricted anew', async () => {
    const { lift } = await ended();
    bench.defenderSays.answers({ listOpenActions: failing('throttled', { retryAfterMs: 30_000 }) });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Submitting');
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  describe('and a press of Release or Extend', () => {
    async function pressed(kind: 'release-clicked' | 'extend-clicked', by = priya): Promise<RequestId> {
      const id = await inForce();
      bench.time.ahead = 1_800;
      await bench.requests.apply(id, { kind, by, clickId: 'clk', duration: box });
      return id;
    }

    it('is checked by the job when its turn did not get an answer, and counts', async () => {
      const id = await pressed('release-clicked');
      await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
      const lift = await bench.reread(await liftIdOf(id));
      assert.ok(lift.state.status === 'approved');
      assert.deepEqual(lift.state.approval.by, priya);
      const records = await bench.audited(id);
      assert.ok(
        records.some(({ what, who }) => what === 'wish-verified' && JSON.stringify(who).includes('Priya')),
      );
    });

    it('does not count without the right, which its person alone learns', async () => {
      const id = await pressed('release-clicked', sam);
      bench.defenderSays.answers({ readDevice: failing('not-found') });
      await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
      const { lift, wishes, voided } = await boxOf(id);
      assert.deepEqual([lift, wishes, voided?.why], [undefined, [], { code: 'device-not-visible' }]);
      assert.ok(bench.effectsOf(id).some((effect) => effect.kind === 'tell' && effect.to.name === sam.name));
    });

    it('is void after ten minutes without an answer', async () => {
      const id = await pressed('extend-clicked');
      bench.defenderSays.answers({ readDevice: failing('unreachable') });
      bench.time.ahead += 700;
      await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
      assert.equal((await boxOf(id)).voided?.why.code, 'could-not-check');
    });

    const token = {
      token: 'of-the-extra-step',
      upn: 'priya.nair@contoso.example',
      expiresAt: new Date('2100-01-01T00:00:00Z'),
    };

    async function waiting(verb: 'release' | 'extend') {
      bench.access.fails(priya, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
      const requestId = await pressed(`${verb}-clicked`);
      const outcome = await checkApproval(bench.parts, {
        requestId,
        clickId: 'clk',
        inTurn: true,
        mayStepUp: true,
      });
      assert.equal(outcome.kind, 'sign-in-needed');
      return { person: priya, purpose: { verb, requestId, clickId: 'clk' } } as const;
    }

    it('goes on after an extra sign-in, and the lift is sent with that very token', async () => {
      const click = await waiting('release');
      const continued = await continueClick(bench.parts, click, token);
      assert.ok(continued.kind === 'counts');
      await continued.onwards;
      const lift = await liftIdOf(click.purpose.requestId);
      assert.equal(continued.request.id, lift);
      assert.equal(await bench.labelOf(lift), 'Pending');
      assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    });

    it('to extend needs that sign-in for the check alone: the end takes the usual one', async () => {
      const click = await waiting('extend');
      const continued = await continueClick(bench.parts, click, token);
      assert.equal(continued.kind, 'counts');
      const { extended, authorisedBy } = await boxOf(click.purpose.requestId);
      assert.deepEqual([extended?.by, authorisedBy], [priya, priya]);
      bench.time.ahead += end;
      await bench.handlers['time-box']({ requestId: click.purpose.requestId });
      const lift = await liftIdOf(click.purpose.requestId);
      await bench.handlers.submit({ requestId: lift });
      assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    });

    it('is void when the extra sign-in comes to nothing', async () => {
      const click = await waiting('release');
      await abandonClick(bench.parts, click, { code: 'wrong-account' });
      assert.equal((await boxOf(click.purpose.requestId)).voided?.why.code, 'wrong-account');
      assert.equal((await continueClick(bench.parts, click, token)).kind, 'gone');
    });

    it('is taken back when its check died', async () => {
      const id = await pressed('release-clicked');
      await bench.requests.apply(id, { kind: 'job-died', job: 'check-approval', clickId: 'clk' });
      assert.deepEqual((await boxOf(id)).wishes, []);
    });
  });

  it('know who lifted a restriction that had no time box, too', async () => {
    const { id, tenantId, deviceId } = await aRunningRequest(bench.requests);
    const succeed = async (of: RequestId, createdAt: string) =>
      bench.requests.apply(of, {
        kind: 'action-observed',
        machineAction: aMachineAction({ id: machineActionIdOf(of), status: 'Succeeded', createdAt }),
      });
    await succeed(id, '2026-11-23T03:12:08.000Z');
    const lift = await aRunningRequest(bench.requests, {
      tenantId,
      deviceId,
      action: 'unrestrict',
      requestor: riley,
    });
    await succeed(lift.id, '2026-11-23T04:12:08.000Z');
    await bench.handlers['settle-lift']({ requestId: lift.id });
    assert.deepEqual((await bench.reread(id)).released?.by, alex);
  });
});
