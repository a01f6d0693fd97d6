import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { DefenderError } from '../../../src/defender/errors.ts';
import { alex, sam } from '../../support/requests.ts';
import { aRunningRequest, anApprovedRequest } from '../../support/running-request.ts';
import { type BoxBench, end, openBoxBench, priya } from './box-bench.ts';
import { anAction, failing } from './fake-defender.ts';

const inThePortal = { id: 'of-the-portal', status: 'Succeeded', requestor: 'jordan' } as const;

describe('a lift at the end of a time box, just before it is sent', () => {
  let bench: BoxBench;
  before(async () => {
    bench = await openBoxBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const restrictedInThePortal = () =>
    bench.defenderSays.actions.push(anAction({ ...inThePortal, createdAt: '2100-01-01T00:00:00Z' }));
  const isSent = () => bench.defenderSays.calls.includes('submit');
  const toldOf = (id: RequestId) =>
    bench
      .effectsOf(id)
      .flatMap((effect) => (effect.kind === 'tell' ? [`${effect.to.name} ${effect.note.why.code}`] : []));

  /** On the newest card. */
  async function approve(id: RequestId, by = priya): Promise<void> {
    const clickId = `clk ${bench.time.ahead}`;
    const alsoRestrictedAt = (await bench.reread(id)).alsoRestricted?.at;
    await bench.requests.apply(id, { kind: 'approve-clicked', by, clickId, alsoRestrictedAt });
    await bench.requests.apply(id, { kind: 'approve-verified', clickId, device: {} });
    await bench.handlers.submit({ requestId: id });
  }

  it('is left to people, whoever restricted the device anew, and its card says who', async () => {
    const { id, lift } = await bench.ended();
    restrictedInThePortal();
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    assert.ok(!isSent());
    const shown = (await bench.reread(lift)).alsoRestricted?.others;
    assert.deepEqual(shown, [{ key: 'of-the-portal', by: 'jordan', since: '2100-01-01T00:00:00Z' }]);
    assert.ok(bench.effectsOf(lift).some(({ kind }) => kind === 'look-up-device'));
    await bench.handlers['settle-lift']({ requestId: lift });
    assert.deepEqual((await bench.boxOf(id)).lift?.alsoRestricted?.others, shown);
  });

  it('is void once for whoever approves it without having read that, and sent when they approve again', async () => {
    const { id, lift } = await bench.ended();
    bench.access.fails(alex, { kind: 'not-signed-in' });
    await bench.handlers.submit({ requestId: lift });
    await bench.handlers['settle-lift']({ requestId: lift });
    const asked = (await bench.boxOf(id)).lift?.awaitedSince;
    restrictedInThePortal();

    bench.time.ahead += 60;
    await approve(lift);
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    assert.ok(toldOf(lift).includes(`${priya.name} restricted-anew`));
    assert.ok(!isSent());
    await bench.handlers['settle-lift']({ requestId: lift });
    assert.notEqual((await bench.boxOf(id)).lift?.awaitedSince, asked, 'the thread is told');

    bench.time.ahead += 60;
    await approve(lift);
    assert.equal(await bench.labelOf(lift), 'Pending');
  });

  it('asks again when yet another restriction came', async () => {
    const { lift } = await bench.ended();
    restrictedInThePortal();
    await bench.handlers.submit({ requestId: lift });
    bench.defenderSays.actions.push(anAction({ id: 'newest', createdAt: '2100-01-02T00:00:00Z' }));
    bench.time.ahead += 60;
    await approve(lift);
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    bench.time.ahead += 60;
    await approve(lift, sam);
    assert.equal(await bench.labelOf(lift), 'Pending');
  });

  it('is left to people when its approver has left the conversation since', async () => {
    const { id, lift } = await bench.ended();
    const { place } = await bench.reread(id);
    await bench.departures.left(place.conversation, [alex.teamsId]);
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    assert.ok(!isSent());
    assert.ok(toldOf(lift).includes(`${alex.name} approver-left`));
    bench.time.ahead += 60;
    await approve(lift);
    assert.equal(await bench.labelOf(lift), 'Pending');
  });

  it('is asked of an early release, too', async () => {
    const id = await bench.inForce();
    restrictedInThePortal();
    bench.time.ahead = 1_800;
    await bench.requests.apply(id, { kind: 'release-clicked', by: priya, clickId: 'clk' });
    await bench.handlers['check-approval']({ requestId: id, clickId: 'clk' });
    const lift = await bench.liftIdOf(id);
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
    assert.ok(!isSent());
    bench.time.ahead += 60;
    await approve(lift);
    assert.equal(await bench.labelOf(lift), 'Pending');
  });

  it('is left to people while a restriction of our own is on its way that Defender does not list yet', async () => {
    const { id, lift } = await bench.ended();
    const { tenantId, deviceId } = await bench.reread(id);
    const given = { tenantId, deviceId: deviceId ?? assert.fail() };
    const { id: newer } = await anApprovedRequest(bench.requests, given);
    await bench.handlers.submit({ requestId: lift });
    assert.ok(!isSent());
    assert.deepEqual(
      (await bench.reread(lift)).alsoRestricted?.others.map(({ key, by }) => [key, by]),
      [[newer, alex.name]],
    );
  });

  it('is left to people when somebody else started the restriction', async () => {
    const id = await bench.inForce({}, { ours: false });
    bench.time.ahead = end;
    await bench.handlers['time-box']({ requestId: id });
    const lift = await bench.liftIdOf(id);
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Awaiting approval');
  });

  it('is sent by itself when the other restriction is of another device, or was lifted', async () => {
    const { id, lift } = await bench.ended();
    const { tenantId } = await bench.reread(id);
    await aRunningRequest(bench.requests, { tenantId, deviceId: 'f'.repeat(40) as never });
    restrictedInThePortal();
    bench.defenderSays.actions.push(
      anAction({
        type: 'UnrestrictCodeExecution',
        status: 'Succeeded',
        createdAt: '2100-01-01T01:00:00Z',
      }),
    );
    await bench.handlers.submit({ requestId: lift });
    assert.equal(await bench.labelOf(lift), 'Pending');
  });

  describe('when Defender does not say what restricts the device', () => {
    const unlisted = (...args: ConstructorParameters<typeof DefenderError>) =>
      bench.defenderSays.answers({
        listOpenActions: (token, query, options) =>
          query.types.includes('RestrictCodeExecution')
            ? failing(...args)()
            : bench.defenderSays.usual.listOpenActions(token, query, options),
      });

    async function voidedBy(...args: ConstructorParameters<typeof DefenderError>) {
      const { lift } = await bench.ended();
      unlisted(...args);
      await bench.handlers.submit({ requestId: lift });
      const { state } = await bench.reread(lift);
      return state.status === 'awaiting' ? state.voided?.why.code : state.status;
    }

    it('asks people at once if that is because of the approver’s rights or sign-in', async () => {
      assert.equal(await voidedBy('forbidden'), 'not-permitted');
      assert.equal(await voidedBy('claims-challenge'), 'extra-sign-in-needed');
    });

    it('says what it waits for, and waits longer each time', async () => {
      const { lift } = await bench.ended();
      unlisted('unreachable');
      await bench.handlers.submit({ requestId: lift });
      const first = await waitOf(lift);
      assert.ok(first?.why === 'unreachable');
      bench.time.ahead += 300;
      await bench.handlers.submit({ requestId: lift });
      const later = await waitOf(lift);
      assert.ok((later?.seconds ?? 0) > first.seconds * 5);
      assert.ok(!isSent());
    });

    it('gives the approval up after 15 minutes, but not for a wait that Defender or the budget asked for', async () => {
      const { lift } = await bench.ended();
      for (const kind of ['throttled', 'budget'] as const) {
        unlisted(kind, { retryAfterMs: 1_200_000 });
        await bench.handlers.submit({ requestId: lift });
        assert.equal((await waitOf(lift))?.why, kind);
        bench.time.ahead += 1_205;
      }
      unlisted('unreachable');
      await bench.handlers.submit({ requestId: lift });
      bench.time.ahead += 100;
      await bench.handlers.submit({ requestId: lift });
      assert.equal(await bench.labelOf(lift), 'Awaiting approval');
      assert.ok(!isSent());
    });

    async function waitOf(id: RequestId) {
      const { state } = await bench.reread(id);
      const wait = state.status === 'submitting' ? state.attempt.wait : undefined;
      if (wait === undefined) return undefined;
      const seconds = (Date.parse(wait.until) - Date.parse(await bench.requests.now())) / 1_000;
      return { why: wait.why, seconds };
    }
  });
});
