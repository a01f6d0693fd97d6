import assert from 'node:assert/strict';
import { createDefenderClient } from '../../../src/defender/client.ts';
import type { DefenderClient } from '../../../src/defender/client.ts';
import { generousGovernor, json, startServer } from './server.ts';
import type { LocalServer, RecordingGovernor } from './server.ts';

const token = 'delegated-token';
const machineId = 'a'.repeat(40);
const options = { tenantId: 't1', priority: 'routine' } as const;
const types = ['RestrictCodeExecution'];

function action(id: string, createdAt: string, overrides: Record<string, unknown> = {}): object {
  const creationDateTimeUtc = `2026-03-02T${createdAt}Z`;
  return {
    id,
    type: 'RestrictCodeExecution',
    status: 'Pending',
    machineId,
    creationDateTimeUtc,
    ...overrides,
  };
}

describe('listing machine actions', () => {
  let server: LocalServer;
  let governor: RecordingGovernor;
  let client: DefenderClient;

  beforeEach(async () => {
    server = await startServer();
    governor = generousGovernor();
    client = createDefenderClient({ apiUrl: server.url, fetch, governor });
  });
  afterEach(() => server.close());

  const filters = (): (string | null)[] => server.received.map(({ url }) => url.searchParams.get('$filter'));

  describe('of a device', () => {
    it('filters by device, type and time', async () => {
      server.expect(json(200, { value: [] }), json(200, { value: [] }));
      const createdSince = new Date('2026-03-02T10:00:00.999Z');

      await client.listOpenActions(token, { machineId, types, createdSince }, options);
      await client.listOpenActions(token, { machineId, types: ['A', 'B'] }, options);

      assert.deepEqual(filters(), [
        `machineId eq '${machineId}' and type eq 'RestrictCodeExecution' and creationDateTimeUtc ge 2026-03-02T10:00:00Z`,
        `machineId eq '${machineId}' and (type eq 'A' or type eq 'B')`,
      ]);
    });

    it('puts the newest first, whatever the order of the answer', async () => {
      const value = [action('a', '10:00:00'), action('c', '12:00:00.1234567'), action('b', '11:00:00')];
      server.expect(json(200, { value }));

      const found = await client.listOpenActions(token, { machineId, types }, options);

      assert.deepEqual(
        found.map(({ id }) => id),
        ['c', 'b', 'a'],
      );
    });

    it('drops what the filter should have kept away', async () => {
      const value = [
        action('other-device', '10:00:00', { machineId: 'b'.repeat(40) }),
        action('other-type', '10:00:00', { type: 'Isolate' }),
        action('too-old', '08:59:59'),
        action('same-second', '09:00:00.1'),
        action('ours', '10:00:00', { machineId: machineId.toUpperCase() }),
      ];
      server.expect(json(200, { value }));
      const createdSince = new Date('2026-03-02T09:00:00.500Z');

      const found = await client.listOpenActions(token, { machineId, types, createdSince }, options);

      assert.deepEqual(
        found.map(({ id }) => id),
        ['ours', 'same-second'],
      );
    });

    it('reads all pages of the same origin, each within the budget', async () => {
      const next = `${server.url}/api/machineactions?page=2`;
      server.expect(
        json(200, { value: [action('a', '10:00:00')], '@odata.nextLink': next }),
        json(200, { value: [action('b', '11:00:00')] }),
      );

      const found = await client.listOpenActions(token, { machineId, types }, options);

      assert.deepEqual(
        found.map(({ id }) => id),
        ['b', 'a'],
      );
      assert.equal(server.received[1]?.url.searchParams.get('page'), '2');
      assert.equal(governor.acquired.length, 2);
    });

    it('never takes the token to another origin, and half a list for a whole one', async () => {
      const elsewhere = await startServer();
      const page = {
        value: [action('a', '10:00:00')],
        '@odata.nextLink': `${elsewhere.url}/api/machineactions`,
      };
      server.expect(json(200, page));

      await assert.rejects(client.listOpenActions(token, { machineId, types }, options), {
        kind: 'unreadable',
      });

      assert.equal(elsewhere.received.length, 0);
      await elsewhere.close();
    });

    it('gives up on pages without an end', async () => {
      const page = json(200, { value: [], '@odata.nextLink': `${server.url}/api/machineactions` });
      server.expect(...Array.from({ length: 20 }, () => page));

      await assert.rejects(client.listOpenActions(token, { machineId, types }, options), {
        kind: 'unreadable',
      });

      assert.equal(server.received.length, 10);
    });

    it('fails on an entry that it cannot read, which might have been ours', async () => {
      server.expect(json(200, { value: [action('a', '10:00:00'), { id: 'b' }] }));

      await assert.rejects(client.listOpenActions(token, { machineId, types }, options), {
        kind: 'unreadable',
      });
    });

    for (const body of [{}, { value: null }, { value: {} }, []]) {
      it(`fails on ${JSON.stringify(body)}, which is no list`, async () => {
        server.expect(json(200, body));

        await assert.rejects(client.listOpenActions(token, { machineId, types }, options), {
          kind: 'unreadable',
        });
      });
    }
  });

  describe('of many devices', () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => index.toString(16).padStart(40, 'a'));
    const createdSince = new Date('2026-03-01T00:00:00.500Z');
    const both = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];
    const succeeded = { status: 'Succeeded' };

    it('asks for what succeeded on them since then, in one call', async () => {
      server.expect(json(200, { value: [] }));

      await client.listSucceeded(token, { machineIds: ['b', 'A', 'b'], types: both, createdSince }, options);

      assert.deepEqual(filters(), [
        "machineId in ('b','a') and (type eq 'RestrictCodeExecution' or type eq 'UnrestrictCodeExecution') and status eq 'Succeeded' and creationDateTimeUtc ge 2026-03-01T00:00:00Z",
      ]);
    });

    for (const count of [101, 5_000]) {
      it(`makes no more calls for ${count} of them, and keeps theirs`, async () => {
        const [one = '', two = ''] = ids(count);
        const value = [
          action('x', '10:00:00', { ...succeeded, machineId: one }),
          action('y', '10:00:00', { ...succeeded, machineId: two.toUpperCase() }),
          action('z', '10:00:00', { ...succeeded, machineId: 'f'.repeat(40) }),
        ];
        server.expect(json(200, { value }));

        const found = await client.listSucceeded(
          token,
          { machineIds: ids(count), types: both, createdSince },
          options,
        );

        assert.equal(server.received.length, 1);
        assert.doesNotMatch(filters()[0] ?? '', /machineId/);
        assert.deepEqual(
          found.map(({ id }) => id),
          ['x', 'y'],
        );
      });
    }

    it('drops what the filter should have kept away, and takes what can be read of a broken list', async () => {
      const value = [
        action('pending', '10:00:00'),
        action('other-type', '10:00:00', { ...succeeded, type: 'Isolate' }),
        action('theirs', '10:00:00', succeeded),
        { odd: true },
      ];
      server.expect(json(200, { value }));

      const found = await client.listSucceeded(
        token,
        { machineIds: [machineId], types: both, createdSince },
        options,
      );

      assert.deepEqual(
        found.map(({ id }) => id),
        ['theirs'],
      );
    });
  });

  describe('by id', () => {
    it('asks for at most 100 at a time', async () => {
      const ids = Array.from({ length: 201 }, (_, index) => `id-${index}`);
      server.expect(
        json(200, { value: [action('id-0', '10:00:00')] }),
        json(200, { value: [action('id-150', '10:00:00')] }),
        json(200, { value: [] }),
      );

      const found = await client.listActionsById(token, ids, options);

      assert.deepEqual(
        found.map(({ id }) => id),
        ['id-0', 'id-150'],
      );
      assert.deepEqual(
        filters().map((filter) => filter?.split(',').length),
        [100, 100, 1],
      );
      assert.equal(filters()[2], "id in ('id-200')");
    });

    it('returns each wanted one once and no other', async () => {
      const value = [
        action('X', '10:00:00'),
        action('x', '10:00:00'),
        action('y', '10:00:00'),
        { odd: true },
      ];
      server.expect(json(200, { value }));

      const found = await client.listActionsById(token, ['x', 'x'], options);

      assert.deepEqual([found.length, filters()[0]], [1, "id in ('x')"]);
    });

    it('asks nothing when there is nothing to ask for', async () => {
      assert.deepEqual(await client.listActionsById(token, [], options), []);
      assert.equal(server.received.length, 0);
    });
  });
});
