import type { Person } from './world.ts';

/** What a browser sees at the end of a way through Cordon's own sign-in page. */
export interface Arrival {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Follows the link as a browser would, up to Entra's answer: the address that leads back to Cordon. */
export async function signInForStepUp(link: string, account: Person | 'cancel'): Promise<string> {
  const start = await visit(link);
  const authorize = start.headers.get('location');
  if (authorize === null) throw new Error(`The link did not lead to Entra: ${start.status}.`);
  const form = account === 'cancel' ? { cancel: 'yes' } : { person: account.key, factor: 'approved' };
  const signedIn = await visit(authorize, new URLSearchParams(form));
  const callback = signedIn.headers.get('location');
  if (callback === null) throw new Error(`Entra did not lead back: ${signedIn.status}.`);
  return callback;
}

export async function stepUpByBrowser(link: string, account: Person | 'cancel'): Promise<Arrival> {
  return visit(await signInForStepUp(link, account));
}

/** One address, without following where it leads. */
export async function visit(address: string, form?: URLSearchParams): Promise<Arrival> {
  const answer = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
