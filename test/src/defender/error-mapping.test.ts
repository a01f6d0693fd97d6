import assert from 'node:assert/strict';
import { errorFromFailure, errorFromResponse } from '../../../src/defender/error-mapping.ts';
import type { DefenderErrorKind } from '../../../src/defender/errors.ts';
import { HttpFailure } from '../../../src/platform/http.ts';

const body = (code: string): string =>
  JSON.stringify({ error: { code, message: 'secret text', target: 'a1b2-c3' } });

describe('an error answer of Defender', () => {
  const rows: readonly (readonly [number, string, DefenderErrorKind, DefenderErrorKind])[] = [
    // status, code, kind after a read, kind after a POST
    [400, 'BadRequest', 'bad-request', 'bad-request'],
    [400, 'ODataError', 'bad-request', 'bad-request'],
    [400, 'InvalidRequestBody', 'bad-request', 'bad-request'],
    [400, 'MissingRequiredParameter', 'bad-request', 'bad-request'],
    [400, 'ActiveRequestAlreadyExists', 'active-request-exists', 'active-request-exists'],
    [400, 'OsPlatformNotSupported', 'os-not-supported', 'os-not-supported'],
    [400, 'ClientVersionNotSupported', 'client-version-not-supported', 'client-version-not-supported'],
    [401, 'Unauthorized', 'unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden', 'forbidden'],
    [403, 'DisabledFeature', 'disabled-feature', 'disabled-feature'],
    [403, 'DisallowedOperation', 'disallowed-operation', 'disallowed-operation'],
    [404, 'NotFound', 'not-found', 'not-found'],
    [404, 'ResourceNotFound', 'not-found', 'not-found'],
    [405, '', 'bad-request', 'bad-request'],
    [408, '', 'server-error', 'outcome-unknown'],
    [409, 'ActiveRequestAlreadyExists', 'active-request-exists', 'active-request-exists'],
    [413, '', 'bad-request', 'bad-request'],
    [429, 'TooManyRequests', 'throttled', 'throttled'],
    [500, 'InternalServerError', 'server-error', 'outcome-unknown'],
    [502, '', 'server-error', 'outcome-unknown'],
    [503, '', 'server-error', 'outcome-unknown'],
    [504, '', 'server-error', 'outcome-unknown'],
    [204, '', 'unreadable', 'outcome-unknown'],
  ];
  for (const [status, code, afterRead, afterPost] of rows) {
    it(`${status} ${code} means ${afterRead} to a read and ${afterPost} to a POST`, () => {
      const read = errorFromResponse(status, new Headers(), body(code));
      const post = errorFromResponse(status, new Headers(), body(code), true);

      assert.deepEqual([read.kind, post.kind], [afterRead, afterPost]);
      assert.equal(read.certainlyNotApplied, true);
      assert.equal(post.certainlyNotApplied, afterPost !== 'outcome-unknown');
      assert.equal(post.retrySafe, afterPost === 'throttled');
      assert.deepEqual([post.status, post.code, post.correlationId], [status, code || undefined, 'a1b2-c3']);
    });
  }

  it('is told by its status when the code is empty, as with malformed queries', () => {
    const text = JSON.stringify({ error: { code: '', message: 'm', details: [{ code: 'X' }] } });

    const error = errorFromResponse(400, new Headers(), text);

    assert.deepEqual([error.kind, error.code, error.correlationId], ['bad-request', undefined, undefined]);
  });

  for (const text of [
    '',
    '<html>',
    'null',
    '[]',
    '{"error":null}',
    '{"error":"x"}',
    '{"error":{"code":5}}',
  ]) {
    it(`is told by its status when the body is ${text || 'empty'}`, () => {
      const error = errorFromResponse(403, new Headers(), text);

      assert.deepEqual([error.kind, error.code], ['forbidden', undefined]);
    });
  }

  it('gives away no code or id that is more than a plain word', () => {
    const text = JSON.stringify({ error: { code: 'a b', target: '<b>' } });

    const error = errorFromResponse(400, new Headers(), text);

    assert.deepEqual([error.code, error.correlationId], [undefined, undefined]);
    assert.equal(errorFromResponse(400, new Headers(), body('x'.repeat(65))).code, undefined);
  });

  it('has a fixed message that quotes nothing of the answer', () => {
    const error = errorFromResponse(400, new Headers(), body('BadRequest'));

    assert.equal(error.message, 'Defender call failed: bad-request');
    assert.equal(error.cause, undefined);
  });
});

