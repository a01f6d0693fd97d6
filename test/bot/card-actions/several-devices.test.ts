import assert from 'node:assert/strict';
import { pageOf } from '../../../bot/texts/pages.ts';
import { cardLabel, membersOf } from '../../../src/containment/batch.ts';
import type { DeviceWish } from '../../../src/containment/request.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { continueForAll } from '../../../src/jobs/continue-all.ts';
import { abandonClick } from '../../../src/jobs/continue-click.ts';
import type { StepUpPurpose } from '../../../src/store/step-up-purpose.ts';
import { aNewRequest } from '../../support/new-requests.ts';
import { aDeviceId, alex, sam } from '../../support/requests.ts';
import { overWith, token, wantMore } from '../../src/jobs/extra-step.ts';
import { aMachine, failing } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { dataOf, press, said, stepUpLinks } from './press.ts';

const idOf = (index: number) => aDeviceId(index.toString(16).padStart(40, 'ab'));
const ids = (count: number): DeviceWish[] =>
  Array.from({ length: count }, (_, index) => ({ deviceId: idOf(index) }));

describe('a press on the card of several devices', () => {
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

  async function asked(devices: readonly DeviceWish[] = ids(3)) {
    const { deviceId: _one, box: _none, ...wish } = aNewRequest({ tenantId: alex.tenantId });
    const made = await bench.requests.createBatch({ ...wish, devices });
    return made.kind === 'created' ? made.request : assert.fail(made.kind);
  }

  type Request = Awaited<ReturnType<typeof asked>>;
  const now = async ({ id }: Request) => (await bench.requests.onCard(id)) ?? assert.fail();
  const statuses = async (request: Request) => membersOf(await now(request)).map(({ state }) => state.status);
  const approve = (request: Request, devices?: string, given: Parameters<typeof press>[2] = {}) =>
    press(bench, { person: alex, request, verb: 'approve', devices }, given);

  it('approves all of them with one token, and says so', async () => {
    const request = await asked();

    const answer = said(await approve(request));

    assert.match(answer, /Approved for 3 devices/);
    assert.deepEqual(await statuses(request), ['approved', 'approved', 'approved']);
    assert.deepEqual(bench.access.asked, [alex.name]);
    assert.equal(bench.defenderSays.count('readDevice'), 3);
  });

  it('approves what was chosen, by id, by place or by name, and nothing else', async () => {
    const devices = [{ deviceId: idOf(0) }, { deviceName: 'ws-1' }, { deviceId: idOf(2) }];
    for (const chosen of [`${idOf(0)},${idOf(2)}`, ':1,:3', ` :1 ,${idOf(2).toUpperCase()},nonsense`]) {
      const request = await asked(devices);
      await approve(request, chosen);
      assert.deepEqual(await statuses(request), ['approved', 'denied', 'approved'], chosen);
    }
  });

  it('approves nothing where nothing is chosen', async () => {
    const request = await asked();
    for (const chosen of [':', '', 'x,y', ':99', '1', 'none'])
      assert.match(said(await approve(request, chosen)), /None of the devices/);
    assert.deepEqual(await statuses(request), ['awaiting', 'awaiting', 'awaiting']);
  });

  it('is told when another choice comes too late: what is being checked goes on', async () => {
    const request = await asked();
    bench.defenderSays.answers({ readDevice: failing('unreachable') });
    await approve(request);
    assert.match(said(await approve(request, idOf(0))), /^Recorded.*Your earlier Approve for 2 devices that/);
    assert.match(said(await approve(request)), /^Recorded/);
  });

  it('is not for the requestor, and asks nobody to sign in for nothing', async () => {
    const request = await asked();
    const own = await press(bench, { person: request.requestor, request, verb: 'approve' });
    assert.match(said(own), /your own request/);
    await press(bench, { person: sam, request, verb: 'deny', comment: 'No' });
    assert.match(said(await approve(request)), /decided already, its status is “Denied”/);
    assert.deepEqual(bench.access.asked, []);
  });

  it('holds for those that the presser sees, and says why not for the others', async () => {
    const request = await asked();
    bench.defenderSays.answers({
      readDevice: (...args) =>
        args[1] === idOf(1)
          ? Promise.reject(new DefenderError('not-found'))
          : bench.defenderSays.usual.readDevice(...args),
    });

    const answer = said(await approve(request));

    assert.match(
      answer,
      /Approved for 2 devices\..*did not hold for device .*: In Defender the device is not found/,
    );
    assert.deepEqual(await statuses(request), ['approved', 'awaiting', 'approved']);
    assert.equal(cardLabel(await now(request)), 'Awaiting approval');
  });

  for (const place of [1, 2]) {
    it(`asks which device a name means, and that answer is for this one alone (place ${place})`, async () => {
      const unclear = { deviceName: 'ws-1' };
      const others = [{ deviceId: idOf(0) }, { deviceId: idOf(8) }];
      const request = await asked(place === 1 ? [unclear, ...others] : [others[0] ?? unclear, unclear]);
      const twins = [idOf(7), idOf(9)].map((id) => aMachine({ id, computerDnsName: 'ws-1.contoso.example' }));
      bench.defenderSays.answers({
        findDevices: () => Promise.resolve({ fit: 'exact', machines: twins, isCut: false }),
        readDevice: (_token, id) =>
          Promise.resolve(aMachine({ id, computerDnsName: 'ws-1.contoso.example' })),
      });

      const question = await approve(request, place === 1 ? ':1' : undefined);

      assert.match(said(question), /One device of #\d+ is not approved yet: which one is it\?/);
      assert.doesNotMatch(said(question), /Nothing is approved/);
      if (place === 2) assert.match(said(question), /Approved for 1 device\./);
      const before = await statuses(request);
      assert.equal(before[place - 1], 'awaiting');
      const data = dataOf(question, 'approve');
      const answer = said(
        await press(bench, { person: alex, request, verb: 'approve', devices: idOf(9), data }),
      );
      assert.deepEqual(await statuses(request), before.with(place - 1, 'approved'));
      assert.match(answer, /Approved\. Cordon now hands|[23] devices: /);
    });
  }

  it('is about another device of the list when that was chosen for a name: none is left out by it', async () => {
    const request = await asked([{ deviceName: 'ws-1' }, { deviceId: idOf(8) }, { deviceId: idOf(0) }]);
    const twins = [idOf(7), idOf(8)].map((id) => aMachine({ id, computerDnsName: 'ws-1.contoso.example' }));
    bench.defenderSays.answers({
      findDevices: () => Promise.resolve({ fit: 'exact', machines: twins, isCut: false }),
      readDevice: (_token, id) => Promise.resolve(aMachine({ id, computerDnsName: 'ws-1.contoso.example' })),
    });
    const data = dataOf(await approve(request, ':1'), 'approve');

    const answer = await press(bench, { person: alex, request, verb: 'approve', devices: idOf(8), data });

    assert.deepEqual(await statuses(request), ['denied', 'awaiting', 'awaiting']);
    assert.match(said(answer), /the same device as in another row/);
    assert.doesNotMatch(said(answer), /Recorded/);
  });

  it('waits for one sign-in with all of them, and all are sent with its token', async () => {
    const request = await asked();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    const answer = await approve(request, undefined, { stepUp });
    assert.equal(answer.statusCode, 401);
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'approve' && purpose.requestId === request.id);

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);

    await overWith(continued);
    assert.deepEqual(await statuses(request), ['running', 'running', 'running']);
    assert.equal(bench.defenderSays.count('submit'), 3);
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('says on the page after that sign-in for how many of them it counts', async () => {
    const request = await asked();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await approve(request, undefined, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'approve');
    bench.defenderSays.answers({
      readDevice: (...args) =>
        args[1] === idOf(1)
          ? Promise.reject(new DefenderError('not-found'))
          : bench.defenderSays.usual.readDevice(...args),
    });

    const continued = await continueForAll(bench.parts, { person: alex, purpose }, token);
    await overWith(continued);

    const { lines } = pageOf('approve', continued);
    assert.match(lines.join('\n'), /This is so for 2 devices\. It does not count for the other 1 device/);
  });

  it('approves nothing by nothing, and takes nothing back, while one waits for a sign-in', async () => {
    const request = await asked();
    wantMore(bench);
    const stepUp = stepUpLinks(() => undefined);
    await approve(request, undefined, { stepUp });

    assert.match(said(await approve(request, ':', { stepUp })), /None of the devices/);

    for (const { state } of membersOf(await now(request)))
      assert.ok(state.status === 'awaiting' && state.clicks.length === 1);
  });

  it('says for which of them it does not count, besides those that it approves', async () => {
    const request = await asked();
    const [first] = membersOf(request);
    const press0 = { kind: 'approve-clicked', by: alex, clickId: 'clk-earlier' } as const;
    await bench.requests.apply(first?.id ?? assert.fail(), press0);

    const answer = said(await approve(request));

    assert.match(answer, /Approved for 2 devices\./);
    assert.match(answer, /device [0-9a-f]{40}: Recorded\. Defender is checking your rights/);
  });

  it('is void for all of them when that sign-in comes to nothing', async () => {
    const request = await asked();
    wantMore(bench);
    const opened: { purpose: StepUpPurpose }[] = [];
    const stepUp = stepUpLinks((wanted) => opened.push(wanted as { purpose: StepUpPurpose }));
    await approve(request, undefined, { stepUp });
    const [{ purpose } = assert.fail()] = opened;
    assert.ok(purpose.verb === 'approve');

    await abandonClick(bench.parts, { person: alex, purpose }, { code: 'sign-in-gone' });

    for (const { state } of membersOf(await now(request)))
      assert.ok(state.status === 'awaiting' && state.clicks.length === 0 && state.voided !== undefined);
  });

  it('stops what can be stopped: withdraws what was not sent, cancels what runs', async () => {
    const request = await asked();
    await approve(request);
    const [first] = membersOf(request);
    await bench.handlers.submit({ requestId: first?.id ?? assert.fail() });
    assert.deepEqual(await statuses(request), ['running', 'approved', 'approved']);

    await press(bench, { person: alex, request, verb: 'cancel', comment: 'Enough' });

    assert.deepEqual(await statuses(request), ['ended', 'withdrawn', 'withdrawn']);
    assert.equal(cardLabel(await now(request)), 'Cancelled');
    assert.equal(bench.defenderSays.count('cancelAction'), 1);
  });

  it('stops what was not sent before anybody signs in for what was', async () => {
    const request = await asked();
    await approve(request);
    const [first] = membersOf(request);
    await bench.handlers.submit({ requestId: first?.id ?? assert.fail() });
    const login = {
      statusCode: 401 as const,
      type: 'application/vnd.microsoft.activity.loginRequest',
      value: 'login',
    };
    const signIn = () => Promise.resolve({ kind: 'answer', answer: login, refused: false } as const);
    const stop = { person: request.requestor, request, verb: 'cancel', comment: 'The wrong list' };

    assert.equal((await press(bench, stop, { signIn })).statusCode, 401);
    assert.deepEqual(await statuses(request), ['running', 'withdrawn', 'withdrawn']);
    await press(bench, stop);
    assert.deepEqual(await statuses(request), ['ended', 'withdrawn', 'withdrawn']);
  });

  it('says what it could not stop, for whoever may not stop that before it is with Defender', async () => {
    const request = await asked();
    await approve(request);
    const [first] = membersOf(request);
    await bench.handlers.submit({ requestId: first?.id ?? assert.fail() });

    const answer = said(await press(bench, { person: sam, request, verb: 'cancel', comment: 'Stop it all' }));

    assert.deepEqual(await statuses(request), ['ended', 'approved', 'approved']);
    assert.match(answer, /2 devices are not with Defender yet and were not stopped/);
  });

  it('brings on again what only the approver’s sign-in can, with one press', async () => {
    const request = await asked();
    await approve(request);
    const [lead, ...others] = membersOf(request);
    await bench.handlers.submit({ requestId: lead?.id ?? assert.fail() });
    bench.access.fails(alex, { kind: 'not-signed-in' });
    for (const { id } of others) await bench.handlers.submit({ requestId: id });
    assert.deepEqual(await statuses(request), ['running', 'attention', 'attention']);
    bench.access.reset();

    assert.match(
      said(await press(bench, { person: sam, request, verb: 'retry' })),
      /Only Alex Moreno can retry/,
    );
    await press(bench, { person: alex, request, verb: 'retry' });

    assert.deepEqual(await statuses(request), ['running', 'approved', 'approved']);
  });

  it('closes all that need somebody', async () => {
    const request = await asked();
    bench.defenderSays.answers({
      readDevice: (_token, id) => Promise.resolve(aMachine({ id, osPlatform: 'macOS' })),
    });
    const answer = said(await approve(request));
    assert.deepEqual(await statuses(request), ['attention', 'attention', 'attention']);
    assert.match(answer, /Needs attention/);
    assert.doesNotMatch(answer, /Recorded|checking/, 'nothing is checked any more');

    await press(bench, { person: sam, request, verb: 'close', comment: 'Done by hand' });

    const shown = await now(request);
    assert.ok(membersOf(shown).every(({ state }) => state.status === 'attention' && state.closed));
  });

  it('finds all of them looked at, in few calls', async () => {
    const request = await asked(ids(9));

    await bench.handlers['look-up-device']({ requestId: request.id });

    assert.deepEqual(bench.defenderSays.calls, ['listDevices', 'listActionsOf']);
    const known = membersOf(await now(request)).filter(({ device }) => device !== undefined);
    assert.equal(known.length, 9);
  });

  it('tells the thread once, when all have ended', async () => {
    const request = await asked(ids(2));
    const threadHears = () => bench.chatSays.said.filter((what) => what.startsWith('thread:')).length;
    const before = threadHears();
    await approve(request);
    for (const { id } of membersOf(request)) {
      await bench.handlers.submit({ requestId: id });
      const { state } = await bench.reread(id);
      const machineAction = state.status === 'running' ? state.machineAction : assert.fail(state.status);
      await bench.requests.apply(id, {
        kind: 'action-observed',
        machineAction: { ...machineAction, status: 'Succeeded' },
      });
      await bench.handlers['sync-card']({ requestId: request.id });
      await bench.handlers.notify({ requestId: request.id, about: 'Succeeded' });
    }
    await bench.handlers.notify({ requestId: request.id, about: 'Succeeded' });

    assert.equal(threadHears() - before, 1);
  });

  it('is refused when Defender forbids it for all, which its answer tells, and no message besides', async () => {
    const request = await asked();
    bench.defenderSays.answers({ readDevice: failing('forbidden') });

    const answer = await approve(request);

    assert.match(said(answer), /did not hold for .*your Defender role|Your Defender role/i);
    const tells = membersOf(request).flatMap(({ id }) =>
      bench.effectsOf(id).filter(({ kind }) => kind === 'tell'),
    );
    const standby = tells.map((tell) => (tell.kind === 'tell' ? tell.unlessTold : undefined));
    assert.deepEqual(standby.toSorted(), answer.noteIds?.toSorted());
    assert.equal(standby.length, 3);
  });
});
