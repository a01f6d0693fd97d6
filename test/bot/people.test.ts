import assert from 'node:assert/strict';
import { hear } from '../../bot/heard.ts';
import { senderOf } from '../../bot/people.ts';

describe('the sender of an activity', () => {
  function sender(name?: string): string | undefined {
    const activity = {
      type: 'message',
      serviceUrl: 'https://smba.trafficmanager.net/emea/',
      from: { id: '29:1', aadObjectId: 'A0000000-0000-4000-8000-000000000001', name },
      conversation: { id: 'a:1', tenantId: 't' },
      recipient: { id: '28:bot' },
    };
    const heard = hear(activity as never) ?? assert.fail('not an activity');
    return senderOf(heard.activity, 't')?.name;
  }

  it('has a name that both databases store, however long it is', () => {
    for (const before of ['', 'x']) {
      const name = sender(`${before}${'🦊'.repeat(200)}`) ?? '';

      assert.ok(name.isWellFormed() && name.length <= 256 && name.length >= 255, name);
    }
  });

  it('is named even where nothing is given', () => {
    assert.equal(sender(' '), 'Somebody without a name');
    assert.equal(sender(), 'Somebody without a name');
  });
});