describe('the wait that a 429 asks for', () => {
  const date = 'Mon, 02 Mar 2026 10:00:00 GMT';
  const rows: readonly (readonly [Record<string, string>, number])[] = [
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 1_000],
    [{ 'retry-after': '99999' }, 3_600_000],
    [{ 'retry-after': 'Mon, 02 Mar 2026 10:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT', date }, 1_000],
    [{ 'retry-after': 'Mon, 02 Mar 2026 10:00:30 GMT' }, 60_000],
    [{ 'retry-after': 'soon', date }, 60_000],
    [{}, 60_000],
  ];
  for (const [headers, ms] of rows) {
    it(`is ${ms} ms for ${JSON.stringify(headers)}`, () => {
      assert.equal(errorFromResponse(429, new Headers(headers), '').retryAfterMs, ms);
    });
  }

  it('is also taken from other answers, if they ask for one', () => {
    assert.equal(errorFromResponse(503, new Headers({ 'retry-after': '5' }), '').retryAfterMs, 5_000);
    assert.equal(errorFromResponse(503, new Headers(), '').retryAfterMs, undefined);
  });
});

describe('a claims challenge', () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  const challenge = (encoded: string): Headers =>
    new Headers({ 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${encoded}"` });

  it('hands its claims on as they are', () => {
    const error = errorFromResponse(401, challenge(Buffer.from(claims).toString('base64')), '');

    assert.deepEqual([error.kind, error.claims], ['claims-challenge', claims]);
    assert.equal(error.retrySafe, false);
  });

  it('stays one when its claims cannot be read', () => {
    const error = errorFromResponse(401, challenge('AAAA'), '');

    assert.deepEqual([error.kind, error.claims], ['claims-challenge', undefined]);
  });

  it('is no other error of the header', () => {
    const headers = new Headers({ 'www-authenticate': 'Bearer error="invalid_token"' });

    assert.equal(errorFromResponse(401, headers, '').kind, 'unauthorized');
  });
});

describe('a call without an answer', () => {
  const failure = (origin: object): Error =>
    new HttpFailure(
      'not-reached',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), origin) }),
    );
  const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' });

  for (const origin of [
    { code: 'ECONNREFUSED', syscall: 'connect' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
    { code: 'CERT_HAS_EXPIRED' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  ]) {
    it(`surely was not sent after ${origin.code}`, () => {
      const error = errorFromFailure(failure(origin), true);

      assert.deepEqual([error.kind, error.networkCode], ['unreachable', origin.code]);
      assert.equal(error.certainlyNotApplied && error.retrySafe, true);
    });
  }

  it('surely was not sent when no address of the host could be connected', () => {
    const all = new TypeError('fetch failed', { cause: new AggregateError([refused, refused]) });

    assert.equal(errorFromFailure(new HttpFailure('not-reached', all), true).kind, 'unreachable');
  });

  for (const origin of [
    { code: 'ECONNRESET', syscall: 'read' },
    { code: 'ETIMEDOUT', syscall: 'read' },
    { code: 'UND_ERR_SOCKET' },
    { code: 'EPROTO', syscall: 'write' },
    { code: 'lower case' },
    {},
  ]) {
    it(`has an unknown outcome after ${JSON.stringify(origin)}, unless it was a read`, () => {
      const post = errorFromFailure(failure(origin), true);
      const read = errorFromFailure(failure(origin), false);

      assert.deepEqual(
        [post.kind, post.certainlyNotApplied, post.retrySafe],
        ['outcome-unknown', false, false],
      );
      assert.deepEqual([read.kind, read.certainlyNotApplied, read.retrySafe], ['unreachable', true, true]);
    });
  }

  it('has an unknown outcome after anything that is thrown but no error', () => {
    assert.equal(errorFromFailure(undefined, true).kind, 'outcome-unknown');
    assert.equal(errorFromFailure(new AggregateError([]), true).kind, 'outcome-unknown');
  });
});
