import type { Locator, Page } from 'playwright-core';

/** The chat page as a person uses it: by what stands on it. */

/** The request's card, found by words of its reason: its label and buttons change. */
export function requestCard(page: Page, reason: string): Locator {
  return page.locator('article.bot').filter({ has: page.locator('.card'), hasText: reason });
}

export function label(card: Locator, text: string): Locator {
  return card.locator('.card').getByText(text, { exact: true });
}

export function button(card: Locator, title: string): Locator {
  return card.getByRole('button', { name: title, exact: true });
}

export async function type(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer').pressSequentially(text);
  await page.getByTestId('send').click();
}

/** Follows the sign-in link in its new tab, as that person, and answers the six digits that it shows. */
export async function signIn(page: Page, name: string): Promise<string> {
  const [tab] = await Promise.all([page.waitForEvent('popup'), page.getByTestId('signin-link').click()]);
  await tab.getByRole('button', { name: `Sign in as ${name}` }).click();
  await tab.getByRole('button', { name: 'Accept' }).click();
  const code = await tab.getByTestId('code').innerText();
  await tab.close();
  return code.trim();
}
