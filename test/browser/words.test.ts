import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard, signIn, type } from './chat-page.ts';
import { capture } from './chromium.ts';

describe('Deciding in words, in a browser', () => {
  const stage = setBrowserStage({ pace: 0.2 });

  it('is typed, pressed and signed in for; the others see no more than the neutral card', async () => {
    const reason = 'Opened the phishing attachment';
    const [alex, priya] = await Promise.all(['alex', 'priya'].map((person) => stage.open(person)));
    assert.ok(alex && priya);
    const device = stage.sandbox.world.device('ws-finance-017');
    const incident = addressBook.conversation('INC-2481');
    await stage.sandbox.teams.say(addressBook.person('riley'), incident, `/restrict ${device.id} ${reason}`);
    const card = alex.page.locator('article.bot').filter({ hasText: 'Awaiting approval' });
    await card.waitFor();
    const number = /#\d+/.exec(await card.innerText())?.[0] ?? '';

    await type(alex.page, `@Cordon /aprove ${number}`);
    await alex.page.getByText('Did you mean /approve?').waitFor();
    await type(alex.page, `@Cordon /approve ${number} Agreed`);
    const asked = (page: typeof alex.page) =>
      page.locator('article.bot').filter({ hasText: `sent /approve ${number}.` });
    await Promise.all([asked(alex.page).waitFor(), asked(priya.page).waitFor()]);
    await capture(alex.page, '11-approve-in-words');

    await button(asked(priya.page), `Approve ${number}`).click();
    await asked(priya.page).getByText('approves for nobody but them').waitFor();
    await button(asked(alex.page), `Approve ${number}`).click();
    await alex.page.getByTestId('signin-code').fill(await signIn(alex.page, 'Alex Moreno'));
    await alex.page.getByTestId('signin-submit').click();

    const answer = alex.page.locator('article.bot').filter({ hasText: `Your /approve ${number}` });
    await answer.getByText('Cordon now hands the action to Defender').waitFor();
    assert.equal(await answer.getByRole('button', { name: `Approve ${number}` }).count(), 0);
    const cards = requestCard(alex.page, reason);
    await label(cards.first(), 'Succeeded').waitFor();
    await capture(alex.page, '12-approved-in-words');
    assert.equal(await button(asked(priya.page), `Approve ${number}`).count(), 1);
    assert.equal(await priya.page.getByText('Cordon now hands the action to Defender').count(), 0);

    assert.deepEqual([...alex.complaints, ...priya.complaints], []);
    await Promise.all([alex, priya].map(({ context }) => context.close()));
  });
});
