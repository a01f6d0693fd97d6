import assert from 'node:assert/strict';
import { createDefenderClient } from '../../../src/defender/client.ts';
import type { DefenderClient, DefenderClientOptions } from '../../../src/defender/client.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import type { DefenderErrorKind } from '../../../src/defender/errors.ts';
import type { DefenderCall } from '../../../src/defender/transport.ts';
import { deadlineIn } from '../../../src/platform/deadline.ts';
import { cutInBody, generousGovernor, hang, json, reset, startServer } from './server.ts';
import type { Answer, LocalServer, RecordingGovernor } from './server.ts';

const token = 'delegated-token';
const machineId = 'a'.repeat(40);
const options = { tenantId: 't1', priority: 'interactive' } as const;
const submission = { machineId, action: 'restrict', comment: 'why | cordon:r1' } as const;

function action(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'act-1',
    type: 'RestrictCodeExecution',
    status: 'Pending',
    machineId,
    creationDateTimeUtc: '2026-03-02T10:00:00.1234567Z',
    ...overrides,
  };
}

describe('the Defender client', () => {
  let server: LocalServer;
  let governor: RecordingGovernor;
  let calls: DefenderCall[];

  beforeEach(async () => {
    server = await startServer();
    governor = generousGovernor();
    calls = [];
  });
  afterEach(() => server.close());

  function client(more: Partial<DefenderClientOptions> = {}): DefenderClient {
    const onCall = (call: DefenderCall): void => void calls.push(call);
    return createDefenderClient({ apiUrl: server.url, fetch, governor, onCall, ...more });
  }

  async function failure(work: Promise<unknown>): Promise<DefenderError> {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof DefenderError);
      assert.ok(!JSON.stringify([error.message, error.stack, Object.entries(error)]).includes(token));
      return error;
    }
    return assert.fail('expected a failure');
  }

  describe('reading a device', () => {
    it('asks for it with the token and returns it', async () => {
      server.expect(json(200, { id: machineId.toUpperCase(), computerDnsName: 'wks-1' }));

      const device = await client().readDevice(token, machineId, options);

      assert.equal(device.computerDnsName, 'wks-1');
      const [asked] = server.received;
      assert.equal(asked?.method, 'GET');
      assert.equal(asked.url.pathname, `/api/machines/${machineId}`);
      assert.equal(asked.authorization, `Bearer ${token}`);
      assert.deepEqual(governor.acquired, [{ tenantId: 't1', kind: 'read-device', priority: 'interactive' }]);
    });

    it('refuses the facts of another device', async () => {
      server.expect(json(200, { id: 'b'.repeat(40) }));

      assert.equal((await failure(client().readDevice(token, machineId, options))).kind, 'unreadable');
    });

    for (const id of ['..', '.', 'a/b', '', 'a?b', 'x'.repeat(257)]) {
      it(`sends nothing for the id "${id.slice(0, 5)}", which is none`, async () => {
        const error = await failure(client().readDevice(token, id, options));

        assert.deepEqual([error.kind, server.received.length], ['bad-request', 0]);
      });
    }

    const answers: readonly (readonly [string, Answer, DefenderErrorKind])[] = [
      ['broken JSON', json(200, '{"id":'), 'unreadable'],
      ['a body without the id', json(200, {}), 'unreadable'],
      ['another success status', json(202, { id: machineId }), 'unreadable'],
      ['a server error', json(500, {}), 'server-error'],
      ['a reset', reset, 'unreachable'],
      ['a line cut in the body', cutInBody(200), 'unreachable'],
      ['silence', hang, 'unreachable'],
      ['a body without an end', oversized(200), 'unreadable'],
    ];
    for (const [name, answer, kind] of answers) {
      it(`fails as ${kind} on ${name}`, async () => {
        server.expect(answer);

        const error = await failure(
          // Only silence is worth waiting for.
          client({ timeouts: { readMs: name === 'silence' ? 300 : 5_000 } }).readDevice(
            token,
            machineId,
            options,
          ),
        );

        assert.deepEqual([error.kind, error.certainlyNotApplied, error.retrySafe], [kind, true, true]);
      });
    }
  });

  describe('submitting', () => {
    for (const [status, verb, path] of [
      [201, 'restrict', 'restrictCodeExecution'],
      [200, 'unrestrict', 'unrestrictCodeExecution'],
    ] as const) {
      it(`posts ${path} with the comment alone and takes ${status}`, async () => {
        server.expect(json(status, action()));

        const returned = await client().submit(token, { ...submission, action: verb }, options);

        assert.equal(returned.id, 'act-1');
        const [asked] = server.received;
        assert.equal(asked?.method, 'POST');
        assert.equal(asked.url.pathname, `/api/machines/${machineId}/${path}`);
        assert.equal(asked.contentType, 'application/json');
        assert.equal(asked.body, '{"Comment":"why | cordon:r1"}');
      });
    }

    const answers: readonly (readonly [string, Answer, DefenderErrorKind])[] = [
      [
        'an active action',
        json(400, { error: { code: 'ActiveRequestAlreadyExists' } }),
        'active-request-exists',
      ],
      [
        'an unsupported platform',
        json(400, { error: { code: 'OsPlatformNotSupported' } }),
        'os-not-supported',
      ],
      ['a missing right', json(403, { error: { code: 'Forbidden' } }), 'forbidden'],
      ['an unknown device', json(404, { error: { code: 'ResourceNotFound' } }), 'not-found'],
      ['a bad token', json(401, {}), 'unauthorized'],
      ['a server error', json(500, { error: { code: 'InternalServerError' } }), 'outcome-unknown'],
      ['a gateway error', json(502, '<html>'), 'outcome-unknown'],
      ['a success without a body', json(201, ''), 'outcome-unknown'],
      ['a success that is no action', json(201, { value: [] }), 'outcome-unknown'],
      ['a success of another kind', json(204, ''), 'outcome-unknown'],
      ['a reset before the answer', reset, 'outcome-unknown'],
      ['a line cut in the answer', cutInBody(201), 'outcome-unknown'],
      ['silence', hang, 'outcome-unknown'],
      ['an answer without an end', oversized(201), 'outcome-unknown'],
    ];
    for (const [name, answer, kind] of answers) {
      it(`fails as ${kind} on ${name}, after one single request`, async () => {
        server.expect(answer);

        const error = await failure(
          client({ timeouts: { submitMs: 300 } }).submit(token, submission, options),
        );

        assert.deepEqual([error.kind, error.certainlyNotApplied], [kind, kind !== 'outcome-unknown']);
        assert.equal(server.received.length, 1);
      });
    }

    it('follows no redirect, with or without the token', async () => {
      const elsewhere = await startServer();
      server.expect(json(307, '', { location: `${elsewhere.url}/api` }));

      const error = await failure(client().submit(token, submission, options));

      assert.deepEqual([error.kind, elsewhere.received.length], ['outcome-unknown', 0]);
      await elsewhere.close();
    });

    it('was surely not sent when nobody listens', async () => {
      const gone = await startServer();
      await gone.close();

      const error = await failure(client({ apiUrl: gone.url }).submit(token, submission, options));

      assert.deepEqual([error.kind, error.networkCode], ['unreachable', 'ECONNREFUSED']);
      assert.equal(error.certainlyNotApplied, true);
    });

    it('was surely not sent when the caller had given up before', async () => {
      const error = await failure(
        client().submit(token, submission, { ...options, signal: AbortSignal.abort() }),
      );

      assert.deepEqual([error.certainlyNotApplied, server.received.length], [true, 0]);
    });

    it('was surely not sent when its deadline had passed, whatever the timers say', async () => {
      const deadline = deadlineIn(-1);

      const error = await failure(client().submit(token, submission, { ...options, deadline }));

      assert.deepEqual([error.kind, error.certainlyNotApplied], ['unreachable', true]);
      assert.equal(server.received.length, 0);
    });

    it('is given up at its deadline, and its outcome is unknown', async () => {
      server.expect(() => undefined);
      const started = performance.now();
      const deadline = deadlineIn(100);

      const error = await failure(client().submit(token, submission, { ...options, deadline }));

      assert.equal(error.kind, 'outcome-unknown');
      assert.ok(performance.now() - started < 5_000);
    });

    it('has an unknown outcome when the caller gives up meanwhile', async () => {
      const giveUp = new AbortController();
      server.expect(() => giveUp.abort());

      const error = await failure(client().submit(token, submission, { ...options, signal: giveUp.signal }));

      assert.equal(error.kind, 'outcome-unknown');
    });

    for (const bad of ['', 'two words', 'line\nbreak', 'naïve']) {
      it(`sends nothing with ${JSON.stringify(bad)} for a token`, async () => {
        const error = await failure(client().submit(bad, submission, options));

        assert.deepEqual([error.kind, server.received.length], ['unauthorized', 0]);
      });
    }
  });

  it('cancels an action with a comment and returns it as it is now', async () => {
    server.expect(json(200, action({ status: 'Cancelled', cancellationRequestor: 'alex@contoso.com' })));

    const returned = await client().cancelAction(token, 'act-1', 'no need', options);

    assert.deepEqual([returned.status, returned.cancellationRequestor], ['Cancelled', 'alex@contoso.com']);
    assert.equal(server.received[0]?.url.pathname, '/api/machineactions/act-1/cancel');
    assert.equal(server.received[0].body, '{"Comment":"no need"}');
  });

  describe('the governor', () => {
    it('may refuse, and then nothing is sent or reported', async () => {
      const refusing = {
        ...governor,
        acquire: () => Promise.resolve({ granted: false, retryAfterMs: 42 } as const),
      };

      const error = await failure(client({ governor: refusing }).submit(token, submission, options));

      assert.deepEqual([error.kind, error.retryAfterMs, error.certainlyNotApplied], ['budget', 42, true]);
      assert.deepEqual([server.received.length, calls.length], [0, 0]);
    });

    it('that fails counts as a refusal', async () => {
      const broken = { ...governor, acquire: () => Promise.reject(new Error('no database')) };

      const error = await failure(client({ governor: broken }).submit(token, submission, options));

      assert.deepEqual([error.kind, error.retryAfterMs, server.received.length], ['budget', 5_000, 0]);
    });

    it('is told to pause after a 429', async () => {
      server.expect(json(429, { error: { code: 'TooManyRequests' } }, { 'retry-after': '7' }));

      const error = await failure(client().submit(token, submission, options));

      assert.deepEqual([error.kind, error.retryAfterMs], ['throttled', 7_000]);
      assert.deepEqual(governor.paused, [{ tenantId: 't1', kind: 'submit', ms: 7_000 }]);
    });

    it('that cannot pause does not hide the 429', async () => {
      const broken = { ...governor, pause: () => Promise.reject(new Error('no database')) };
      server.expect(json(429, {}));

      assert.equal(
        (await failure(client({ governor: broken }).submit(token, submission, options))).kind,
        'throttled',
      );
    });
  });

  describe('the report of a call', () => {
    it('names kind, method, template, status and failure, and nothing else', async () => {
      const own: DefenderCall[] = [];
      server.expect(json(403, {}), json(201, action()), hang);
      const defender = client({ timeouts: { submitMs: 300 } });

      await failure(defender.submit(token, submission, { ...options, onCall: (call) => own.push(call) }));
      await defender.submit(token, submission, options);
      await failure(defender.submit(token, submission, options));

      const same = {
        tenantId: 't1',
        kind: 'submit',
        method: 'POST',
        path: '/api/machines/{id}/restrictCodeExecution',
      };
      assert.deepEqual(
        calls.map(({ ms, ...rest }) => (assert.ok(ms >= 0), rest)),
        [
          { ...same, status: 403, error: 'forbidden' },
          { ...same, status: 201 },
          { ...same, error: 'outcome-unknown' },
        ],
      );
      assert.deepEqual(own, calls.slice(0, 1));
    });

    it('that goes wrong does not hide the answer', async () => {
      server.expect(json(201, action()));
      const onCall = (): never => {
        throw new Error('observer');
      };

      assert.equal((await client({ onCall }).submit(token, submission, options)).id, 'act-1');
    });
  });

  it('takes an API address with a slash at its end', async () => {
    server.expect(json(200, { id: machineId }));

    await client({ apiUrl: `${server.url}/` }).readDevice(token, machineId, options);

    assert.equal(server.received[0]?.url.pathname, `/api/machines/${machineId}`);
  });
});

/** Sends until the client hangs up. */
function oversized(status: number): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1024 * 1024, 32);
    const more = (): void => {
      if (!response.destroyed) response.write(chunk, more);
    };
    more();
  };
}
