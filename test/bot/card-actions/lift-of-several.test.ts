import assert from 'node:assert/strict';
import { cardOf, membersOf } from '../../../src/containment/batch.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import { createBoxedBatch } from '../../support/boxed-batch.ts';
import { alex, sam as person } from '../../support/requests.ts';
import { token } from '../../src/jobs/extra-step.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { dataOf, press, said, stepUpLinks } from './press.ts';

describe('a press on the lift of several devices, which something else restricts as well', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
    play.begin();
  });

  const play = createBoxedBatch(
    () => bench.requests,
    () => bench.time,
  );
  let used = 0;
  const by = ({ tenantId }: ContainmentRequest) => ({ ...person, tenantId });

  /** Their time is over. */
  async function restrictedFor(count: number, given = {}): Promise<readonly ContainmentRequest[]> {
    const from = used;
    used += count;
    const restricted = await play.restricted(
      Array.from({ length: count }, () => 0),
      from,
      given,
    );
    await play.until(restricted[0] ?? assert.fail());
    return restricted;
  }

  /** Approved with the box, or waiting for people as that sign-in is gone. */
  async function liftOf(
    restricted: ContainmentRequest,
    verb: 'deny' | 'cancel',
  ): Promise<ContainmentRequest> {
    await bench.handlers['time-box']({ requestId: restricted.id });
    const lift = await play.liftOf(restricted);
    if (verb === 'cancel') return lift;
    const why = { code: 'sign-in-gone' } as const;
    await bench.requests.apply(lift.id, { kind: 'attempt-void', ...ofNoAttempt(lift.state), why });
    return play.reread(lift.id);
  }

  /** Each lift waits for people who have read what else restricts its device. */
  async function lifts(count: number): Promise<readonly ContainmentRequest[]> {
    const restricted = await restrictedFor(count);
    const made: ContainmentRequest[] = [];
    for (const member of restricted) {
      await bench.handlers['time-box']({ requestId: member.id });
      made.push(await findElse(await play.liftOf(member), 'first'));
    }
    return made;
  }

  async function findElse(lift: ContainmentRequest, key: string): Promise<ContainmentRequest> {
    const { state } = await play.reread(lift.id);
    const why = { code: 'restricted-anew' } as const;
    await bench.requests.apply(lift.id, {
      kind: 'attempt-void',
      ...ofNoAttempt(state),
      why,
      others: [{ key, by: 'jordan@contoso.example' }],
    });
    return play.reread(lift.id);
  }

  const shown = async (lift: ContainmentRequest) =>
    press(bench, { person: by(lift), request: await play.onCard(cardOf(lift)), verb: 'refresh' });
  const approvals = async (made: readonly ContainmentRequest[]) =>
    Promise.all(
      made.map(async ({ id }) => {
        const { state } = await play.reread(id);
        return state.status === 'approved' ? state.approval.alsoRestrictedAt : state.status;
      }),
    );

  it('approves each with what its card has shown of it', async () => {
    const made = await lifts(2);
    const [first = assert.fail()] = made;
    const request = await play.onCard(cardOf(first));
    assert.equal(request.members?.length, 2);
    const card = await shown(first);
    assert.match(said(card), /Also restricted by jordan@contoso\.example/);
    const data = dataOf(card, 'approve');

    await press(bench, { person: by(request), request, verb: 'approve', devices: ':1,:2', data });

    const seen = (await Promise.all(made.map(({ id }) => play.reread(id)))).map(
      (one) => one.alsoRestricted?.at,
    );
    assert.ok(seen.every((at) => at !== undefined));
    assert.deepEqual(await approvals(made), seen);
  });

  it('approves nothing of which its card is too old to show what was found', async () => {
    const made = await lifts(2);
    const [first = assert.fail()] = made;
    const request = await play.onCard(cardOf(first));
    const { seen: _none, ...data } = dataOf(await shown(first), 'approve');

    await press(bench, { person: by(request), request, verb: 'approve', devices: ':1,:2', data });

    assert.deepEqual(
      await approvals(made),
      [undefined, undefined],
      'the look before the sending refuses these',
    );
  });

  it('does not count where its card has no room to name what else restricts the device, and that comes next', async () => {
    const made = await lifts(9);
    const [first = assert.fail()] = made;
    const request = await play.onCard(cardOf(first));
    const card = await shown(first);
    assert.match(said(card), /3 devices more: Also restricted/);

    await press(bench, { person: by(request), request, verb: 'approve', data: dataOf(card, 'approve') });

    const seen = await approvals(made);
    assert.equal(seen.filter((at) => at !== undefined).length, 6);
    assert.deepEqual(seen.slice(6), [undefined, undefined, undefined]);
  });

  it('is about the one device alone that a card from before the others joined has shown', async () => {
    const made = await lifts(2);
    const [first = assert.fail()] = made;
    const request = await play.onCard(cardOf(first));

    await press(bench, {
      person: by(request),
      request,
      verb: 'approve',
      data: { seen: first.alsoRestricted?.at },
    });

    const [one, other] = await approvals(made);
    assert.equal(one, first.alsoRestricted?.at);
    assert.equal(other, 'awaiting');
    assert.equal(membersOf(await play.onCard(cardOf(first))).length, 2);
  });

  it('by a card from before the others joined takes back no press on these', async () => {
    const made = await lifts(2);
    const [first = assert.fail(), second = assert.fail()] = made;
    const request = await play.onCard(cardOf(first));
    const who = by(request);
    bench.access.fails(who, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
    const stepUp = stepUpLinks(() => undefined);
    const data = dataOf(await shown(first), 'approve');
    await press(bench, { person: who, request, verb: 'approve', devices: ':1,:2', data }, { stepUp });
    bench.access.reset();

    const seen = first.alsoRestricted?.at;
    const answer = await press(bench, { person: who, request, verb: 'approve', data: { seen } });

    assert.deepEqual(await approvals(made), [seen, 'awaiting']);
    const { state } = await play.reread(second.id);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 1);
    assert.match(said(answer), /Your earlier Approve for 1 device.*still waits for your sign-in/);
  });

  for (const verb of ['deny', 'cancel'] as const) {
    it(`by ${verb} leaves alone what joined since its card was shown`, async () => {
      const [first = assert.fail(), ...others] = await restrictedFor(3, { tenantId: alex.tenantId });
      const lift = await liftOf(first, verb);
      const request = await play.onCard(lift.id);
      const card = await shown(lift);
      for (const other of others) await liftOf(other, verb);
      // Only who approved the end may stop it.
      const who = verb === 'deny' ? by(lift) : alex;

      const data = dataOf(card, verb);
      const answer = await press(bench, { person: who, request, verb, comment: 'This one stays', data });

      const states = membersOf(await play.onCard(lift.id)).map(({ state }) => state.status);
      const [open, over] = verb === 'deny' ? ['awaiting', 'denied'] : ['approved', 'withdrawn'];
      assert.deepEqual(states, [over, open, open]);
      assert.match(said(answer), /3 devices/, 'it shows all of them');
      const next = dataOf(await shown(lift), verb);
      await press(bench, { person: who, request, verb, comment: 'Nor do these', data: next });
      const after = membersOf(await play.onCard(lift.id)).map(({ state }) => state.status);
      assert.deepEqual(after, [over, over, over]);
    });
  }

  it('by cancel is about the first alone, should others join while its person signs in', async () => {
    for (const says of [true, false]) {
      const [first = assert.fail(), second = assert.fail()] = await restrictedFor(2, {
        tenantId: alex.tenantId,
      });
      const { id } = await liftOf(first, 'cancel');
      const joined = await liftOf(second, 'cancel');
      // A link of an older program does not say for which.
      const purpose = {
        verb: 'cancel',
        requestId: id,
        comment: 'It stays',
        ...(says ? { devices: [id] } : {}),
      } as const;

      const came = await continueForAll(
        bench.parts,
        { person: alex, purpose },
        token,
        AbortSignal.timeout(5_000),
      );

      assert.equal(came.kind, 'counts');
      const states = await Promise.all(
        [id, joined.id].map(async (one) => (await play.reread(one)).state.status),
      );
      assert.deepEqual(states, ['withdrawn', 'approved']);
    }
  });

  it('is answered with the card of all, should others join within its turn', async () => {
    const [first = assert.fail(), second = assert.fail()] = await restrictedFor(2, {
      tenantId: alex.tenantId,
    });
    const request = await liftOf(first, 'cancel');
    const onCard: typeof bench.requests.onCard = async (id) => {
      const found = await bench.requests.onCard(id);
      if ((await play.boxOf(second)).lift === undefined) await liftOf(second, 'cancel');
      return found;
    };

    const requests = { ...bench.requests, onCard };
    const answer = await press(
      bench,
      { person: alex, request, verb: 'cancel', comment: 'It stays' },
      { requests },
    );

    assert.match(said(answer), /2 devices: 1 Approved · 1 Withdrawn/);
  });

  it('that is refused is answered with the card of all, also with those that it has not seen', async () => {
    const [first = assert.fail(), ...others] = await restrictedFor(3);
    const lift = await liftOf(first, 'deny');
    for (const other of others) await liftOf(other, 'deny');
    const request = await play.onCard(lift.id);

    const answer = await press(bench, {
      person: by(lift),
      request,
      verb: 'retry',
      comment: 'Over',
      data: { shown: 1 },
    });

    assert.match(said(answer), /3 devices: 3 Awaiting approval/);
  });
});
