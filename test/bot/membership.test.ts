import assert from 'node:assert/strict';
import sinon from 'sinon';
import { type Heard, hear } from '../../bot/heard.ts';
import { createMembership } from '../../bot/membership.ts';
import type { Roster } from '../../bot/roster.ts';

const channel = '19:c@thread.tacv2';
const team = '19:general@thread.tacv2';

describe('who is heard in a conversation', () => {
  // Its own: another file that restores the shared one would take these out of it.
  const fakes = sinon.createSandbox();
  const departures = {
    left: fakes.stub<[string, readonly string[]], Promise<void>>(),
    returned: fakes.stub<[object, readonly string[]], Promise<void>>(),
    listed: fakes.stub<[object, string], Promise<void>>(),
    hasLeft: fakes.stub<[object, string], Promise<boolean>>(),
    prune: fakes.stub<[], Promise<void>>(),
  };
  const roster = fakes.stub<Parameters<Roster>, ReturnType<Roster>>();
  const membership = createMembership({ departures, roster });

  beforeEach(() => {
    fakes.reset();
    departures.left.resolves();
    departures.returned.resolves();
    departures.listed.resolves();
    departures.hasLeft.resolves(false);
  });

  function heard(change: Readonly<Record<string, unknown>> = {}): Heard {
    const activity = {
      type: 'invoke',
      serviceUrl: 'https://smba.trafficmanager.net/emea/',
      from: { id: '29:alex', name: 'Alex' },
      conversation: { id: `${channel};messageid=1`, conversationType: 'channel', tenantId: 't' },
      recipient: { id: '28:bot' },
      channelData: { team: { id: team } },
      ...change,
    };
    return hear(activity as never) ?? assert.fail('not an activity');
  }

  it('is everybody of whom Teams never said that they left, without a call to Teams', async () => {
    assert.equal(await membership.barOf(heard()), undefined);
    assert.equal(roster.callCount, 0);
    assert.deepEqual(departures.hasLeft.firstCall.args, [{ conversation: channel, team }, '29:alex']);
  });

  it('is nobody who left and whom the roster does not list', async () => {
    departures.hasLeft.resolves(true);
    roster.resolves(false);

    assert.equal(await membership.barOf(heard()), 'not-a-member');
    assert.deepEqual(roster.firstCall.args, [
      { serviceUrl: 'https://smba.trafficmanager.net/emea/', conversation: channel, teamsId: '29:alex' },
    ]);
    assert.equal(departures.listed.callCount, 0);
  });

  it('is who came back without a word of Teams: that the roster lists them is remembered as no more than that', async () => {
    departures.hasLeft.resolves(true);
    roster.resolves(true);

    assert.equal(await membership.barOf(heard()), undefined);
    assert.deepEqual(departures.listed.firstCall.args, [{ conversation: channel, team }, '29:alex']);
    assert.equal(departures.returned.callCount, 0);
  });

  it('is nobody who left as long as Teams does not say whether they are back', async () => {
    departures.hasLeft.resolves(true);
    roster.resolves(undefined);

    assert.equal(await membership.barOf(heard()), 'membership-unknown');
  });

  it('is nobody in a channel that is shared with other organisations', async () => {
    const channelData = { team: { id: team }, channel: { id: channel, type: 'shared' } };

    assert.equal(await membership.barOf(heard({ channelData })), 'shared-channel');
  });

  it('is learnt from Teams, for a whole team where it names one', async () => {
    const members = { membersAdded: [{ id: '29:a' }, { id: '29:a' }], membersRemoved: [{ id: '29:b' }] };

    await membership.note(heard(members));
    await membership.note(heard({ ...members, channelData: undefined }));

    assert.deepEqual(departures.left.args, [
      [channel, ['29:b']],
      [team, ['29:b']],
      [channel, ['29:b']],
    ]);
    assert.deepEqual(departures.returned.args, [
      [{ conversation: channel, team }, ['29:a']],
      [{ conversation: channel, team: undefined }, ['29:a']],
    ]);
  });

  it('is learnt of everybody whose id can be one, past those whose cannot', async () => {
    const odd = [{ id: 'a\u0000' }, { id: '\uD800' }, { id: '' }, { id: 7 }, null, 'x', { id: '29:b' }];
    const many = Array.from({ length: 30_000 }, (_, index) => ({ id: `29:${index}` }));

    await membership.note(heard({ membersRemoved: odd }));
    await membership.note(heard({ membersRemoved: many }));

    assert.deepEqual(departures.left.firstCall.args, [channel, ['29:b']]);
    assert.equal(departures.left.thirdCall.args[1].length, 5_000);
  });
});
