import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'page');
const renderer = join(import.meta.dirname, '..', 'node_modules/adaptivecards/dist/adaptivecards.min.js');

/** Flat names only: nothing outside of the folder can be asked for. */
const fileName = /^\/([a-z0-9-]+)\.(css|ts|svg)$/;

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

/** Serves the chat page as it lies in the folder; TypeScript loses its types on the way, as in Node itself. */
export async function servePageFile(path: string, res: ServerResponse): Promise<void> {
  const file = await read(path).catch(() => undefined);
  if (file === undefined) {
    res.writeHead(404, { 'content-type': 'text/plain' });
    res.end('There is no such page.');
    return;
  }
  res.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' });
  res.end(file.text);
}

async function read(path: string): Promise<{ type: string; text: string } | undefined> {
  if (path === '/') return { type: types.html, text: await readFile(join(folder, 'index.html'), 'utf8') };
  if (path === '/vendor/adaptivecards.js') return { type: types.ts, text: await readFile(renderer, 'utf8') };
  const [, name, extension] = fileName.exec(path) ?? [];
  if (name === undefined || !isKnown(extension)) return undefined;
  const text = await readFile(join(folder, `${name}.${extension}`), 'utf8');
  return { type: types[extension], text: extension === 'ts' ? stripTypeScriptTypes(text) : text };
}

function isKnown(extension: string | undefined): extension is 'css' | 'ts' | 'svg' {
  return extension === 'css' || extension === 'ts' || extension === 'svg';
}
