import { createHash } from 'node:crypto';

/** What a person sees after, or instead of, a sign-in. Plain text; escaped where it becomes HTML. */
export interface Page {
  readonly status: 200 | 400 | 404 | 503;
  readonly tone: 'done' | 'not-done';
  readonly title: string;
  readonly lines: readonly string[];
}

const style = `
:root { color-scheme: light dark; --ground: #f5f5f5; --sheet: #fff; --ink: #242424; --line: #d1d1d1; --done: #0e700e; --not: #b10e1c; }
@media (prefers-color-scheme: dark) { :root { --ground: #1f1f1f; --sheet: #292929; --ink: #fff; --line: #525252; --done: #54b054; --not: #f1707b; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; }
main { box-sizing: border-box; width: min(30rem, calc(100vw - 2rem)); margin: 1rem; padding: 1.5rem 2rem 2rem; background: var(--sheet); border: 1px solid var(--line); border-top: 6px solid var(--tone); border-radius: 8px; }
.done { --tone: var(--done); }
.not-done { --tone: var(--not); }
header { font-weight: 600; letter-spacing: .02em; }
h1 { margin: 1rem 0 .5rem; font-size: 1.5rem; line-height: 1.3; }
p { margin: .75rem 0 0; overflow-wrap: anywhere; }
@media (forced-colors: active) { main { border-color: CanvasText; } }
`;

/** No script, no picture, nothing from elsewhere, in nobody's frame; and the address, which holds a secret, goes nowhere. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
};

export function htmlOf({ tone, title, lines }: Page): string {
  const paragraphs = lines.map((line) => `<p>${escaped(line)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Cordon</title>
<style>${style}</style>
</head>
<body>
<main class="${tone}">
<header>Cordon</header>
<h1>${escaped(title)}</h1>
${paragraphs}
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
