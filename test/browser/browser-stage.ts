import type { Browser } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Window, launchChromium, openWindow } from './chromium.ts';

export interface BrowserStage {
  readonly sandbox: Sandbox;
  /** The chat page as this person sees it, in a browser of their own. */
  open(person: string, options?: Parameters<typeof openWindow>[2]): Promise<Window>;
}

/** The sandbox with its chat page and a browser, for the tests of one file. */
export function setBrowserStage({ pace }: { readonly pace: number }): BrowserStage {
  let running: { readonly sandbox: Sandbox; readonly browser: Browser } | undefined;
  const current = () => {
    if (running === undefined) throw new Error('The browser runs only while tests do.');
    return running;
  };
  before(async function () {
    this.timeout(120_000);
    const settings = { TRACKING_INTERVAL_SECONDS: '1' };
    const [browser, sandbox] = await Promise.all([
      launchChromium(),
      startSandbox({ page: true, pace, settings }),
    ]);
    running = { browser, sandbox };
  });
  after(async () => {
    await running?.browser.close();
    await running?.sandbox.stop();
  });
  return {
    get sandbox() {
      return current().sandbox;
    },
    open: (person, options) => {
      const { browser, sandbox } = current();
      return openWindow(browser, `${sandbox.pageUrl ?? ''}/?as=${person}`, options);
    },
  };
}
