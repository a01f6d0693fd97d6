import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard, signIn, type } from './chat-page.ts';
import { type Window, capture } from './chromium.ts';

/** A whole shift, each command typed at least once (`/approve` in words has a test of its own), no portal opened. */
describe('A shift in the browser', () => {
  const stage = setBrowserStage({ pace: 0.2 });
  let riley: Window;
  let alex: Window;
  before(async () => {
    const scopes = ['Machine.Read', 'Machine.RestrictExecution', 'Alert.Read', 'User.Read.All'];
    for (const { key } of stage.sandbox.world.people) stage.sandbox.entra.setGrants(key, scopes);
    [riley, alex] = await Promise.all([stage.open('riley'), stage.open('alex')]);
  });
  after(async () => {
    await Promise.all([riley, alex].map(({ context }) => context.close()));
  });

  const say = (who: Window, command: string): Promise<void> => type(who.page, `@Cordon ${command}`);
  const answer = (who: Window, text: string | RegExp): Locator =>
    who.page.locator('article.bot').filter({ hasText: text }).last();

  async function ask(command: string, reason: string): Promise<{ card: Locator; number: string }> {
    await say(riley, `${command} ${reason}`);
    const card = requestCard(alex.page, reason).first();
    await label(card, 'Awaiting approval').waitFor();
    return { card, number: /#\d+/.exec(await card.innerText())?.[0] ?? assert.fail() };
  }

  async function giveCode(who: Window, name: string): Promise<void> {
    await who.page.getByTestId('signin-code').fill(await signIn(who.page, name));
    await who.page.getByTestId('signin-submit').click();
  }

  it('begins with /help, and with /whoami for oneself alone', async () => {
    await say(riley, '/help');
    await answer(riley, 'Lists what awaits approval here').waitFor();
    await say(riley, '/help restirct');
    await answer(riley, 'Did you mean').waitFor();
    await capture(riley.page, 'shift-1-help');

    await say(riley, '/whoami');
    await button(answer(riley, 'sent /whoami'), 'Show me').click();
    await giveCode(riley, 'Riley Chen');
    await answer(riley, 'Who you are to Cordon').getByText('Machine.RestrictExecution').first().waitFor();
    assert.equal(await alex.page.getByText('Who you are to Cordon').count(), 0);
  });

  it('asks by name for some hours, is followed in lists, extended, and released', async () => {
    const { card, number } = await ask('/restrict ws-finance-017 for 4h', 'Opened the phishing mail');
    await card.getByText('Beacon to a known command-and-control address').waitFor();
    await card.getByText('Approving also approves its end').waitFor();
    await say(riley, '/pending');
    await answer(riley, '1 awaits approval').getByText('ws-finance-017').first().waitFor();
    await say(riley, `/status ${number}`);
    await answer(riley, 'Opened the phishing mail').waitFor();

    await button(card, 'Approve').click();
    await giveCode(alex, 'Alex Moreno');
    await label(card, 'Succeeded').waitFor();
    await say(riley, '/active');
    await answer(riley, '1 restriction asked for here is in force').waitFor();
    await capture(riley.page, 'shift-2-active');

    await card.getByLabel('Extend to so long from now').fill('6h');
    await button(card, 'Extend').click();
    await card.getByText('Extended by').first().waitFor();
    await capture(alex.page, 'shift-3-extended');
    await button(card, 'Release').click();
    await card
      .getByText(/^Released by/)
      .first()
      .waitFor();
    await say(riley, '/history ws-finance-017');
    await answer(riley, '2 requests were made here').waitFor();
  });

  it('lifts by a request of its own, which shows what came since', async () => {
    const restriction = await ask('/restrict srv-files-01', 'Files are renamed');
    await button(restriction.card, 'Approve').click();
    await label(restriction.card, 'Succeeded').waitFor();

    const lift = await ask('/unrestrict srv-files-01', 'Cleaned and verified');
    await lift.card.getByText('since then').waitFor();
    await lift.card.getByText('antivirus scan').waitFor();
    await capture(alex.page, 'shift-4-lift');
    await button(lift.card, 'Approve').click();
    await label(lift.card, 'Succeeded').waitFor();
  });

  it('takes back what was wrong, and denies in words', async () => {
    const wrong = await ask('/restrict ws-design-044', 'Typed too fast');
    await say(riley, `/cancel ${wrong.number} Wrong device`);
    await label(wrong.card, 'Withdrawn').waitFor();
    const other = await ask('/restrict ws-design-044', 'Macro started a shell');
    await say(alex, `/deny ${other.number} A drill, call me first`);
    await label(other.card, 'Denied').waitFor();
  });

  it('ends with the handover, the report, and a sign-out', async () => {
    await say(riley, '/digest');
    await answer(riley, 'Handover of this conversation').waitFor();
    await say(riley, '/digest at 06:00, 18:00');
    await answer(riley, 'every day at 06:00 and 18:00 UTC').waitFor();
    await say(riley, '/digest off');
    await say(riley, '/report 24h');
    await answer(riley, 'In this conversation from').waitFor();
    await capture(riley.page, 'shift-5-report');

    await say(riley, '/signout');
    await button(answer(riley, 'sent /signout'), 'Sign out').click();
    await answer(riley, 'signed out').waitFor();
    assert.deepEqual([...riley.complaints, ...alex.complaints], []);
  });
});
