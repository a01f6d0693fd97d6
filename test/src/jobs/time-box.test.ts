import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { pauseSubmission, resumeSubmission } from '../../../src/jobs/pausing.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { aMachineAction, alex, riley } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { type BoxBench, end, openBoxBench, priya } from './box-bench.ts';
import { failing } from './fake-defender.ts';

describe('the jobs of a time box', () => {
  let bench: BoxBench;
  before(async () => {
    bench = await openBoxBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  it('come again when the thread is to be asked, and at the end', async () => {
    const id = await bench.inForce();
    const first = await bench.handlers['time-box']({ requestId: id });
    assert.ok(Math.abs((first?.againInSeconds ?? 0) - (4 * 3_600 - 900)) < 30);
    bench.time.ahead = 4 * 3_600 - 890;
    const second = await bench.handlers['time-box']({ requestId: id });
    assert.ok(Math.abs((second?.againInSeconds ?? 0) - 890) < 30);
    assert.deepEqual(
      bench.newsOf(id).map(({ about }) => about),
      ['ending'],
    );
  });

  it('ask the thread once, however often they are queued', async () => {
    const id = await bench.inForce();
    bench.time.ahead = 4 * 3_600 - 600;
    await bench.handlers['time-box']({ requestId: id });
    await bench.tellAll(id);
    await bench.tellAll(id);
    assert.deepEqual(
      bench.chatSays.said.filter((said) => said.startsWith('box')),
      [`box ending: #${(await bench.reread(id)).number}`],
    );
  });

  it('ask again when Teams did not take the message, and nothing that is no longer true', async () => {
    const id = await bench.inForce();
    bench.time.ahead = 4 * 3_600 - 600;
    await bench.handlers['time-box']({ requestId: id });
    const [news] = bench.newsOf(id);
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
    const { lift } = await bench.ended();
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
      const { id, lift } = await bench.ended();
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
      assert.notEqual((await bench.boxOf(id)).lift?.awaitedSince, undefined);
      await bench.tellAll(id);
      assert.equal(bench.chatSays.said.at(-1), `box wanted: #${(await bench.reread(id)).number}`);
    });
  }

  it('do not take a late end for an approval that is too old: Defender may be away for a moment', async () => {
    const id = await bench.inForce();
    bench.time.ahead = end + 7_200;
    await bench.handlers['time-box']({ requestId: id });
    const lift = await bench.liftIdOf(id);
    bench.defenderSays.answers({ submit: failing('unreachable') });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Submitting');
  });

  it('count the time of the end from when it was put on a lift that somebody had asked for hours ago', async () => {
    const id = await bench.inForce();
    bench.time.ahead = 600;
    await bench.requests.apply(id, { kind: 'release-clicked', by: priya, clickId: 'clk' });
    await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
    const lift = await bench.liftIdOf(id);
    bench.defenderSays.answers({ submit: failing('forbidden') });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');

    bench.time.ahead = end;
    await bench.handlers['time-box']({ requestId: id });
    assert.equal(await bench.labelOf(lift), 'Approved');
    bench.defenderSays.answers({ submit: failing('unreachable') });
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Submitting');
  });

  it('ask the thread what is to become of a restriction whose lift came to nothing', async () => {
    const { id, lift } = await bench.ended();
    await bench.requests.apply(lift, { kind: 'cancel-clicked', by: alex, comment: 'Keep it' });
    await bench.handlers['settle-lift']({ requestId: lift });
    await bench.tellAll(id);
    await bench.tellAll(id);
    const { number } = await bench.reread(id);
    assert.deepEqual(bench.chatSays.said, [`box unlifted: #${number}`]);
  });

  it('keep the lift during a pause, and send it after', async () => {
    await pauseSubmission(bench.pauses, { reason: 'a drill', by: 'an administrator' });
    try {
      const { lift } = await bench.ended();
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
