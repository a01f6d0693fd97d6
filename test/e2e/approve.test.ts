import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardTexts } from '../../sandbox/card-reading.ts';
import { signInByBrowser } from '../../sandbox/sign-in-by-browser.ts';
import { told } from './play.ts';
import { alex, incident, nightShift, priya, riley, setStage } from './stage.ts';

describe('A request that is approved', () => {
  const stage = setStage({ signedIn: [] });

  it('restricts the device after a sign-in by six digits in a channel, and tells both people', async () => {
    const asked = await stage.ask({ reason: 'Opened the phishing attachment' });
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.match(stage.text(asked), /Opened the phishing attachment/);

    const first = await stage.press(alex, asked, 'approve', { comment: 'Agreed' });
    assert.ok(first.login, 'a channel has no silent sign-in');
    const code = await signInByBrowser(first.login.link, alex);
    const answer = await stage.press(alex, asked, 'approve', { comment: 'Agreed', code });

    assert.equal(answer.statusCode, 200);
    assert.match(told(answer), /Approved/);
    await stage.until(asked, 'Succeeded');
    const [sent, ...more] = stage.submissions(asked);
    assert.equal(more.length, 0);
    assert.equal(sent?.by, alex.upn);
    assert.equal(sent.action, 'RestrictCodeExecution');
    assert.match(stage.text(asked), new RegExp(sent.actionId ?? '-'));
    const { mentions = [] } = await stage.outcome(asked, /Succeeded/);
    assert.deepEqual(new Set(mentions.map(({ id }) => id)), new Set([riley.teamsId, alex.teamsId]));
    assert.deepEqual(stage.verbs(asked), []);
  });

  it('goes on after the sign-in even when the bot was started anew in between', async function () {
    this.timeout(90_000);
    const asked = await stage.ask({ device: 'ws-design-044' });
    const first = await stage.press(alex, asked, 'approve');
    const code = await signInByBrowser(first.login?.link ?? '', alex);
    await stage.sandbox.bot.restart();

    const answer = await stage.press(alex, asked, 'approve', { code });

    assert.match(told(answer), /Approved/);
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('needs no code in a group chat, where Teams exchanges a token silently', async () => {
    const asked = await stage.ask({ where: nightShift, device: 'ws-reception-02' });
    const answer = await stage.press(priya, asked, 'approve');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.login, undefined);
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked)[0]?.by, priya.upn);
  });

  it('lifts a restriction by a request of its own', async () => {
    stage.sandbox.tokenService.signIn(alex);
    const asked = await stage.ask({ action: 'unrestrict', device: 'ws-reception-02', reason: 'Clean again' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked)[0]?.action, 'UnrestrictCodeExecution');
  });

  it('cannot be approved in a personal chat, which shows what to send in the incident channel', async () => {
    const asked = await stage.ask({ where: addressBook.chat(riley), reason: 'Odd process' });
    assert.match(stage.text(asked), /Nobody can approve in this chat/);
    assert.match(stage.text(asked), new RegExp(`@Cordon /restrict ${asked.device.id} Odd process`));
    assert.ok(!stage.verbs(asked).includes('approve'));
    const forged = await stage.pressAnyway(riley, asked, 'approve');
    assert.equal(forged.statusCode, 200);
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  it('refuses a sign-in that was completed as somebody else, and asks again', async () => {
    const asked = await stage.ask();
    const first = await stage.press(alex, asked, 'approve');
    assert.ok(first.login);
    const code = await signInByBrowser(first.login.link, priya);
    const answer = await stage.press(alex, asked, 'approve', { code });
    assert.match(told(answer), /another account/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.ok((await stage.press(alex, asked, 'approve')).login, 'the wrong sign-in is forgotten');
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('refuses a wrong code without recording anything', async () => {
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    for (const code of ['000000', '12345', 'abcdef', '1234567']) {
      const answer = await stage.press(alex, asked, 'approve', { code });
      assert.equal(answer.statusCode, 401, code);
      assert.match(answer.type, /incorrectAuthCode/);
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.doesNotMatch(stage.text(asked), /pressed Approve/);
  });

  it('shows its card in the thread of the command, with a summary for the toast', async () => {
    const asked = await stage.ask({ reason: 'Thread check' });
    const card = stage.card(asked);
    assert.equal(card.threadId, asked.threadId);
    assert.equal(card.conversationId, incident.id);
    assert.ok((card.summary ?? '').length > 0);
    assert.match(cardTexts(card.card ?? {}).join('\n'), /#\d+/);
  });
});
