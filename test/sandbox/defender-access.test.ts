import assert from 'node:assert/strict';
import { deviceNamed, startDefender, tokenOf, tokenWith } from './defender-harness.ts';
import type { Harness } from './defender-harness.ts';
import { devices } from '../../sandbox/world.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const workstation = deviceNamed('ws-finance').id;
const server = deviceNamed('srv-files').id;

describe('Access to the simulated Defender', () => {
  let defender: Harness;
  before(async () => {
    defender = await startDefender();
  });
  after(() => defender.close());
  beforeEach(() => {
    defender.defender.reset();
    defender.faults.reset();
  });

  it('answers 401 without a token, with an invalid one, and for any path below /api', async () => {
    for (const headers of [{}, { authorization: 'Basic abc' }, { authorization: 'Bearer expired' }]) {
      for (const path of [`/api/machines/${workstation}`, '/api/nothing']) {
        const reply = await defender.raw(path, { headers });

        assert.equal(reply.status, 401);
        assert.equal(reply.error.code, 'Unauthorized');
        assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
      }
    }
  });

  it('answers 403 to a valid token for another resource', async () => {
    const reply = await defender.get(
      '/api/machines',
      tokenOf('alex', { aud: 'https://graph.microsoft.com' }),
    );

    assert.equal(reply.status, 403);
    assert.equal(reply.error.code, 'Forbidden');
  });

  it('names the missing delegated permission', async () => {
    const reading = await defender.get(
      `/api/machines/${workstation}`,
      tokenOf('alex', { scp: 'Machine.RestrictExecution' }),
    );
    const acting = await defender.post(
      `/api/machines/${workstation}/restrictCodeExecution`,
      { Comment: 'x' },
      tokenOf('alex', { scp: 'Machine.Read' }),
    );

    assert.deepEqual([reading.status, acting.status], [403, 403]);
    assert.match(String(reading.error.message), /Machine\.Read\b/);
    assert.match(String(acting.error.message), /Machine\.RestrictExecution/);
  });

  it('takes Machine.Read.All from an application and nothing less', async () => {
    const may = await defender.get('/api/machines', tokenWith({ roles: ['Machine.Read.All'], appid: 'x' }));
    const delegatedName = await defender.get('/api/machines', tokenWith({ roles: ['Machine.Read'] }));
    const nothing = await defender.get('/api/machines', tokenWith({}));

    assert.deepEqual([may.status, delegatedName.status, nothing.status], [200, 403, 403]);
    assert.equal((may.body['value'] as unknown[]).length, devices.length);
    assert.match(String(delegatedName.error.message), /^Missing application roles\. API required roles: /);
  });

  it('lets a person without the remediation role read but not act', async () => {
    const read = await defender.get(`/api/machines/${workstation}`, tokenOf('riley'));
    const act = await defender.post(
      `/api/machines/${workstation}/restrictCodeExecution`,
      { Comment: 'x' },
      tokenOf('riley'),
    );

    assert.deepEqual([read.status, act.status], [200, 403]);
  });

  it('refuses a person without any Defender role, and one it does not know', async () => {
    const outsider = await defender.get('/api/machines', tokenOf('jordan'));
    const stranger = await defender.get('/api/machines', tokenWith({ oid: 'nobody', scp: 'Machine.Read' }));

    assert.deepEqual([outsider.status, stranger.status], [403, 403]);
  });

  it('checks the permission before it says whether the device exists', async () => {
    const reply = await defender.post(
      `/api/machines/${'0'.repeat(40)}/restrictCodeExecution`,
      { Comment: 'x' },
      tokenOf('riley'),
    );

    assert.equal(reply.status, 403);
  });

  it('hides devices and actions outside the device groups, as 404 or as 403', async () => {
    const restricted = await defender.post(`/api/machines/${workstation}/restrictCodeExecution`, {
      Comment: 'x',
    });
    const paths = [`/api/machines/${workstation}`, `/api/machineactions/${String(restricted.body['id'])}`];
    for (const [wanted, outOfScope] of [
      [404, '404'],
      [403, '403'],
    ] as const) {
      defender.faults.set({ outOfScope });
      for (const path of paths) assert.equal((await defender.get(path, tokenOf('sam'))).status, wanted);
      const act = await defender.post(
        `/api/machines/${workstation}/restrictCodeExecution`,
        { Comment: 'x' },
        tokenOf('sam'),
      );
      assert.equal(act.status, wanted);
    }
    assert.deepEqual(await defender.list(`machineId eq '${workstation}'`, tokenOf('sam')), []);
    const listed = await defender.get('/api/machines', tokenOf('sam'));
    assert.deepEqual(
      (listed.body['value'] as { rbacGroupName: string }[]).map((device) => device.rbacGroupName),
      ['Servers', 'Servers'],
    );
  });

  it('gives each refusal its own correlation id and nothing else', async () => {
    const replies = await Promise.all([1, 2].map(() => defender.get(`/api/machines/${'0'.repeat(40)}`)));

    const errors = replies.map((reply) => reply.error);
    assert.deepEqual(
      errors.map((error) => Object.keys(error)),
      [
        ['code', 'message', 'target'],
        ['code', 'message', 'target'],
      ],
    );
    assert.deepEqual(
      errors.map((error) => error.code),
      ['ResourceNotFound', 'ResourceNotFound'],
    );
    assert.match(String(errors[0]?.target), guid);
    assert.notEqual(errors[0]?.target, errors[1]?.target);
  });

  it('lets anybody with one action permission and the role cancel', async () => {
    defender.defender.setOnline(server, false);
    const { id } = defender.defender.addAction({ deviceId: server, type: 'Isolate' });
    const reader = await defender.post(
      `/api/machineactions/${id}/cancel`,
      { Comment: 'x' },
      tokenOf('sam', { scp: 'Machine.Read' }),
    );
    const scanner = await defender.post(
      `/api/machineactions/${id}/cancel`,
      { Comment: 'x' },
      tokenOf('sam', { scp: 'Machine.Scan' }),
    );

    assert.deepEqual([reader.status, scanner.status], [403, 200]);
  });

  it('refuses the 101st call of a kind in a minute with Retry-After, and not those of other kinds', async () => {
    defender.faults.set({ ratePerMinute: 3 });
    const read = (): Promise<number> => defender.get(`/api/machines/${server}`).then((reply) => reply.status);

    assert.deepEqual([await read(), await read(), await read(), await read()], [200, 200, 200, 429]);
    const refused = await defender.get(`/api/machines/${server}`);
    assert.equal(refused.error.code, 'TooManyRequests');
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 50 && wait <= 60, String(wait));
    assert.equal((await defender.get('/api/machineactions')).status, 200);

    defender.clock.ahead += wait * 1_000;
    assert.equal(await read(), 200);
  });

  it('counts the hour as well', async () => {
    defender.faults.set({ ratePerHour: 2 });
    await defender.get('/api/machineactions');
    await defender.get('/api/machineactions');

    const refused = await defender.get('/api/machineactions');

    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 3_500);
  });
});
