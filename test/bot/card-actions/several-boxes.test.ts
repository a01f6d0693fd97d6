import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { DeviceId } from '../../../src/containment/ids.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import { abandonClick } from '../../../src/jobs/continue-click.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { createBatchPlay, idOf } from '../../support/batch-play.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { overWith, token, wantMore } from '../../src/jobs/extra-step.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { type Press, press, said, stepUpLinks } from './press.ts';

const box = { text: '4h', seconds: 14_400 };

describe('Release and Extend on the card of several devices', () => {
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

  const play = createBatchPlay(() => bench.requests);

  /** Each request has devices of its own: what else restricts one would be seen before its lift. */
  let used = 0;

  /** Restricted for 4 h, each of them, as Alex has approved. */
  async function inForce(count = 3): Promise<ContainmentRequest> {
    const devices = Array.from({ length: count }, (_, index) => ({ deviceId: idOf(used + index) }));
    used += count;
    const request = await play.asked(devices, { box, tenantId: alex.tenantId, requestor: riley });
    const clickId = `clk-${request.id}`;
    await play.press(request.id, clickId);
    for (const { id } of membersOf(request)) {
      await play.verify(id, clickId);
      await play.succeed(id);
    }
    return play.onCard(request.id);
  }

  const now = ({ id }: ContainmentRequest) => play.onCard(id);
  const boxes = async (request: ContainmentRequest) => membersOf(await now(request)).map(boxInForce);
  const lifts = async (request: ContainmentRequest) => (await boxes(request)).map((one) => one?.lift?.number);
  const ends = async (request: ContainmentRequest) => (await boxes(request)).map((one) => one?.until);
  const push = (
    request: ContainmentRequest,
    verb: 'release' | 'extend',
    given: Partial<Press> = {},
    parts: Parameters<typeof press>[2] = {},
  ) => press(bench, { person: sam, request, verb, ...given }, parts);
  const deviceOf = (request: ContainmentRequest, index: number) =>
    membersOf(request)[index]?.deviceId ?? assert.fail();
  const seesAllBut = (deviceId: DeviceId) =>
    bench.defenderSays.answers({
      readDevice: (...args) =>
        args[1] === deviceId
          ? Promise.reject(new DefenderError('not-found'))
          : bench.defenderSays.usual.readDevice(...args),
    });

  it('release all of them with one token, and say which request lifts them', async () => {
    const request = await inForce();

    const answer = said(await push(request, 'release', { comment: 'Cleaned' }));

    const asked = new Set(await lifts(request));
    assert.ok(!asked.has(undefined));
    for (const number of asked) assert.match(answer, new RegExp(`#${number} is to lift the restriction of `));
    assert.deepEqual(bench.access.asked, [sam.name]);
    assert.equal(bench.defenderSays.count('readDevice'), 3);
  });

  it('release what was chosen, by id or by place, and nothing else', async () => {
    const words: ((request: ContainmentRequest) => string)[] = [
      (request) => `${deviceOf(request, 0)},${deviceOf(request, 2)}`,
      () => ':1,:3',
      (request) => ` :1 ,${deviceOf(request, 2).toUpperCase()},nonsense`,
    ];
    for (const chosen of words) {
      const request = await inForce();
      await push(request, 'release', { devices: chosen(request) });
      assert.deepEqual(
        (await lifts(request)).map((number) => number !== undefined),
        [true, false, true],
      );
    }
  });

  it('change nothing where nothing is chosen', async () => {
    const request = await inForce();
    for (const chosen of [':', '', 'x,y', ':99']) {
      const answer = said(await push(request, 'release', { devices: chosen }));
      assert.match(answer, /None of the devices .*could be released.*nothing was changed/);
      assert.match(said(await push(request, 'extend', { devices: chosen })), /could be extended/);
    }
    assert.deepEqual(await lifts(request), [undefined, undefined, undefined]);
    assert.deepEqual(bench.access.asked, []);
  });

  it('are not for the requestor, who is not asked to sign in for nothing', async () => {
    const request = await inForce();
    assert.match(said(await push(request, 'release', { person: riley })), /your own request.*release it/);
    const extended = await push(request, 'extend', { person: riley, data: { duration: '8h' } });
    assert.match(said(extended), /your own request.*extend it/);
    assert.deepEqual(await lifts(request), [undefined, undefined, undefined]);
    assert.deepEqual(bench.access.asked, []);
  });

  it('extend all of them to one end, with the duration that was typed or the first one', async () => {
    const request = await inForce();
    const before = await ends(request);
    assert.match(said(await push(request, 'extend', { data: { duration: '5m' } })), /not later than the end/);
    assert.match(said(await push(request, 'extend', { data: { duration: 'soon' } })), /not a duration/);
    assert.deepEqual(await ends(request), before);

    const answer = said(await push(request, 'extend', { data: { duration: '8h' } }));

    const [end, ...others] = await ends(request);
    assert.ok(end !== undefined && end > (before[0] ?? ''));
    assert.deepEqual(others, [end, end]);
    assert.match(answer, /The restriction of 3 devices is in force until /);
    bench.time.ahead += 8 * 3_600;
    assert.match(said(await push(request, 'extend', { data: { duration: '' } })), /in force until/);
    const lengths = (await boxes(request)).map((one) => one?.duration.text);
    assert.deepEqual(lengths, ['4h', '4h', '4h']);
  });

  it('count for those that the presser sees, and say why not for the others', async () => {
    const request = await inForce();
    seesAllBut(deviceOf(request, 1));

    const answer = said(await push(request, 'release'));

    assert.deepEqual(
      (await lifts(request)).map((number) => number !== undefined),
      [true, false, true],
    );
    assert.match(answer, /is to lift the restriction of /);
    assert.match(answer, /Your Release did not count for ws-1: In Defender the device is not found/);
    const opened = said(await press(bench, { person: sam, request, verb: 'refresh' }));
    assert.match(opened, /Your Release on #\d+ did not count for ws-1: /);
  });

  it('say for which of the chosen ones there is nothing to move any more', async () => {
    const request = await inForce();
    const [first, second] = membersOf(request);
    const release = { by: alex, at: '2026-11-23T06:02:00.000Z', number: 99 };
    await bench.requests.apply(first?.id ?? assert.fail(), { kind: 'restriction-released', ...release });
    await push(request, 'release', { devices: deviceOf(request, 1) });
    const asked = boxInForce(await bench.reread(second?.id ?? assert.fail()))?.lift?.number;

    const answer = said(await push(request, 'extend', { devices: ':1,:2,:3', data: { duration: '8h' } }));

    assert.match(answer, /The restriction of 1 device is in force until /);
    assert.match(answer, /ws-1: No restriction with a time box is in force there any more/);
    assert.match(answer, new RegExp(`ws-1: #${asked} already asks to lift it`));
  });

  it('are refused with the newest card where nothing is left to move', async () => {
    const request = await inForce(2);
    await push(request, 'release');
    const [number] = await lifts(request);

    const again = said(await push(request, 'release', { person: alex }));

    assert.match(again, new RegExp(`#${number} already asks to lift this restriction`));
    assert.match(again, /2 devices: /);
    for (const { id } of membersOf(request))
      await bench.requests.apply(id, {
        kind: 'restriction-released',
        by: sam,
        at: '2026-11-23T06:02:00.000Z',
      });
    assert.match(said(await push(request, 'extend')), /There is no time box/);
  });

  it('are asked for by one sign-in, by which all of them are lifted with its token', async () => {
    const request = await inForce();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    const first = await push(request, 'release', { person: alex }, { stepUp });
    const chosen = { person: alex, devices: ':1,:2' };
    const second = await push(request, 'release', chosen, { stepUp });
    assert.deepEqual([first.statusCode, second.statusCode], [401, 401]);
    const [{ purpose } = assert.fail()] = opened.slice(-1);
    assert.ok(purpose.verb === 'release' && purpose.requestId === request.id);

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);

    await overWith(continued);
    const asked = await lifts(request);
    assert.deepEqual(
      asked.map((number) => number !== undefined),
      [true, true, false],
      'what was chosen by the last press alone',
    );
    assert.equal(bench.defenderSays.count('submit'), 2);
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    assert.equal(pageOf('release', continued).tone, 'done');
  });

  it('say on the page after that sign-in for how many of them it counts', async () => {
    const request = await inForce();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await push(request, 'extend', { person: alex, data: { duration: '8h' } }, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'extend');
    seesAllBut(deviceOf(request, 1));

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);
    await overWith(continued);

    const { lines } = pageOf('extend', continued);
    assert.match(lines.join('\n'), /This is so for 2 devices\. It does not count for the other 1 device/);
    assert.equal(new Set(await ends(request)).size, 2);
  });

  it('are void for all of them when that sign-in comes to nothing', async () => {
    const request = await inForce();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await push(request, 'release', { person: alex }, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'release');

    await abandonClick(bench.parts, { person: alex, purpose }, { code: 'sign-in-gone' });

    for (const one of await boxes(request)) assert.ok(one?.wishes.length === 0 && one.voided !== undefined);
  });

  it('say that an administrator has to make that sign-in possible, where there is no page for it', async () => {
    const request = await inForce(2);
    wantMore(bench);
    const answer = said(await push(request, 'release', { person: alex }));
    assert.match(answer, /Your Release did not count for ws-1, ws-1: /);
    assert.match(answer, /PUBLIC_URL/);
    assert.deepEqual(await lifts(request), [undefined, undefined]);
  });

  it('change nothing before the presser has signed in', async () => {
    const request = await inForce(2);
    const login = {
      statusCode: 401 as const,
      type: 'application/vnd.microsoft.activity.loginRequest',
      value: 'login',
    };
    const signIn = () => Promise.resolve({ kind: 'answer', answer: login, refused: false } as const);

    assert.equal((await push(request, 'release', {}, { signIn })).statusCode, 401);

    for (const one of await boxes(request)) assert.deepEqual(one?.wishes, []);
  });

  it('are left to the jobs for what the turn does not reach, and said to be checked', async () => {
    const request = await inForce(3);
    bench.defenderSays.answers({
      readDevice: (...args) =>
        args[1] === deviceOf(request, 0)
          ? bench.defenderSays.usual.readDevice(...args)
          : Promise.reject(new DefenderError('unreachable')),
    });

    const answer = said(await push(request, 'release'));

    assert.match(answer, /is to lift the restriction of 1 device/);
    assert.match(answer, /2 devices are still being checked/);
    bench.defenderSays.reset();
    const waiting = (await boxes(request)).flatMap((one) => one?.wishes ?? []);
    assert.equal(waiting.length, 2);
    for (const { id } of membersOf(request)) {
      const { id: clickId } = waiting[0] ?? assert.fail();
      await bench.handlers['check-approval']({ requestId: id, clickId });
    }
    assert.ok((await lifts(request)).every((number) => number !== undefined));
  });

  it('pressed twice at once move each of them once', async () => {
    const request = await inForce();

    await Promise.all([
      push(request, 'release'),
      push(request, 'release'),
      push(request, 'release', { person: alex }),
    ]);

    const found = await boxes(request);
    assert.ok(found.every((one) => one?.lift !== undefined));
    for (const { id } of membersOf(request)) {
      const made = bench.effectsOf(id).filter(({ kind }) => kind === 'lift');
      assert.ok(made.length <= 1);
    }
  });

  it('say once why they did not count, and name the messages that are needless with that answer', async () => {
    const request = await inForce();
    bench.defenderSays.answers({ readDevice: failing('forbidden') });

    const answer = await push(request, 'release');

    assert.match(said(answer), /Your Release did not count for .*: Your Defender role/);
    const standby = membersOf(request)
      .flatMap(({ id }) => bench.effectsOf(id))
      .flatMap((effect) => (effect.kind === 'tell' && effect.unlessTold ? [effect.unlessTold] : []));
    assert.equal(standby.length, 3);
    assert.deepEqual(standby.toSorted(), answer.noteIds?.toSorted());
  });
});
