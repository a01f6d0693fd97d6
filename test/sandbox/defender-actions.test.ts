import assert from 'node:assert/strict';
import { deviceNamed, startDefender, tokenOf, until } from './defender-harness.ts';
import type { Harness, Reply } from './defender-harness.ts';

const device = deviceNamed('ws-finance').id;
const offline = deviceNamed('lt-sales').id;
const sevenDigits = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;
const portal = 'portal.operator@contoso.example';

describe('Machine actions of the simulated Defender', () => {
  let sim: Harness;
  before(async () => {
    sim = await startDefender();
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.defender.reset();
    sim.faults.reset();
  });

  const restrict = (id = device, Comment: unknown = 'why', as = tokenOf('alex')): Promise<Reply> =>
    sim.post(`/api/machines/${id}/restrictCodeExecution`, { Comment }, as);
  const statusOf = (id: unknown): string | undefined =>
    sim.defender.actions().find((action) => action.id === id)?.status;

  it('answers 201 with every field, the requestor being the person of the token', async () => {
    const { status, body } = await restrict();

    assert.equal(status, 201);
    assert.deepEqual(Object.keys(body), [
      '@odata.context',
      'id',
      'type',
      'title',
      'requestor',
      'requestorComment',
      'status',
      'machineId',
      'computerDnsName',
      'creationDateTimeUtc',
      'lastUpdateDateTimeUtc',
      'cancellationRequestor',
      'cancellationComment',
      'cancellationDateTimeUtc',
      'errorHResult',
      'scope',
      'externalId',
      'requestSource',
      'relatedFileInfo',
      'commands',
      'troubleshootInfo',
    ]);
    assert.equal(body['type'], 'RestrictCodeExecution');
    assert.equal(body['status'], 'Pending');
    assert.equal(body['requestor'], 'alex.moreno@contoso.example');
    assert.equal(body['requestorComment'], 'why');
    assert.equal(body['requestSource'], 'PublicApi');
    assert.match(String(body['creationDateTimeUtc']), sevenDigits);
  });

  it('moves an action of an online device by itself to its end', async () => {
    const { body } = await restrict();

    await until(async () => {
      const reply = await sim.get(`/api/machineactions/${String(body['id'])}`);
      return reply.body['status'] === 'Succeeded';
    });
  });

  for (const end of ['Failed', 'TimeOut', 'Cancelled'] as const) {
    it(`ends as ${end} where the board says so, for all devices or one`, async () => {
      sim.faults.set({ defenderEndByDevice: { [device]: end } });
      const { body } = await restrict();
      await until(() => statusOf(body['id']) === end);

      const read = await sim.get(`/api/machineactions/${String(body['id'])}`);

      assert.equal(read.body['errorHResult'], end === 'Failed' ? -2_147_024_891 : 0);
      assert.equal(read.body['cancellationRequestor'], end === 'Cancelled' ? portal : undefined);
      sim.faults.set({ defenderEnd: end, defenderEndByDevice: {} });
      const other = await restrict(deviceNamed('ws-design').id);
      await until(() => statusOf(other.body['id']) === end);
    });
  }

  it('keeps the action of an offline device Pending until the device is back', async () => {
    const waiting = await restrict(offline);
    const moving = await restrict();
    await until(() => statusOf(moving.body['id']) === 'Succeeded');
    assert.equal(statusOf(waiting.body['id']), 'Pending');

    sim.defender.setOnline(offline, true);

    await until(() => statusOf(waiting.body['id']) === 'Succeeded');
  });

  it('lets no action move while the board has all devices offline', async () => {
    sim.faults.set({ devicesOffline: true });
    const { body } = await restrict();
    assert.equal(sim.defender.isOnline(device), false);

    sim.faults.set({ devicesOffline: false });

    await until(() => statusOf(body['id']) === 'Succeeded');
  });

  it('refuses a second action of an active kind, and takes one of another kind', async () => {
    const first = await restrict(offline);
    const second = await restrict(offline, 'again', tokenOf('priya'));
    const lift = await sim.post(`/api/machines/${offline}/unrestrictCodeExecution`, { Comment: 'x' });

    assert.deepEqual([first.status, second.status, lift.status], [201, 400, 201]);
    assert.equal(second.error.code, 'ActiveRequestAlreadyExists');
    assert.equal(lift.body['type'], 'UnrestrictCodeExecution');
  });

  it('hands out the active action as a success where the board says so', async () => {
    sim.faults.set({ defenderDuplicate: 'existing' });
    const first = await restrict(offline);
    const second = await restrict(offline, 'again', tokenOf('priya'));

    assert.equal(second.status, 201);
    assert.equal(second.body['id'], first.body['id']);
    assert.equal(second.body['requestorComment'], 'why');
    assert.equal(sim.defender.actions().length, 1);
  });

  it('notes every submission and what became of it', async () => {
    const first = await restrict(offline);
    await restrict(offline, 'again', tokenOf('priya'));
    await restrict('0'.repeat(40), 'nowhere');

    assert.deepEqual(
      sim.defender
        .submissions()
        .map(({ by, comment, accepted, actionId }) => [by, comment, accepted, actionId]),
      [
        ['alex.moreno@contoso.example', 'why', true, first.body['id']],
        ['priya.nair@contoso.example', 'again', false, undefined],
        ['alex.moreno@contoso.example', 'nowhere', false, undefined],
      ],
    );
  });

  for (const start of ['mb-studio', 'vm-build', 'srv-legacy']) {
    it(`refuses ${start} as a platform without this action`, async () => {
      const reply = await restrict(deviceNamed(start).id);

      assert.deepEqual([reply.status, reply.error.code], [400, 'OsPlatformNotSupported']);
    });
  }

  const faultyBodies: readonly (readonly [string, string, string])[] = [
    ['a lower-case name', '{"comment":"x"}', 'MissingRequiredParameter'],
    ['no comment', '{}', 'MissingRequiredParameter'],
    ['a blank comment', '{"Comment":" "}', 'MissingRequiredParameter'],
    ['no body', '', 'MissingRequiredParameter'],
    ['a number', '{"Comment":7}', 'InvalidRequestBody'],
    ['an array', '[]', 'InvalidRequestBody'],
    ['broken JSON', '{"Comment":', 'InvalidRequestBody'],
  ];
  for (const [what, body, code] of faultyBodies) {
    it(`refuses ${what} in the body with ${code}`, async () => {
      const headers = { authorization: `Bearer ${tokenOf('alex')}`, 'content-type': 'application/json' };
      const reply = await sim.raw(`/api/machines/${device}/restrictCodeExecution`, {
        method: 'POST',
        headers,
        body,
      });

      assert.deepEqual([reply.status, reply.error.code], [400, code]);
      assert.equal(sim.defender.actions().length, 0);
    });
  }

  it('refuses a body that is not JSON by its type, and one that is too large', async () => {
    const authorization = `Bearer ${tokenOf('alex')}`;
    const path = `/api/machines/${device}/restrictCodeExecution`;
    const form = await sim.raw(path, { method: 'POST', headers: { authorization }, body: 'Comment=x' });
    const large = await restrict(device, 'x'.repeat(70_000));

    assert.deepEqual([form.status, large.status], [415, 413]);
  });

  it('cuts a comment where the board says so', async () => {
    sim.faults.set({ commentCut: 3 });

    assert.equal((await restrict(device, 'abcdef')).body['requestorComment'], 'abc');
  });

  it('hides a fresh action from readers while replication lags, but counts it as active', async () => {
    sim.faults.set({ defenderLagMs: 60_000 });
    const { body } = await restrict(offline);
    const path = `/api/machineactions/${String(body['id'])}`;

    assert.equal((await sim.get(path)).status, 404);
    assert.deepEqual(await sim.list(`machineId eq '${offline}'`), []);
    assert.equal((await restrict(offline)).status, 400);

    sim.clock.ahead += 60_000;
    assert.equal((await sim.get(path)).status, 200);
    assert.equal((await sim.list(`machineId eq '${offline}'`)).length, 1);
  });

  it('cancels what runs, in place, and refuses what has ended', async () => {
    const { body } = await restrict(offline);
    const path = `/api/machineactions/${String(body['id'])}/cancel`;
    const cancelled = await sim.post(path, { Comment: 'false alarm' }, tokenOf('priya'));
    const again = await sim.post(path, { Comment: 'false alarm' });
    const unknown = await sim.post(path.replace(/[0-9a-f]{8}-/, '00000000-'), { Comment: 'x' });

    assert.equal(cancelled.status, 200);
    assert.equal(cancelled.body['id'], body['id']);
    assert.equal(cancelled.body['status'], 'Cancelled');
    assert.equal(cancelled.body['cancellationRequestor'], 'priya.nair@contoso.example');
    assert.equal(cancelled.body['cancellationComment'], 'false alarm');
    assert.match(String(cancelled.body['cancellationDateTimeUtc']), sevenDigits);
    assert.deepEqual([again.status, unknown.status], [400, 404]);
  });

  it('knows actions that somebody started in the portal', async () => {
    const running = sim.defender.addAction({ deviceId: offline, type: 'RestrictCodeExecution' });
    const past = sim.defender.addAction({
      deviceId: device,
      type: 'Isolate',
      status: 'Succeeded',
      createdAt: Date.UTC(2026, 0, 1),
    });

    assert.equal((await restrict(offline)).error.code, 'ActiveRequestAlreadyExists');
    const [found] = await sim.list(`id eq '${running.id}'`);
    assert.deepEqual([found?.['requestSource'], found?.['requestor']], ['Portal', portal]);
    assert.match(past.creationDateTimeUtc, /^2026-01-01T00:00:00\.000\d{4}Z$/);
  });

  it('ends an action at once on demand and leaves it so', async () => {
    const { body } = await restrict();
    sim.defender.finish(String(body['id']), 'TimeOut');
    const other = await restrict(deviceNamed('ws-design').id);
    await until(() => statusOf(other.body['id']) === 'Succeeded');

    assert.equal(statusOf(body['id']), 'TimeOut');
  });
});
