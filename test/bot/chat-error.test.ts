import assert from 'node:assert/strict';
import { toChatError } from '../../bot/chat-error.ts';
import { ChatError } from '../../src/jobs/ports.ts';

/** An error as the connector client throws it. */
function restError(status: number, body: unknown = {}, headers: Record<string, string> = {}): Error {
  const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body);
  const response = { bodyAsText, headers: { get: (name: string) => headers[name] } };
  return Object.assign(new Error('No.'), { name: 'RestError', statusCode: status, response });
}

function kindOf(error: unknown): [string, string | undefined] {
  const problem = toChatError(error);
  assert.ok(problem instanceof ChatError);
  return [problem.kind, problem.code];
}

const coded = (code: string) => ({ error: { code, message: 'No.' } });

describe('a refusal of Teams', () => {
  for (const code of ['BotNotInConversationRoster', 'BotDisabledByAdmin', 'ConversationBlockedByUser']) {
    it(`403 ${code} means that the bot has no place in the conversation`, () => {
      assert.deepEqual(kindOf(restError(403, coded(code))), ['left', code]);
    });
  }

  it('names its reason in many places', () => {
    const nested = {
      errorCode: 209,
      message: JSON.stringify({ subCode: 'MessageWritesBlocked', details: 'x' }),
    };
    const inner = { error: { code: 'Forbidden', innererror: { code: 'BotDisabledByAdmin' } } };

    assert.deepEqual(kindOf(restError(403, nested)), ['left', 'MessageWritesBlocked']);
    assert.deepEqual(kindOf(restError(403, inner)), ['left', 'BotDisabledByAdmin']);
  });

  it('404, or 403 without a reason of the conversation, means that the message is gone', () => {
    assert.deepEqual(kindOf(restError(404, coded('ActivityNotFoundInConversation'))), [
      'gone',
      'ActivityNotFoundInConversation',
    ]);
    assert.deepEqual(kindOf(restError(403, coded('ServiceError'))), ['gone', 'ServiceError']);
    assert.deepEqual(kindOf(restError(403, '<html>')), ['gone', undefined]);
  });

  it('of a kind that no repetition changes is one', () => {
    assert.deepEqual(kindOf(restError(403, coded('NotEnoughPermissions'))), [
      'refused',
      'NotEnoughPermissions',
    ]);
    assert.deepEqual(kindOf(restError(413, coded('MessageSizeTooBig'))), ['refused', 'MessageSizeTooBig']);
  });

  it('brings no text of the service along', () => {
    assert.deepEqual(kindOf(restError(404, coded('Bad code, see https://evil.example'))), [
      'gone',
      undefined,
    ]);
  });

  for (const status of [200, 201, 401, 408, 412, 429, 500, 502, 503, 504]) {
    it(`${status} comes again`, () => {
      assert.equal(kindOf(restError(status))[0], 'later');
    });
  }

  it('429 says when, or nobody knows', () => {
    const wait = (headers: Record<string, string>) => {
      const problem = toChatError(restError(429, coded('Throttled'), headers));
      return problem instanceof ChatError ? problem.retryAfterMs : assert.fail();
    };

    assert.equal(wait({ 'retry-after': '7' }), 7_000);
    assert.equal(wait({}), undefined);
    // By the clock of the service, which is years from ours here.
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
    assert.equal(wait({ date, 'retry-after': 'Wed, 21 Oct 2015 07:28:09 GMT' }), 9_000);
  });

  it('is no refusal when something else broke', () => {
    const bug = new TypeError('x is undefined');

    assert.equal(toChatError(bug), bug);
    assert.equal(kindOf(Object.assign(new Error('cut'), { name: 'AbortError' }))[0], 'later');
  });
});
