import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Conversation } from '../../sandbox/world.ts';
import { askForExtraStep } from '../support/extra-step.ts';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard, signIn, type } from './chat-page.ts';
import { type Window, capture } from './chromium.ts';

const alex = addressBook.person('alex');
const channel = addressBook.conversation('INC-2481');
const groupChat = addressBook.conversation('Night shift');

describe('Signing in, in a browser', () => {
  const stage = setBrowserStage({ pace: 0.2 });
  const windows: Window[] = [];
  beforeEach(() => {
    for (const person of addressBook.people) stage.sandbox.tokenService.signOut(person);
  });
  afterEach(async () => {
    stage.sandbox.faults.reset();
    stage.sandbox.defender.reset();
    const complaints = windows.flatMap((window) => window.complaints);
    await Promise.all(windows.splice(0).map(({ context }) => context.close()));
    assert.deepEqual(complaints, []);
  });

  async function open(person: string, where: Conversation, look: { phone?: boolean } = {}): Promise<Page> {
    const window = await stage.open(person, look);
    windows.push(window);
    await window.page.locator(`button.conversation[data-conversation="${where.id}"]`).click();
    return window.page;
  }

  /** Riley asks, Alex presses Approve; the card as Alex sees it. */
  async function approvedBy(page: Page, where: Conversation, reason: string) {
    const device = stage.sandbox.world.device('ws-finance-017');
    await stage.sandbox.teams.say(addressBook.person('riley'), where, `/restrict ${device.id} ${reason}`);
    const card = requestCard(page, reason);
    await label(card, 'Awaiting approval').waitFor();
    await button(card, 'Approve').click();
    return card;
  }

  /** Follows the link to Cordon's own page, through Entra, as that account; the page at the end. */
  async function stepUp(page: Page, name: string): Promise<Page> {
    const [tab] = await Promise.all([page.waitForEvent('popup'), page.getByTestId('signin-link').click()]);
    await tab.getByRole('button', { name: `Sign in as ${name}` }).click();
    await tab.getByRole('button', { name: 'Approve in Authenticator' }).click();
    await tab.getByRole('heading').waitFor();
    return tab;
  }

  it('takes button and code in a channel, and the click goes on by itself', async () => {
    const page = await open('alex', channel);
    const card = await approvedBy(page, channel, 'Seen in the channel');

    await page.getByTestId('signin-code').fill(await signIn(page, 'Alex Moreno'));
    await page.getByTestId('signin-submit').click();

    await label(card, 'Succeeded').waitFor();
  });

  it('is silent in a group chat', async () => {
    const page = await open('alex', groupChat);
    const card = await approvedBy(page, groupChat, 'Seen in the group');

    await label(card, 'Succeeded').waitFor();
    assert.equal(await page.getByTestId('signin-link').count(), 0);
  });

  it('is silent in the personal chat', async () => {
    const page = await open('alex', addressBook.chat(alex));
    await type(page, '/whoami');
    const card = page.locator('article.bot').filter({ hasText: 'Who am I?' }).last();

    await button(card, 'Show me').click();

    await page.getByText('the same account as in Teams').waitFor();
    await capture(page, '10-whoami');
    assert.equal(await page.getByTestId('signin-link').count(), 0);
  });

  for (const where of [channel, groupChat]) {
    it(`leads to Cordon’s own page for an extra step (${where.kind}), and the click goes on by itself`, async () => {
      stage.sandbox.tokenService.signIn(alex);
      const enough = askForExtraStep(stage.sandbox, alex);
      const page = await open('alex', where);
      const card = await approvedBy(page, where, `An extra step in the ${where.kind}`);

      const tab = await stepUp(page, 'Alex Moreno');

      assert.match(await tab.getByRole('heading').innerText(), /Your approval of #\d+ counts/);
      await capture(tab, `8-step-up-${where.kind}`);
      enough();
      await label(card, 'Succeeded').waitFor();
    });
  }

  it('shows who somebody is after an extra step in the personal chat', async () => {
    stage.sandbox.tokenService.signIn(alex);
    askForExtraStep(stage.sandbox, alex);
    const page = await open('alex', addressBook.chat(alex));
    await type(page, '/whoami');
    await button(page.locator('article.bot').filter({ hasText: 'Who am I?' }).last(), 'Show me').click();

    const tab = await stepUp(page, 'Alex Moreno');

    assert.equal(await tab.getByRole('heading').innerText(), 'You are signed in');
  });

  it('refuses another account on Cordon’s own page, in words that fit a phone', async () => {
    stage.sandbox.tokenService.signIn(alex);
    askForExtraStep(stage.sandbox, alex);
    const page = await open('alex', groupChat);
    const card = await approvedBy(page, groupChat, 'Another account');

    const tab = await stepUp(page, 'Priya Nair');

    assert.equal(await tab.getByRole('heading').innerText(), 'That was another account');
    await tab.setViewportSize({ width: 360, height: 740 });
    await capture(tab, '9-another-account');
    assert.ok(Number(await tab.evaluate('document.body.scrollWidth')) <= 360);
    await label(card, 'Awaiting approval').waitFor();
    assert.equal(stage.sandbox.defender.submissions().length, 0);
  });
});
