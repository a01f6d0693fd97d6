import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const screenshots = join(import.meta.dirname, '..', '..', 'screenshots');

/** A 2-core machine that also runs the bot needs seconds for what is instant on a laptop. */
const waitMs = 30_000;

const desktop = { width: 1360, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Window {
  readonly page: Page;
  /** Of this window; also sees the sign-in page that a link opens. */
  readonly context: BrowserContext;
  /** What the page's own scripts complained about. */
  readonly complaints: readonly string[];
}

export async function launchChromium(): Promise<Browser> {
  await mkdir(screenshots, { recursive: true });
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      // Letters in shades of one colour, and the same ones on every machine.
      '--disable-lcd-text',
      '--font-render-hinting=none',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser of their own for each person: nothing is shared, as between two machines. */
export async function openWindow(
  browser: Browser,
  address: string,
  options: { readonly phone?: boolean; readonly dark?: boolean } = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: options.phone === true ? phone : desktop,
    colorScheme: options.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(waitMs);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(address);
  return { page, context, complaints };
}

export async function capture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
