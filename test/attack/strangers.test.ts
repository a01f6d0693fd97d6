import assert from 'node:assert/strict';
import type { Activity } from '../../sandbox/activities.ts';
import { botAppId, otherTenantId, tenantId } from '../../sandbox/world.ts';
import { alex, incident, riley, sam } from '../e2e/stage.ts';
import { codeOf, setTarget } from './target.ts';

describe('An attack by a stranger', () => {
  const left = new Set<typeof alex>();
  // Before the target is looked at, and before its requester has to withdraw it.
  afterEach(async () => {
    for (const person of left) await target.stage.sandbox.teams.join(person, incident);
    left.clear();
  });
  const target = setTarget();

  async function leave(person: typeof alex): Promise<void> {
    left.add(person);
    assert.equal((await target.stage.sandbox.teams.leave(person, incident)).status, 200);
  }

  async function told(activity: Activity): Promise<string> {
    const delivered = await target.send(activity);
    assert.equal(delivered.status, 200);
    return delivered.text;
  }

  /** What the bot says in the thread of a typed message; nothing but that. */
  async function replyTo(activity: Activity): Promise<string> {
    assert.equal((await target.send(activity)).status, 200);
    const replies = target.repliesTo(activity);
    assert.equal(replies.length, 1);
    return replies[0] ?? '';
  }

  const isHome = () => target.stage.sandbox.entra.tokens;
  const foreignTokens: readonly (readonly [string, () => Promise<string>])[] = [
    [
      'their home tenant',
      () =>
        isHome().forUser({
          person: alex,
          tenantId: otherTenantId,
          audience: botAppId,
          scopes: ['access_as_user'],
        }),
    ],
    ['their home tenant, which names this one', () => isHome().raw(claims({ tid: tenantId }))],
    [
      'this tenant, which names their home',
      () => isHome().raw(claims({ iss: isHome().issuer(tenantId), tid: otherTenantId })),
    ],
  ];
  const claims = (change: Readonly<Record<string, unknown>>) => ({
    iss: isHome().issuer(otherTenantId),
    aud: botAppId,
    oid: alex.objectId,
    scp: 'access_as_user',
    exp: Math.floor(Date.now() / 1_000) + 3_600,
    ...change,
  });
  for (const [what, token] of foreignTokens) {
    it(`who is a guest with a sign-in of ${what} does not approve`, async () => {
      target.stage.sandbox.tokenService.signInWith(alex, await token());

      const delivered = await target.send(target.press());

      assert.ok(
        [401, 412].includes(codeOf(delivered)) || delivered.text.includes('another account'),
        delivered.text,
      );
    });
  }

  it('who is a member of a shared channel presses nothing', async () => {
    for (const verb of ['approve', 'deny', 'cancel', 'close', 'refresh'])
      for (const person of [alex, riley])
        assert.match(await told(inShared(target.press(verb, person))), /does not work in shared channels/);
  });

  it('who is a member of a shared channel commands nothing', async () => {
    const { number } = target.asked;
    for (const text of [undefined, `/cancel ${number} An attack`, '/help'])
      assert.match(await replyTo(inShared(target.command(text))), /does not work in shared channels/);
  });

  function inShared(activity: Activity): Activity {
    const channelData = activity['channelData'] as object;
    return { ...activity, channelData: { ...channelData, channel: { id: incident.id, type: 'shared' } } };
  }

  it('who has left the team approves and denies nothing, nor sees the request', async () => {
    await leave(alex);
    for (const verb of ['approve', 'deny', 'close', 'refresh'])
      assert.match(await told(target.press(verb)), /no longer lists you as a member/);
  });

  it('who has left the team withdraws not even their own request', async () => {
    await leave(riley);
    assert.match(await told(target.press('cancel', riley)), /no longer lists you as a member/);
    const typed = target.command(`/cancel ${target.asked.number} An attack`);
    assert.match(await replyTo(typed), /no longer lists you as a member/);
  });

  it('who has left the team asks for nothing', async () => {
    await leave(riley);
    assert.match(await replyTo(target.command()), /no longer lists you as a member/);
  });

  it('who has left the team is not heard either while Teams does not tell whether they are back', async () => {
    await leave(sam);
    const { faults } = target.stage.sandbox;
    faults.set({ faults: { 'connector.member': { kind: 'status', status: 503, times: null } } });
    assert.match(await told(target.press('deny', sam)), /does not tell now whether you are back/);
  });

  it('who has left the team and came back is no stranger any more', async () => {
    await leave(sam);
    await target.stage.sandbox.teams.join(sam, incident);

    target.expect({ label: 'Denied', submissions: 0 });
    assert.match(await told(target.press('deny', sam)), /Denied/);
  });

  it('who has left the team and came back without a word of Teams is found on its roster', async () => {
    await leave(sam);
    target.stage.sandbox.connector.departed.delete(sam, incident);

    target.expect({ label: 'Denied', submissions: 0 });
    assert.match(await told(target.press('deny', sam)), /Denied/);
  });
});

describe('An attack by another tenant that is served as well', () => {
  const target = setTarget({ settings: { ALLOWED_TENANTS: `${tenantId},${otherTenantId}` } });

  /** As Teams would deliver it, had somebody there a conversation of this id. */
  const fromThere = (activity: Activity): Activity => ({
    ...activity,
    conversation: { ...(activity['conversation'] as object), tenantId: otherTenantId },
    channelData: { ...(activity['channelData'] as object), tenant: { id: otherTenantId } },
  });

  it('with card data of this one finds no such request', async () => {
    for (const verb of ['approve', 'deny', 'cancel', 'close', 'refresh', 'recheck', 'retry'])
      for (const person of [alex, riley]) {
        const delivered = await target.send(fromThere(target.press(verb, person)));
        assert.deepEqual([delivered.status, codeOf(delivered)], [200, 400]);
        assert.doesNotMatch(delivered.text, /target|Riley|#\d/i);
      }
  });

  it('with the number of a request of this one finds no such request', async () => {
    const sent = fromThere(target.command(`/cancel ${target.asked.number} An attack`));
    assert.equal((await target.send(sent)).status, 200);
    assert.match(target.repliesTo(sent)[0] ?? '', /There is no request/);
  });

  it('with one of the tenants in the conversation and the other in the channel is refused', async () => {
    const channelData = { ...(target.press()['channelData'] as object), tenant: { id: otherTenantId } };
    await target.refused({ ...target.press(), channelData }, [403]);
  });
});
