import assert from 'node:assert/strict';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard, signIn, type } from './chat-page.ts';
import { capture, phone } from './chromium.ts';

describe('Two people in two browser windows', () => {
  const stage = setBrowserStage({ pace: 0.4 });

  it('restrict a device: one asks, the other signs in and approves, both see it succeed', async () => {
    const device = stage.sandbox.world.device('ws-finance-017');
    const reason = 'Opened the phishing attachment, beacon seen';
    const [riley, alex] = await Promise.all([stage.open('riley'), stage.open('alex')]);
    await riley.page.getByText('Hello Riley').waitFor();
    await capture(riley.page, '1-first-screen');

    await type(riley.page, `@Cordon /restrict ${device.id} ${reason}`);
    const [rileysCard, alexsCard] = [requestCard(riley.page, reason), requestCard(alex.page, reason)];
    await Promise.all([
      label(rileysCard, 'Awaiting approval').waitFor(),
      label(alexsCard, 'Awaiting approval').waitFor(),
    ]);
    await capture(alex.page, '2-awaiting-approval');

    await alexsCard.getByRole('textbox').fill('Agreed, contain it');
    await button(alexsCard, 'Approve').click();
    await alex.page.getByTestId('signin-link').waitFor();
    await capture(alex.page, '3-sign-in');
    assert.equal(await riley.page.getByTestId('signin-link').count(), 0, 'sign-in is for the clicker alone');

    const code = await signIn(alex.page, 'Alex Moreno');
    await alex.page.getByTestId('signin-code').fill(code);
    await alex.page.getByTestId('signin-submit').click();
    await Promise.all([label(rileysCard, 'Succeeded').waitFor(), label(alexsCard, 'Succeeded').waitFor()]);
    assert.equal(await button(alexsCard, 'Approve').count(), 0);

    const notice = riley.page.locator('article.bot').filter({ has: riley.page.locator('.mention') });
    await notice.waitFor();
    const mentioned = await notice.locator('.mention').allInnerTexts();
    assert.deepEqual(mentioned.toSorted(), ['Alex Moreno', 'Riley Chen']);
    await riley.page.getByTestId('toast').filter({ hasText: 'Succeeded' }).first().waitFor();
    // The README's picture is this one, with nothing over the card.
    await riley.page.evaluate(
      "document.querySelectorAll('[data-testid=toast]').forEach((one) => one.remove())",
    );
    await capture(riley.page, '4-succeeded');

    const dark = await stage.open('alex', { dark: true });
    await label(requestCard(dark.page, reason), 'Succeeded').waitFor();
    await capture(dark.page, '5-dark');
    const small = await stage.open('riley', { phone: true });
    await label(requestCard(small.page, reason), 'Succeeded').waitFor();
    await capture(small.page, '6-phone');
    const widest = await small.page.evaluate('document.body.scrollWidth');
    assert.ok(Number(widest) <= phone.width, 'nothing sticks out on a phone');

    const complaints = [riley, alex, dark, small].flatMap((window) => window.complaints);
    assert.deepEqual(complaints, []);
    await Promise.all([riley, alex, dark, small].map(({ context }) => context.close()));
  });

  it('tell a refusal of the own request to the person who pressed, and to nobody else', async () => {
    const device = stage.sandbox.world.device('ws-design-044');
    const reason = 'Macro started a shell';
    const [riley, alex] = await Promise.all([stage.open('riley'), stage.open('alex')]);
    await type(riley.page, `/restrict ${device.id} ${reason}`);
    const [rileysCard, alexsCard] = [requestCard(riley.page, reason), requestCard(alex.page, reason)];
    await label(alexsCard, 'Awaiting approval').waitFor();

    await button(rileysCard, 'Approve').click();
    const refusal = rileysCard.getByTestId('private');
    await refusal.getByText('own request').waitFor();
    await capture(riley.page, '7-private-refusal');
    assert.equal(await alex.page.getByTestId('private').count(), 0);
    await label(alexsCard, 'Awaiting approval').waitFor();
    await label(rileysCard, 'Awaiting approval').waitFor();
    await Promise.all([riley, alex].map(({ context }) => context.close()));
  });
});
