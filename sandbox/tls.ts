import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/**
 * MSAL refuses plain-http authorities, so the simulated services speak TLS under a certification
 * authority that lives as long as the sandbox does and is trusted by the bot's process alone.
 */
export interface Tls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export async function createTls(): Promise<Tls> {
  const authority = await generate([{ name: 'commonName', value: 'Cordon sandbox, throwaway CA' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}

export interface TempFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function createTempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'cordon-sandbox-'));
  const options = { recursive: true, force: true, maxRetries: 5 };
  const atExit = (): void => rmSync(path, options);
  process.once('exit', atExit);
  return {
    path,
    remove: async () => {
      await rm(path, options);
      process.off('exit', atExit);
    },
  };
}

/**
 * Node takes one file of extra authorities; a machine behind a TLS-inspecting proxy already has one,
 * so ours is put beside it and not in its place.
 */
export async function writeCaBundle(ca: string, folder: string): Promise<string> {
  const path = join(folder, 'ca-bundle.pem');
  const present = process.env['NODE_EXTRA_CA_CERTS'];
  const others = present === undefined ? '' : await readFile(present, 'utf8').catch(() => '');
  await writeFile(path, `${others}\n${ca}\n`);
  return path;
}
