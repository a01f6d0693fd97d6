import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

/**
 * `npm run sbom [-- <file>]`: the bill of materials (CycloneDX) of what runs in production, made by npm from the lockfile.
 * What differs between two runs on one commit is taken out, so that two of them can be compared.
 */

const root = join(import.meta.dirname, '..');
const target = process.argv[2] ?? join(root, 'dist', 'cordon.cdx.json');
/** Descriptions and addresses of some hundred packages. */
const mostBytes = 50_000_000;

const Component = z.looseObject({
  'bom-ref': z.string(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
const Bill = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(Component).min(1),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});

// Not `--omit dev`: npm then leaves out what production shares with a tool of development.
const printed = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: mostBytes,
  // npm is a script on Windows.
  shell: process.platform === 'win32',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { serialNumber: _number, ...bill } = Bill.parse(JSON.parse(printed));
const { timestamp: _time, ...metadata } = bill.metadata;
// npm names it by the folder of the checkout.
const component = { ...metadata.component, name: 'cordon' };
const isForDevelopment = ({ properties }: z.infer<typeof Component>): boolean =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
const left = new Set(bill.components.filter(isForDevelopment).map((one) => one['bom-ref']));
const components = bill.components.filter((one) => !left.has(one['bom-ref']));
const dependencies = bill.dependencies
  .filter(({ ref }) => !left.has(ref))
  .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => !left.has(ref)) }));

await mkdir(dirname(target), { recursive: true });
await writeFile(
  target,
  `${JSON.stringify({ ...bill, metadata: { ...metadata, component }, components, dependencies }, undefined, 2)}\n`,
);
console.log(`${relative(process.cwd(), target)}: ${components.length} packages`);
