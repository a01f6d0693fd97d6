import assert from 'node:assert/strict';
import type { Activity } from 'botbuilder';
import sinon from 'sinon';
import { type Gate, createGate } from '../../bot/gate.ts';

describe('the record of who sends too much', () => {
  let note: sinon.SinonStub<unknown[], Promise<void>>;
  let gate: Gate;
  beforeEach(() => {
    note = sinon.stub<unknown[], Promise<void>>().resolves();
    gate = createGate({
      membership: { barOf: () => Promise.resolve(undefined) },
      requests: { noteForTenant: note },
    });
  });

  function send(id: string | undefined, person = 1): Promise<unknown> {
    const activity = {
      type: 'message',
      ...(id === undefined ? {} : { id }),
      serviceUrl: 'https://smba.trafficmanager.net/amer/',
      from: {
        id: `29:${person}`,
        name: 'Riley',
        aadObjectId: `a0000000-0000-4000-8000-00000000000${person}`,
      },
      conversation: { id: 'a:1', conversationType: 'personal', tenantId: 't' },
      recipient: { id: '28:bot', name: 'Cordon' },
      text: '/help',
    };
    return gate.tooMany(activity as unknown as Activity, 'message');
  }

  async function reachLimit(person: number): Promise<void> {
    for (let sent = 0; sent < 300; sent += 1) await send(`${person}-${sent}`, person);
  }

  it('is written once for a message that is delivered twice at the same time', async () => {
    await reachLimit(1);

    await Promise.all([send('one too many'), send('one too many')]);

    assert.equal(note.callCount, 1);
  });

  it('is written by the next delivery when the first could not', async () => {
    await reachLimit(1);
    note.onFirstCall().rejects(new Error('the database is down'));

    await assert.rejects(send('one too many'));
    await send('one too many');

    assert.equal(note.callCount, 2);
  });

  it('is written for each person, though their messages have no id', async () => {
    await reachLimit(1);
    await reachLimit(2);

    await send(undefined, 1);
    await send(undefined, 2);

    assert.equal(note.callCount, 2);
  });
});
