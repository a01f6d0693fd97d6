import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText, urlOf } from './http.ts';
import type { SignIns, SignInSession } from './sign-ins.ts';
import type { Person } from './world.ts';
import { people } from './world.ts';

/**
 * What a browser shows behind the sign-in link: choose an account, consent once, read six digits. Any account
 * may be chosen, as in a real browser with several of them: the bot must notice a stranger's.
 */
export function createSignInPages(signIns: SignIns): (req: IncomingMessage, res: ServerResponse) => boolean {
  const consented = new Set<string>();
  return (req, res) => {
    const url = urlOf(req);
    if (url.pathname !== '/signin') return false;
    void (async () => {
      const form = new URLSearchParams(req.method === 'POST' ? await readText(req).catch(() => '') : '');
      const session = signIns.session(url.searchParams.get('session') ?? '');
      if (session === undefined) {
        sendPage(res, 404, {
          title: 'Link not known',
          body: '<p>This sign-in link is not known, or from an earlier start.</p>',
        });
        return;
      }
      const person = people.find(({ key }) => key === form.get('person'));
      if (person === undefined) {
        sendPage(res, 200, { title: 'Sign in', body: accountPage(session) });
        return;
      }
      if (form.get('consent') === 'yes') consented.add(person.key);
      if (!consented.has(person.key)) {
        sendPage(res, 200, { title: 'Permissions requested', body: consentPage(session, person) });
        return;
      }
      sendPage(res, 200, { title: 'Almost done', body: codePage(signIns.complete(session, person), person) });
    })();
    return true;
  };
}

function accountPage(session: SignInSession): string {
  const own = people.find(({ teamsId }) => teamsId === session.teamsId);
  const sorted = [...people].sort((a, b) => Number(b === own) - Number(a === own));
  return `<p>Pick an account to continue to <b>Cordon</b>.</p>${sorted.map((person) => accountButton(`/signin?session=${session.id}`, person)).join('')}`;
}

function accountButton(action: string, person: Person): string {
  const initials = person.name
    .split(' ')
    .map((part) => part.charAt(0))
    .join('');
  return `<form method="post" action="${action}">
    <button class="account" name="person" value="${person.key}"><i aria-hidden="true">${initials}</i>
    <span><b>Sign in as ${escaped(person.name)}</b><br><small>${escaped(person.upn)}</small></span></button></form>`;
}

function consentPage(session: SignInSession, person: Person): string {
  return `<p>${escaped(person.upn)}</p><p><b>Cordon</b> would like to:</p>
    <ul><li>know who you are (access_as_user)</li></ul>
    <p><small>What it may do in Defender was consented to by an administrator and is limited by your own rights.</small></p>
    <form method="post" action="/signin?session=${session.id}"><input type="hidden" name="person" value="${person.key}">
    <button class="primary" name="consent" value="yes">Accept</button></form>`;
}

function codePage(code: string, person: Person): string {
  return `<p>Signed in as <b>${escaped(person.name)}</b>. Type this code in the chat, then close this page.</p>
    <p class="code" data-testid="code">${code}</p>`;
}

/** Every account of the sandbox, as a browser with several of them shows it. */
export function accountButtons(action: string): string {
  return `<p>Pick an account to continue to <b>Cordon</b>.</p>${people.map((person) => accountButton(action, person)).join('')}`;
}

/** `goesTo` is the origin to which a form of the page may lead in the end. */
export function sendPage(
  res: ServerResponse,
  status: number,
  { title, body, goesTo = '' }: { title: string; body: string; goesTo?: string },
): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${goesTo}`,
    'referrer-policy': 'no-referrer',
  });
  res.end(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · sandbox</title><style>${style}</style>
</head><body><main><p class="brand">Simulated Microsoft Entra</p><h1>${title}</h1>${body}</main></body></html>`);
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root{color-scheme:light dark;--back:#f3f2f1;--sheet:#fff;--ink:#1b1a19;--line:#d2d0ce;--blue:#0f6cbd}
@media(prefers-color-scheme:dark){:root{--back:#1f1f1f;--sheet:#292929;--ink:#fff;--line:#484644;--blue:#479ef5}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--ink);
font:15px/1.5 "Segoe UI",system-ui,sans-serif}
main{background:var(--sheet);padding:36px 44px;width:min(440px,100vw);box-sizing:border-box;box-shadow:0 2px 8px #0003}
h1{font-size:24px;font-weight:600;margin:0 0 8px}.brand{color:var(--blue);margin:0 0 16px;font-weight:600}
button{font:inherit;color:inherit;cursor:pointer}
.account{display:flex;gap:14px;align-items:center;width:100%;text-align:left;padding:10px;background:none;border:0;
border-bottom:1px solid var(--line)}.account:hover,.account:focus-visible{background:var(--back)}
.account i{font-style:normal;display:grid;place-items:center;width:38px;height:38px;border-radius:50%;background:#5b5fc7;color:#fff}
.primary{background:#0f6cbd;color:#fff;border:0;padding:8px 28px}.secondary{background:none;border:1px solid var(--line);padding:7px 20px}
.code{font:600 40px/1.2 ui-monospace,monospace;letter-spacing:8px;text-align:center;user-select:all}`;
