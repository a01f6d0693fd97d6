import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Port, openPlainPort, sendJson, urlOf } from '../../sandbox/http.ts';
import { servePageFile } from '../../sandbox/page-files.ts';

const folder = join(import.meta.dirname, '..', 'golden', 'cards');

/** Letters that are the same on every machine; Segoe UI is on none of those that run this. */
const page = `<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cordon: every card</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/colours.css">
<link rel="stylesheet" href="/card.css">
<link rel="stylesheet" href="/gallery.css">
<style>:root { --font: 'Liberation Sans', 'DejaVu Sans', 'Droid Sans Fallback', sans-serif; --font-mono: 'Liberation Mono', monospace; } *, *::before, *::after { box-sizing: border-box; }</style>
<script src="/vendor/adaptivecards.js" defer></script>
<script src="/gallery.ts" type="module"></script>
</head>
<body></body>
</html>
`;

interface NamedCard {
  readonly name: string;
  readonly card: unknown;
}

/** The cards as the product draws them for each state, which other tests keep equal to these files. */
export async function goldenCards(): Promise<NamedCard[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted();
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.json'),
      card: JSON.parse(await readFile(join(folder, file), 'utf8')) as unknown,
    })),
  );
}

/** Serves the gallery on loopback, at the wanted port or a free one. */
export async function openGallery(wanted = 0): Promise<Port> {
  const port = await openPlainPort(wanted);
  port.serve((req, res) => {
    const { pathname } = urlOf(req);
    if (pathname === '/') {
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      res.end(page);
    } else if (pathname === '/cards.json') {
      void goldenCards().then((body) => sendJson(res, { status: 200, body }));
    } else void servePageFile(pathname, res);
  });
  return port;
}
