import assert from 'node:assert/strict';
import type { Activity } from '../../sandbox/activities.ts';
import { alex, general, nightShift, priya, riley, sam } from '../e2e/stage.ts';
import { codeOf, setTarget } from './target.ts';

describe('An attack by click', () => {
  const target = setTarget();

  /** Presses are answered with 200 and their own code inside; what they are told names nothing of the request. */
  async function rejected(activity: Activity, codes: readonly number[] = [400]): Promise<string> {
    const delivered = await target.send(activity);
    assert.equal(delivered.status, 200);
    assert.ok(codes.includes(codeOf(delivered)), delivered.text);
    return delivered.text;
  }
  const withData = (data: unknown, verb = 'approve'): Activity => {
    const press = target.press(verb);
    return { ...press, value: { action: { type: 'Action.Execute', verb, data } } };
  };

  it('with the card forwarded to another channel is refused', async () => {
    assert.doesNotMatch(await rejected(target.press('approve', alex, general)), /target|Riley/i);
  });

  it('with the card forwarded to a group chat is refused', async () => {
    assert.doesNotMatch(await rejected(target.press('deny', alex, nightShift)), /target|Riley/i);
  });

  it('with the id of a request that does not exist is refused', async () => {
    await rejected(withData({ requestId: `req_${'A'.repeat(22)}` }));
  });

  it('with the number of the request in place of its id is refused', async () => {
    await rejected(withData({ requestId: target.asked.number }));
  });

  it('with SQL in the id is refused', async () => {
    await rejected(withData({ requestId: `${target.asked.requestId}'; drop table requests; --` }));
  });

  it('with an object in place of the id is refused', async () => {
    await rejected(withData({ requestId: { $ne: null } }));
  });

  it('with the id twice, as a list, is refused', async () => {
    await rejected(withData({ requestId: [target.asked.requestId, 'x'] }));
  });

  it('with an id in the prototype of the data is refused', async () => {
    const data: unknown = JSON.parse(`{"__proto__":{"requestId":"${target.asked.requestId}"}}`);
    await rejected(withData(data));
  });

  it('with a verb that only an object’s prototype knows is refused', async () => {
    for (const verb of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      await rejected(withData({ requestId: target.asked.requestId }, verb));
  });

  it('with data that claim to be decided already is not believed', async () => {
    const { requestId } = target.asked;
    target.stage.sandbox.tokenService.signOut(alex);
    const data = { requestId, approved: true, approver: alex.objectId, verified: true, role: 'admin' };
    assert.ok([401, 412].includes(codeOf(await target.send(withData(data)))));
  });

  it('with a comment of a megabyte is refused', async () => {
    const delivered = await target.send(
      withData({ requestId: target.asked.requestId, comment: 'x'.repeat(1e6) }),
    );
    assert.equal(delivered.status, 413);
  });

  it('with a comment of two hundred kilobytes, which gets in, is refused', async () => {
    for (const comment of ['x'.repeat(200_000), 'x'.repeat(4_001), ['x'], { x: 'x'.repeat(9_000) }])
      await rejected(withData({ requestId: target.asked.requestId, comment }, 'deny'));
  });

  it('by the requestor themselves is refused, also under another spelling of their id', async () => {
    const press = target.press('approve', riley);
    const from = { id: riley.teamsId, name: 'Alex Moreno', aadObjectId: riley.objectId.toUpperCase() };
    assert.match((await target.send({ ...press, from })).text, /your own request/);
  });

  it('without an Entra object id decides nothing', async () => {
    for (const verb of ['approve', 'deny', 'cancel', 'close']) {
      const from = { id: alex.teamsId, name: alex.name };
      assert.match((await target.send({ ...target.press(verb), from })).text, /did not tell me who you are/);
    }
  });

  it('with an object id that is no GUID decides nothing', async () => {
    for (const aadObjectId of ['alex', `${alex.objectId}'`, '*', `${alex.objectId}\n`]) {
      const from = { id: alex.teamsId, name: alex.name, aadObjectId };
      assert.match((await target.send({ ...target.press(), from })).text, /did not tell me who you are/);
    }
  });

  it('with one person’s chat id and another’s object id is refused', async () => {
    const from = { id: alex.teamsId, name: alex.name, aadObjectId: priya.objectId };
    assert.match((await target.send({ ...target.press(), from })).text, /another account/);
  });

  it('with a sign-in token that Teams never issued leads to a sign-in', async () => {
    target.stage.sandbox.tokenService.signOut(alex);
    const press = target.press();
    const authentication = { id: '1', connectionName: 'cordon', token: 'a.b.c' };
    const value = { ...(press['value'] as object), authentication };
    assert.ok([401, 412].includes(codeOf(await target.send({ ...press, value }))));
  });

  it('with guessed six digits is refused', async () => {
    target.stage.sandbox.tokenService.signOut(alex);
    const press = target.press();
    for (const state of ['000000', '123456', '999999']) {
      const value = { ...(press['value'] as object), state };
      assert.equal(codeOf(await target.send({ ...press, value })), 401);
    }
  });

  it('that denies without a reason changes nothing', async () => {
    const delivered = await target.send(
      withData({ requestId: target.asked.requestId, comment: ' \u200b ' }, 'deny'),
    );
    assert.match(delivered.text, /needs a reason/);
  });

  it('that is replayed fifty times without a sign-in does not count for anybody', async () => {
    target.stage.sandbox.tokenService.signOut(alex);
    const press = target.press();
    const answers = await Promise.all(Array.from({ length: 50 }, () => target.send(press)));
    assert.ok(answers.every((answer) => [401, 412].includes(codeOf(answer))));
  });

  it('that approves, replayed fifty times at once and again when all is done, submits once', async () => {
    const press = target.press();

    const answers = await Promise.all(Array.from({ length: 50 }, () => target.send(press)));

    assert.ok(answers.every(({ status }) => status === 200));
    target.expect({ label: 'Succeeded', submissions: 1 });
    await target.stage.until(target.asked, 'Succeeded');
    for (let times = 0; times < 10; times += 1) assert.equal((await target.send(press)).status, 200);
    const { defender } = target.stage.sandbox;
    assert.equal(
      defender.actions().filter(({ machineId }) => machineId === target.asked.device.id).length,
      1,
    );
  });

  it('of an approver without the right, replayed after it was void, stays void', async () => {
    const press = target.press('approve', sam);
    for (let times = 0; times < 10; times += 1) assert.match((await target.send(press)).text, /did not hold/);
  });

  it('that approves, replayed after a denial made it void, does not bring the request back', async () => {
    const { sandbox } = target.stage;
    const { struck } = sandbox.faults.aim({
      target: 'entra.obo',
      about: alex.objectId,
      fault: { kind: 'hang', times: null },
    });
    const press = target.press();
    const waiting = target.send(press);
    await struck;
    target.expect({ label: 'Denied', submissions: 0 });
    assert.match((await target.send(target.press('deny', sam))).text, /Denied/);
    await waiting;
    sandbox.faults.reset();

    const answers = await Promise.all(Array.from({ length: 10 }, () => target.send(press)));

    assert.ok(answers.every(({ text }) => text.includes('decided already') || text.includes('Denied')));
  });
});
