import assert from 'node:assert/strict';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { DefenderAccess } from '../../../src/identity/defender-access.ts';
import { alex } from '../../support/requests.ts';
import { aRunningRequest, anAwaitingRequest } from '../../support/running-request.ts';
import { until } from '../../support/until.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press as pressOn, said, stepUpLinks } from './press.ts';

describe('an Approve whose turn is over before its check', () => {
  let bench: Workbench;
  let stepUp: ReturnType<typeof stepUpLinks>;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    bench.access.fails(alex, { kind: 'interaction-required', aadsts: '50076' });
    stepUp = stepUpLinks(() => undefined);
  });

  /** Entra's answer comes when it is let. */
  function slowEntra() {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const access: DefenderAccess = {
      forPerson: async (person) => {
        await answered;
        return bench.parts.access.forPerson(person);
      },
    };
    return { access, answer };
  }

  const awaiting = async () => (await anAwaitingRequest(bench.requests, { tenantId: alex.tenantId })).id;
  const approve = async (
    id: RequestId,
    given: { ago?: number; comment?: string; access?: DefenderAccess } = {},
  ) => {
    const { ago = 0, comment = '', ...parts } = given;
    const request = await bench.reread(id);
    return pressOn(bench, { person: alex, request, verb: 'approve', ago, comment }, { stepUp, ...parts });
  };
  const clicksOf = async (id: RequestId) => {
    const { state } = await bench.reread(id);
    return state.status === 'awaiting' ? state.clicks : assert.fail(state.status);
  };
  const tells = (id: RequestId) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect.note.why.code] : []));
  /** Of the 4.5 s that an answer may take, a moment is left. */
  const late = { ago: 4_300 };

  it('is void, and told by a message, when it turns out to take a sign-in that nobody is led to', async () => {
    const id = await awaiting();
    const { access, answer } = slowEntra();

    assert.match(said(await approve(id, { ...late, access })), /^Recorded\. Defender is checking/);
    answer();

    await until(() => tells(id).length > 0, 20_000);
    assert.deepEqual(tells(id), ['extra-sign-in-needed']);
    assert.deepEqual(await clicksOf(id), []);
  });

  it('is void, and told, also when the turn ends while the wait for the sign-in is stored', async () => {
    const id = await awaiting();
    let goOn: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const requests: Workbench['requests'] = {
      ...bench.requests,
      apply: async (which, event) => {
        const applied = await bench.requests.apply(which, event);
        if (event.kind === 'approve-needs-sign-in') await answered;
        return applied;
      },
    };
    const press = { person: alex, request: await bench.reread(id), verb: 'approve', ago: 3_000 };

    const answer = await pressOn(bench, press, { stepUp, requests });
    goOn();

    assert.match(said(answer), /^Recorded\. Defender is checking/);
    await until(() => tells(id).length > 0, 20_000);
    assert.deepEqual(await clicksOf(id), []);
  });

  it('goes on when another press was led to its sign-in meanwhile', async () => {
    const id = await awaiting();
    let again: Awaited<ReturnType<typeof approve>> | undefined;
    let isOver: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    const requests: Workbench['requests'] = {
      ...bench.requests,
      apply: async (which, event) => {
        const applied = await bench.requests.apply(which, event);
        if (event.kind !== 'approve-needs-sign-in') {
          if (event.kind === 'approve-refused') isOver();
          return applied;
        }
        // The time of this press runs out, and its person presses once more.
        await pressed;
        again = await approve(id);
        return applied;
      },
    };
    const press = { person: alex, request: await bench.reread(id), verb: 'approve', ago: 2_000 };

    const pressed = pressOn(bench, press, { stepUp, requests });
    await over;

    assert.match(said(await pressed), /^Recorded\. Defender is checking/);
    assert.equal(again?.type, 'application/vnd.microsoft.activity.loginRequest');
    assert.equal((await clicksOf(id)).length, 1);
    assert.deepEqual(tells(id), []);
  });

  it('asks to press again while the same click waits for its sign-in: nothing else checks it', async () => {
    const id = await awaiting();
    assert.equal((await approve(id)).type, 'application/vnd.microsoft.activity.loginRequest');
    const { access, answer } = slowEntra();

    const again = said(await approve(id, { ...late, access }));
    answer();

    assert.match(again, /[Pp]ress Approve again/);
    assert.doesNotMatch(again, /Recorded|need not press/);
    const [click] = await clicksOf(id);
    assert.ok(click?.signInUntil !== undefined);
    assert.deepEqual(tells(id), []);
  });

  it('asks for the sign-in also when the click began to wait for it in the meantime', async () => {
    const id = await awaiting();
    const request = await bench.reread(id);
    const signIn = async () => {
      await approve(id);
      return { kind: 'verified' } as const;
    };

    const answer = await pressOn(bench, { person: alex, request, verb: 'approve' }, { stepUp, signIn });

    assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest');
  });

  it('counts from the last press, with its comment, when it waited for a sign-in made elsewhere', async () => {
    const id = await awaiting();
    await approve(id, { comment: 'First' });
    bench.time.ahead = 590;
    const pressedAt = Date.now() + 590_000;
    bench.access.reset();

    await approve(id, { comment: 'Seen on the host' });

    const { state } = await bench.reread(id);
    assert.ok(state.status === 'approved', state.status);
    assert.equal(state.approval.comment, 'Seen on the host');
    assert.ok(Date.parse(state.approval.at) >= pressedAt, state.approval.at);
  });

  it('keeps the comment of the first press when the next one has none', async () => {
    const id = await awaiting();
    await approve(id, { comment: 'First' });

    await approve(id);

    assert.equal((await clicksOf(id))[0]?.comment, 'First');
  });

  it('is given up ten minutes after the last press, not the first', async () => {
    const id = await awaiting();
    await approve(id);
    bench.time.ahead = 590;
    bench.access.reset();
    bench.defenderSays.answers({ readDevice: failing('unreachable') });
    await approve(id);
    const [click] = await clicksOf(id);
    bench.time.ahead = 620;

    await bench.handlers['check-approval']({ requestId: id, clickId: click?.id ?? '' });

    assert.equal((await clicksOf(id)).length, 1);
  });

  it('is refused at the next press when there is no page for the sign-in any more', async () => {
    const id = await awaiting();
    await approve(id);
    const request = await bench.reread(id);

    const answer = await pressOn(bench, { person: alex, request, verb: 'approve' });

    assert.match(said(answer), /did not hold/);
    assert.deepEqual(await clicksOf(id), []);
  });
});

