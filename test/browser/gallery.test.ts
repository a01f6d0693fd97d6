import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { compareWithGolden, small, writePicture } from '../gallery/pictures.ts';
import { goldenCards, openGallery } from '../gallery/server.ts';
import { launchChromium } from './chromium.ts';

const golden = join(import.meta.dirname, '..', 'golden', 'pictures');
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const cards = await goldenCards();

describe('every card in every state, in light, dark and high contrast, on a phone and a desktop', () => {
  let browser: Browser;
  let page: Page;
  let close: () => Promise<void>;
  const complaints: string[] = [];

  before(async () => {
    const gallery = await openGallery();
    close = () => gallery.close();
    browser = await launchChromium();
    page = await browser.newPage({
      viewport: { width: 1200, height: 900 },
      deviceScaleFactor: 0.5,
      reducedMotion: 'reduce',
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(gallery.origin);
    await page.locator(`body[data-drawn="${cards.length}"]`).waitFor();
  });

  after(async () => {
    await browser.close();
    await close();
  });

  /** Alone on the page: a picture of a part of a long one takes seconds. Answers whether all of it is within its cards. */
  function show(name: string): Promise<unknown> {
    return page.evaluate(`
      for (const each of document.querySelectorAll('[data-card]'))
        each.style.display = each.dataset.card === ${JSON.stringify(name)} ? '' : 'none';
      [...document.querySelectorAll('.row .card')].every((card) => card.scrollWidth <= card.clientWidth);`);
  }

  for (const { name } of cards) {
    it(`${name} looks as reviewed`, async () => {
      assert.equal(await show(name), true, 'something is cut off or runs over the edge of a card');
      const picture = await page.locator(`[data-card="${name}"]`).screenshot();
      const file = join(golden, `${name}.png`);
      if (isUpdate) await writePicture(file, small(picture));
      assert.equal(await compareWithGolden(name, picture, file), undefined);
    });
  }

  it('the renderer complains about none of them', () => {
    assert.deepEqual(complaints, []);
  });
});
