import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthorizationCodes, AuthorizationRequest } from './authorization-codes.ts';
import { readText, urlOf } from './http.ts';
import { accountButtons, escaped, sendPage } from './sign-in-pages.ts';
import { people } from './world.ts';

const path = /^\/([0-9a-f-]{36})\/oauth2\/v2\.0\/authorize$/;

/**
 * Entra's own sign-in of a person in a browser. On the plain-http side of the sandbox: a browser would warn of the
 * throwaway authority, and nothing secret passes here that the page's address does not hold.
 */
export function createAuthorizePages(
  codes: AuthorizationCodes,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    const url = urlOf(req);
    const tenant = path.exec(url.pathname)?.[1];
    if (tenant === undefined) return false;
    const request = codes.read(tenant, url.searchParams);
    if (request === undefined) {
      sendPage(res, 400, { title: 'Sorry, but we’re having trouble signing you in', body: wrongRequest });
      return true;
    }
    void readText(req)
      .catch(() => '')
      .then((body) => answer(codes, request, { form: new URLSearchParams(body), here: url, res }));
    return true;
  };
}

/** Nobody is sent to an address that is not registered. */
const wrongRequest =
  '<p>AADSTS50011: The redirect URI or the application of this request is not registered.</p>';

interface Visit {
  readonly form: URLSearchParams;
  readonly here: URL;
  readonly res: ServerResponse;
}

function answer(codes: AuthorizationCodes, request: AuthorizationRequest, { form, here, res }: Visit): void {
  const back = (result: Record<string, string>): void => {
    const target = new URL(request.redirectUri);
    target.search = new URLSearchParams({ ...result, state: request.state }).toString();
    // Not in a chain: where a test has loaded restify, `writeHead` is restify's and answers nothing.
    res.writeHead(303, { location: target.href, 'cache-control': 'no-store' });
    res.end();
  };
  const action = escaped(`${here.pathname}${here.search}`);
  const goesTo = new URL(request.redirectUri).origin;
  const person = people.find(({ key }) => key === form.get('person'));
  if (form.get('cancel') === 'yes') {
    back({ error: 'access_denied', error_description: 'AADSTS65004: User declined to consent.' });
  } else if (person === undefined) {
    sendPage(res, 200, { title: 'Pick an account', body: accountButtons(action), goesTo });
  } else if (request.extraStep && form.get('factor') !== 'approved') {
    const body = factorPage(action, person.key, person.upn);
    sendPage(res, 200, { title: 'Approve sign-in request', body, goesTo });
  } else {
    back({ code: codes.issue(request, person), session_state: '00000000-0000-4000-8000-000000000000' });
  }
}

function factorPage(action: string, key: string, upn: string): string {
  return `<p>${escaped(upn)}</p><p>Your organisation asks for one more step: open your Authenticator app and approve.</p>
    <form method="post" action="${action}"><input type="hidden" name="person" value="${key}">
    <button class="primary" name="factor" value="approved">Approve in Authenticator</button>
    <button class="secondary" name="cancel" value="yes">Cancel</button></form>`;
}