describe('a refusal by Defender', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  /** Holds the answer of a press that refuses, once the refusal is stored, until it is let go. */
  function slowDatabase(kind: 'approve-refused' | 'cancel-refused') {
    let goOn: () => void = () => undefined;
    const free = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const requests: Workbench['requests'] = {
      ...bench.requests,
      apply: async (id, event) => {
        const applied = await bench.requests.apply(id, event);
        if (event.kind === kind) await free;
        return applied;
      },
    };
    return { requests, goOn };
  }

  const pressed = {
    approve: {
      event: 'approve-refused',
      request: () => anAwaitingRequest(bench.requests, { tenantId: alex.tenantId }),
      recorded: /^Recorded\. Defender is checking/,
      refused: /did not hold/,
    },
    cancel: {
      event: 'cancel-refused',
      request: () => aRunningRequest(bench.requests, { tenantId: alex.tenantId }),
      recorded: /^Recorded\. Defender is asked to cancel/,
      refused: /does not allow cancelling/,
    },
  } as const;
  const tells = ({ id }: ContainmentRequest) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect.note.why.code] : []));

  for (const verb of ['approve', 'cancel'] as const) {
    const { event, recorded, refused } = pressed[verb];
    const press = (request: ContainmentRequest, ago: number) => ({
      person: alex,
      request,
      verb,
      comment: 'Wrong device',
      ago,
    });

    it(`is told once, in the answer, where there is time for one (${verb})`, async () => {
      bench.defenderSays.answers({ readDevice: failing('forbidden'), cancelAction: failing('forbidden') });
      const request = await pressed[verb].request();

      const answer = await pressOn(bench, press(request, 0));

      assert.match(said(answer), refused);
      // Taken back once this answer has arrived.
      assert.ok(answer.noteId !== undefined);
      const waits = bench.effectsOf(request.id).filter(({ kind }) => kind === 'tell');
      assert.deepEqual(
        waits.map((effect) => effect.kind === 'tell' && effect.unlessTold),
        [answer.noteId],
      );
    });

    it(`is told by a message to whom the answer said that it is recorded (${verb})`, async () => {
      bench.defenderSays.answers({ readDevice: failing('forbidden'), cancelAction: failing('forbidden') });
      const request = await pressed[verb].request();
      const { requests, goOn } = slowDatabase(event);

      const answer = await pressOn(bench, press(request, 2_500), { requests });
      goOn();

      assert.match(said(answer), recorded);
      await until(() => tells(request).length > 0);
      assert.deepEqual(tells(request), ['not-permitted']);
    });
  }
});
