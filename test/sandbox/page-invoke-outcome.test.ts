import assert from 'node:assert/strict';
import { outcomeOf } from '../../sandbox/page/invoke-outcome.ts';

const error = 'application/vnd.microsoft.error';

describe('the answer to a pressed card button on the chat page', () => {
  it('replaces the card when a card comes back', () => {
    const card = { type: 'AdaptiveCard' };
    const type = 'application/vnd.microsoft.card.adaptive';

    assert.deepEqual(outcomeOf({ statusCode: 200, type, value: card }), { kind: 'card', card });
  });

  it('shows a message to the person alone', () => {
    const type = 'application/vnd.microsoft.activity.message';

    assert.deepEqual(outcomeOf({ statusCode: 200, type, value: 'Noted' }), { kind: 'note', text: 'Noted' });
  });

  for (const statusCode of [400, 403, 500, 504]) {
    it(`shows the message of a ${statusCode}`, () => {
      const outcome = outcomeOf({ statusCode, type: error, value: { code: 'x', message: 'Not now' } });

      assert.deepEqual(outcome, { kind: 'error', text: 'Not now' });
    });
  }

  it('has words for an error that brings none and for a type that Teams does not know', () => {
    const silent = outcomeOf({ statusCode: 500, type: error });
    // The misspelling from older samples: Teams ignores it too.
    const misspelt = outcomeOf({
      statusCode: 200,
      type: 'application/vnd.microsoft.adaptive.card',
      value: {},
    });

    assert.equal(silent.kind, 'error');
    assert.equal(misspelt.kind, 'error');
  });

  it('offers the sign-in button of a login request', () => {
    const outcome = outcomeOf({
      statusCode: 401,
      type: 'application/vnd.microsoft.activity.loginRequest',
      value: { text: 'Please', buttons: [{ type: 'signin', title: 'Go', value: 'https://a.example/' }] },
    });

    assert.deepEqual(outcome, { kind: 'signIn', text: 'Please', title: 'Go', link: 'https://a.example/' });
  });

  it('asks again for a code, in both spellings of the documentation', () => {
    for (const word of ['incorrectAuthCode', 'invalidAuthCode']) {
      const outcome = outcomeOf({ statusCode: 401, type: `${error}.${word}`, value: null });

      assert.deepEqual(outcome, { kind: 'codeRejected' });
    }
  });

  it('falls back to the button when the silent token was of no use', () => {
    const type = `${error}.preconditionFailed`;

    assert.equal(outcomeOf({ statusCode: 412, type, value: { code: '412', message: 'x' } }).kind, 'signIn');
  });
});
