import assert from 'node:assert/strict';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard, signIn, type } from './chat-page.ts';
import { capture } from './chromium.ts';

describe('A device by its name in the browser', () => {
  const stage = setBrowserStage({ pace: 0.4 });

  it('that is there twice is chosen by the approver, who alone sees the list, and then restricted', async () => {
    const reason = 'Beacons every 60 s';
    const [riley, alex] = await Promise.all([stage.open('riley'), stage.open('alex')]);
    await type(riley.page, `@Cordon /restrict lt-sales-204 ${reason}`);
    const [rileysCard, alexsCard] = [requestCard(riley.page, reason), requestCard(alex.page, reason)];
    await label(alexsCard, 'Awaiting approval').waitFor();
    await alexsCard.getByText('as typed').waitFor();
    await capture(alex.page, 'devices-1-as-typed');

    await button(alexsCard, 'Approve').click();
    const code = await signIn(alex.page, 'Alex Moreno');
    await alex.page.getByTestId('signin-code').fill(code);
    await alex.page.getByTestId('signin-submit').click();
    const choice = alex.page.locator('article.bot').filter({ hasText: 'Nothing is approved yet' });
    await choice.waitFor();
    await capture(alex.page, 'devices-2-choice');
    assert.equal(await riley.page.getByText('Nothing is approved yet').count(), 0);
    await label(rileysCard, 'Awaiting approval').waitFor();

    await choice.getByRole('radio').first().check();
    await button(choice, 'Approve for this device').click();

    await Promise.all([label(rileysCard, 'Succeeded').waitFor(), label(alexsCard, 'Succeeded').waitFor()]);
    await rileysCard.getByText('lt-sales-204.contoso.example').first().waitFor();
    assert.equal(stage.sandbox.defender.submissions().length, 1);
    assert.deepEqual(
      [riley, alex].flatMap((window) => window.complaints),
      [],
    );
    await Promise.all([riley, alex].map(({ context }) => context.close()));
  });
});
