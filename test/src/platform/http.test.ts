import assert from 'node:assert/strict';
import { callHttp, HttpFailure, jsonOf, retryAfterMs } from '../../../src/platform/http.ts';
import { startServer, type TestServer } from '../identity/fixtures.ts';

describe('a bounded HTTP call', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer(() => ({ status: 201, headers: { 'x-a': 'b' }, body: { grüße: 'ok' } }));
  });

  afterEach(() => server.close());

  const failsWith = (code: string) => (error: unknown) => {
    assert.ok(error instanceof HttpFailure);
    assert.equal(error.code, code);
    assert.ok(!error.message.includes('127.0.0.1'));
    return true;
  };

  it('sends and answers as told', async () => {
    const call = { url: `${server.url}/x`, method: 'PUT', headers: { 'x-c': 'd' }, body: 'hello' };
    const answer = await callHttp({ ...call, timeoutMs: 1_000 });

    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('x-a'), 'b');
    assert.deepEqual(jsonOf(answer), { grüße: 'ok' });
    assert.equal(server.seen[0]?.method, 'PUT');
    assert.equal(server.seen[0].body, 'hello');
    assert.equal(server.seen[0].headers['x-c'], 'd');
  });

  it('gives up when time is over, when told to, and when nobody listens', async () => {
    server.answer = () => 'hang';
    await assert.rejects(callHttp({ url: server.url, timeoutMs: 50 }), failsWith('timed-out'));

    const signal = AbortSignal.abort();
    await assert.rejects(callHttp({ url: server.url, timeoutMs: 1_000, signal }), failsWith('cancelled'));

    const { url } = server;
    await server.close();
    await assert.rejects(callHttp({ url, timeoutMs: 1_000 }), failsWith('not-reached'));
    server = await startServer(() => ({}));
  });

  it('follows no redirect and reads no more than allowed', async () => {
    server.answer = () => ({ status: 302, headers: { location: '/elsewhere' } });
    await assert.rejects(callHttp({ url: server.url, timeoutMs: 1_000 }), failsWith('not-reached'));
    assert.equal(server.seen.length, 1);

    server.answer = () => ({ body: 'x'.repeat(101) });
    const call = { url: server.url, timeoutMs: 1_000 };
    await assert.rejects(callHttp({ ...call, maxBytes: 100 }), failsWith('too-large'));
    assert.equal((await callHttp({ ...call, maxBytes: 101 })).text.length, 101);
  });

  it('calls a body that is no JSON none', () => {
    assert.equal(jsonOf({ status: 200, headers: new Headers(), text: '<html>' }), undefined);
  });

  it('reads Retry-After as seconds or date, between a second and an hour', () => {
    const now = new Date('2026-11-23T03:00:00Z');
    const rows: readonly [string | null | undefined, number][] = [
      ['7', 7_000],
      ['0', 1_000],
      ['99999', 3_600_000],
      ['Mon, 23 Nov 2026 03:01:30 GMT', 90_000],
      ['Mon, 23 Nov 2026 02:00:00 GMT', 1_000],
      ['soon', 60_000],
      ['', 60_000],
      [null, 60_000],
      [undefined, 60_000],
    ];
    for (const [value, expected] of rows) assert.equal(retryAfterMs(value, now), expected);
  });
});
