import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { setBrowserStage } from './browser-stage.ts';
import { button, label, requestCard } from './chat-page.ts';
import { capture } from './chromium.ts';

describe('The menu that a slash opens, in a browser', () => {
  const stage = setBrowserStage({ pace: 0.2 });

  it('sends a command that nobody else sees, and a request that everybody does', async () => {
    const reason = 'Beacon seen from the menu';
    const device = addressBook.device('ws-finance-017');
    const [riley, alex] = await Promise.all(['riley', 'alex'].map((person) => stage.open(person)));
    assert.ok(riley && alex);
    const { page } = riley;

    await page.getByTestId('composer').pressSequentially('/re');
    await page.getByTestId('slash-restrict').waitFor();
    assert.equal(await page.getByTestId('slash-help').isVisible(), false);
    await capture(page, '13-slash-menu');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByTestId('alone').waitFor();
    await page.getByTestId('composer').pressSequentially(`${device.id} ${reason}`);
    await page.getByTestId('send').click();

    const answer = page.locator('article.bot').filter({ hasText: 'Your request is recorded' });
    await answer.getByTestId('only-you').waitFor();
    const [mine, theirs] = [requestCard(page, reason), requestCard(alex.page, reason)];
    await Promise.all([mine.waitFor(), theirs.waitFor()]);
    assert.equal(await page.getByTestId('alone').isVisible(), false);
    await capture(page, '14-slash-asked');
    assert.equal(await theirs.getByTestId('only-you').count(), 0);
    assert.equal(await alex.page.getByText('Your request is recorded').count(), 0);
    assert.equal(await alex.page.getByText(`/restrict ${device.id} ${reason}`).count(), 0);

    await button(mine, 'Cancel request').click();
    await label(theirs, 'Withdrawn').waitFor();
    await page.reload();
    await page.getByText('Your request is recorded').waitFor();
    await alex.page.reload();
    await requestCard(alex.page, reason).waitFor();
    assert.equal(await alex.page.getByText('Your request is recorded').count(), 0);

    assert.deepEqual([...riley.complaints, ...alex.complaints], []);
    await Promise.all([riley, alex].map(({ context }) => context.close()));
  });

  it('is no duty: what is typed on goes to everybody, with the mention', async () => {
    const { page, complaints, context } = await stage.open('riley');

    await page.getByTestId('composer').pressSequentially('/');
    await page.getByTestId('slash-help').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByTestId('slash-help').isVisible(), false);
    await page.getByTestId('composer').pressSequentially('status #4711');
    await page.keyboard.press('Enter');

    const answer = page.locator('article.bot').filter({ hasText: 'no request #4711' });
    await answer.waitFor();
    assert.equal(await answer.getByTestId('only-you').count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
