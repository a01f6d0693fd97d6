import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const versions = z.record(z.string(), z.string());
const product = z
  .object({
    dependencies: versions,
    devDependencies: versions,
    optionalDependencies: versions,
    overrides: versions,
  })
  .parse(JSON.parse(read('package.json')));

const Locked = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
});
const locked = Object.entries(
  z.object({ packages: z.record(z.string(), Locked) }).parse(JSON.parse(read('package-lock.json'))).packages,
).filter(([path]) => path !== '');

const guide = read('docs/dependencies.md');
/** First cells of the rows under a heading, without their marks. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = guide.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('What Cordon is built from', () => {
  it('is written down in exact versions', () => {
    const all = { ...product.dependencies, ...product.devDependencies, ...product.optionalDependencies };
    const loose = Object.entries({ ...all, ...product.overrides }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    assert.deepEqual(loose, []);
  });

  it('is locked by content: every package has a strong hash and comes from the registry', () => {
    const open = locked.filter(
      ([, { integrity = '', resolved = 'https://registry.npmjs.org/', link }]) =>
        link === true ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ||
        !resolved.startsWith('https://registry.npmjs.org/'),
    );
    assert.deepEqual(
      open.map(([path]) => path),
      [],
    );
  });

  it('lifts a package over what its parent asks for only with the reason written down', () => {
    assert.deepEqual(Object.keys(product.overrides).sort(), rowsUnder('Lifted versions').sort());
  });

  it('carries in production only licences that were looked at', () => {
    const allowed = new Set(rowsUnder('Licences'));
    const without = new Set(rowsUnder('Packages that do not name theirs'));
    const unknown = locked.flatMap(([path, { dev, license }]) => {
      if (dev === true) return [];
      const name = nameOf(path);
      return (license === undefined ? without.has(name) : allowed.has(license))
        ? []
        : [`${name}: ${license ?? 'none named'}`];
    });
    assert.deepEqual(unknown, []);
  });

  it('has a bill of materials that names every package of production and is the same twice', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'cordon-sbom-'));
    try {
      const files = [join(folder, 'one.json'), join(folder, 'other', 'two.json')];
      for (const file of files)
        execFileSync(process.execPath, ['manifest/sbom.ts', file], { cwd: root, stdio: 'pipe' });
      const [one = '', two] = files.map((file) => readFileSync(file, 'utf8'));

      assert.equal(one, two);
      const bill = z
        .object({
          bomFormat: z.literal('CycloneDX'),
          components: z.array(z.object({ purl: z.string(), name: z.string() })),
        })
        .parse(JSON.parse(one));
      const named = new Set(bill.components.map(({ purl }) => decodeURIComponent(purl)));
      const wanted = locked.filter(([, { dev }]) => dev !== true);
      const expected = new Set(
        wanted.map(([path, { version = '' }]) => `pkg:npm/${nameOf(path)}@${version}`),
      );
      assert.deepEqual([...named].sort(), [...expected].sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
