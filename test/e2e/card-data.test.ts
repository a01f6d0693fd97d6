import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { cardActivity } from '../../sandbox/activities.ts';
import { told } from './play.ts';
import { alex, general, incident, nightShift, setStage } from './stage.ts';

describe('The data of a pressed button', () => {
  const stage = setStage();

  async function press(data: unknown, { verb = 'approve', where = incident } = {}) {
    return stage.sandbox.teams.invoke(alex, { conversationId: where.id, messageId: '1', verb, data });
  }

  it('are refused with 400 when they are not what a card holds', async () => {
    const { requestId } = await stage.ask();
    const wrong: unknown[] = [
      undefined,
      null,
      [],
      [{ requestId }],
      'text',
      7,
      {},
      { requestId: {} },
      { requestId: [requestId] },
      { requestId: requestId.slice(0, 10) },
      { requestId: `${requestId}' or 1=1 --` },
      { requestId, comment: { text: 'x' } },
      { requestId, padding: 'x'.repeat(10_000) },
      { requestId, comment: 'x'.repeat(10_000) },
      { requestId: `req_${'A'.repeat(22)}` },
      JSON.parse('{"__proto__":{"requestId":"x"},"constructor":{"prototype":1}}'),
    ];
    for (const data of wrong) {
      const answer = await press(data);
      assert.equal(answer.statusCode, 400, inspect(data).slice(0, 60));
      assert.match(answer.type, /error/);
      assert.ok(told(answer).length > 0);
    }
  });

  it('count without what is no time in them, which only says what its card showed', async () => {
    const asked = await stage.ask();
    const { requestId, messageId } = asked;
    const data = { requestId, comment: '', seen: '\u0000\ud800' };
    const invoke = { conversationId: incident.id, messageId, verb: 'approve', data };
    assert.match(told(await stage.sandbox.teams.invoke(alex, invoke)), /Approved/);
    await stage.until(asked, 'Succeeded');
  });

  it('are refused for a verb that no card has', async () => {
    const { requestId } = await stage.ask();
    for (const verb of [
      'explode',
      'constructor',
      '__proto__',
      'toString',
      '',
      'APPROVE',
      'x'.repeat(5_000),
    ]) {
      assert.equal((await press({ requestId }, { verb })).statusCode, 400, verb.slice(0, 20));
    }
  });

  it('are unknown in another conversation, and change nothing', async () => {
    const asked = await stage.ask();
    for (const where of [general, nightShift]) {
      for (const verb of ['approve', 'deny', 'cancel', 'refresh', 'recheck']) {
        const answer = await press({ requestId: asked.requestId, comment: 'x' }, { verb, where });
        assert.equal(answer.statusCode, 400);
        assert.doesNotMatch(told(answer), /Riley|Beacon/);
      }
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  it('are refused when the value around them is broken', async () => {
    const { teams } = stage.sandbox;
    const asked = await stage.ask();
    const good = cardActivity(teams.origin(alex, incident), asked.messageId, {
      verb: 'approve',
      data: { requestId: asked.requestId },
      trigger: 'manual',
    });
    const action = { type: 'Action.Execute', verb: 'approve', data: { requestId: asked.requestId } };
    const values: unknown[] = [
      undefined,
      null,
      [],
      'x',
      {},
      { action: null },
      { action: { ...action, type: 'Action.Submit' } },
      { action, authentication: 'token' },
      { action, authentication: { token: 'x'.repeat(100_000) } },
      { action, state: { code: '123456' } },
    ];
    for (const value of values) {
      const { status, body } = await teams.deliver({ ...good, value });
      assert.equal(status, 200);
      assert.equal(body?.['statusCode'], 400, inspect(value).slice(0, 60));
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.doesNotMatch(stage.text(asked), /pressed Approve/);
  });

  it('with a token that Teams never issued lead to a sign-in, not to an approval', async () => {
    const { teams } = stage.sandbox;
    const asked = await stage.ask();
    stage.sandbox.tokenService.signOut(alex);
    for (const token of ['x', 'a.b.c', await stage.sandbox.channel.sign(teams.serviceUrl)]) {
      const { body } = await teams.deliver(
        cardActivity(teams.origin(alex, incident), asked.messageId, {
          verb: 'approve',
          data: { requestId: asked.requestId },
          trigger: 'manual',
          authentication: { id: '1', connectionName: 'cordon', token },
        }),
      );
      assert.ok([401, 412].includes(Number(body?.['statusCode'])), JSON.stringify(body));
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
  });
});
