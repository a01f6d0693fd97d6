import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { abandonClick, continueClick } from '../../../src/jobs/continue-click.ts';
import { sam } from '../../support/requests.ts';
import { type BoxBench, box, end, openBoxBench, priya } from './box-bench.ts';
import { failing } from './fake-defender.ts';

describe('a press of Release or Extend', () => {
  let bench: BoxBench;
  before(async () => {
    bench = await openBoxBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  async function pressed(kind: 'release-clicked' | 'extend-clicked', by = priya): Promise<RequestId> {
    const id = await bench.inForce();
    bench.time.ahead = 1_800;
    await bench.requests.apply(id, { kind, by, clickId: 'clk', duration: box });
    return id;
  }

  it('is checked by the job when its turn did not get an answer, and counts', async () => {
    const id = await pressed('release-clicked');
    await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
    const lift = await bench.reread(await bench.liftIdOf(id));
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
    const { lift, wishes, voided } = await bench.boxOf(id);
    assert.deepEqual([lift, wishes, voided?.why], [undefined, [], { code: 'device-not-visible' }]);
    assert.ok(bench.effectsOf(id).some((effect) => effect.kind === 'tell' && effect.to.name === sam.name));
  });

  it('is void after ten minutes without an answer', async () => {
    const id = await pressed('extend-clicked');
    bench.defenderSays.answers({ readDevice: failing('unreachable') });
    bench.time.ahead += 700;
    await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
    assert.equal((await bench.boxOf(id)).voided?.why.code, 'could-not-check');
  });

  it('to release of somebody without the right changes nothing for the others, whoever has asked for the lift', async () => {
    const click = await waiting('extend');
    const id = click.purpose.requestId;
    await bench.askedElsewhere(id);
    bench.defenderSays.answers({ readDevice: failing('forbidden') });
    await bench.requests.apply(id, { kind: 'release-clicked', by: sam, clickId: 'of-sam' });
    const outcome = await checkApproval(bench.parts, { requestId: id, clickId: 'of-sam', inTurn: true });
    assert.ok(outcome.kind === 'refused' && outcome.why.code === 'not-permitted');
    const { lift, wishes } = await bench.boxOf(id);
    assert.deepEqual([lift, wishes.map((wish) => wish.by.name)], [undefined, [priya.name]]);
  });

  it('to release approves nothing when somebody has asked for the lift meanwhile, and says which it is', async () => {
    const id = await pressed('release-clicked');
    const own = await bench.askedElsewhere(id);
    const outcome = await checkApproval(bench.parts, { requestId: id, clickId: 'clk', inTurn: true });
    assert.ok(outcome.kind === 'refused');
    assert.deepEqual(outcome.why, { code: 'lift-meanwhile', number: own.number });
    assert.equal((await bench.boxOf(id)).lift?.id, own.id);
    assert.equal(await bench.labelOf(own.id), 'Awaiting approval');
  });

  it('checked by the job, tells the same by a message', async () => {
    const id = await pressed('release-clicked');
    await bench.askedElsewhere(id);
    await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
    const told = bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect] : []));
    assert.deepEqual(
      told.map(({ to, note }) => [to.name, note.about, note.why.code]),
      [[priya.name, 'release', 'lift-meanwhile']],
    );
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
    const lift = await bench.liftIdOf(click.purpose.requestId);
    assert.equal(continued.request.id, lift);
    assert.equal(await bench.labelOf(lift), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('to extend needs that sign-in for the check alone: the end takes the usual one', async () => {
    const click = await waiting('extend');
    const continued = await continueClick(bench.parts, click, token);
    assert.equal(continued.kind, 'counts');
    const { extended, authorisedBy } = await bench.boxOf(click.purpose.requestId);
    assert.deepEqual([extended?.by, authorisedBy], [priya, priya]);
    bench.time.ahead += end;
    await bench.handlers['time-box']({ requestId: click.purpose.requestId });
    const lift = await bench.liftIdOf(click.purpose.requestId);
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
  });

  it('after an extra sign-in does not name a lift that was never made', async () => {
    const click = await waiting('release');
    const own = await bench.askedElsewhere(click.purpose.requestId);
    const continued = await continueClick(bench.parts, click, token);
    assert.ok(continued.kind === 'void');
    assert.deepEqual(continued.why, { code: 'lift-meanwhile', number: own.number });
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  it('to extend counts for nobody once the box has ended during the sign-in', async () => {
    const click = await waiting('extend');
    bench.time.ahead += end;
    bench.defenderSays.answers({
      // The box ends while the rights are checked.
      readDevice: async (token, deviceId, options) => {
        await bench.handlers['time-box']({ requestId: click.purpose.requestId });
        return bench.defenderSays.usual.readDevice(token, deviceId, options);
      },
    });
    const continued = await continueClick(bench.parts, click, token);
    assert.equal(continued.kind, 'gone');
    assert.equal((await bench.boxOf(click.purpose.requestId)).extended, undefined);
  });

  it('is void when the extra sign-in comes to nothing', async () => {
    const click = await waiting('release');
    await abandonClick(bench.parts, click, { code: 'wrong-account' });
    assert.equal((await bench.boxOf(click.purpose.requestId)).voided?.why.code, 'wrong-account');
    assert.equal((await continueClick(bench.parts, click, token)).kind, 'gone');
  });

  it('is taken back when its check died', async () => {
    const id = await pressed('release-clicked');
    await bench.requests.apply(id, { kind: 'job-died', job: 'check-approval', clickId: 'clk' });
    assert.deepEqual((await bench.boxOf(id)).wishes, []);
  });
});
