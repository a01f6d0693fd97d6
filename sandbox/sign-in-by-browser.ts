import type { Person } from './world.ts';

/** Goes through the sign-in pages as a browser would; answers the six digits to type in the chat. */
export async function signInByBrowser(link: string, account: Person): Promise<string> {
  const choose = new URLSearchParams({ person: account.key });
  const first = await page(link, choose);
  const code = codeOf(first);
  if (code !== undefined) return code;
  choose.set('consent', 'yes');
  const afterConsent = codeOf(await page(link, choose));
  if (afterConsent === undefined) throw new Error('The sign-in page showed no code.');
  return afterConsent;
}

async function page(link: string, form: URLSearchParams): Promise<string> {
  const answer = await fetch(link, { method: 'POST', body: form, signal: AbortSignal.timeout(5_000) });
  return answer.text();
}

function codeOf(html: string): string | undefined {
  return /data-testid="code">(\d{6})</.exec(html)?.[1];
}
