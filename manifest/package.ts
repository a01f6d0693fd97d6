import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { buildPackage } from './build.ts';
import { readPackageSettings } from './settings.ts';

/** `npm run package [-- <file>]`: builds the Teams app package. Each fault is a line on stderr; exit code 1 if there is any. */

const root = join(import.meta.dirname, '..');
const target = process.argv[2] ?? join(root, 'dist', 'cordon-teams-app.zip');

// The bot reads the same file; what is set in the environment wins.
if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));

const { settings, faults, notices } = readPackageSettings(process.env);
for (const notice of notices) console.warn(`Note: ${notice}`);

const product = z.object({ version: z.string() });
const built = await buildPackage(
  {
    manifest: readFileSync(join(root, 'manifest', 'manifest.json'), 'utf8'),
    colorIcon: readFileSync(join(root, 'manifest', 'color.png')),
    outlineIcon: readFileSync(join(root, 'manifest', 'outline.png')),
    version: product.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version,
  },
  settings,
);

const allFaults = [...faults, ...(built.ok ? [] : built.faults)];
for (const fault of allFaults) console.error(fault);
if (built.ok && allFaults.length === 0) {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, built.zip);
  console.log(
    `${relative(process.cwd(), target)}: ${built.zip.length} bytes, for the bot ${settings.botAppId}`,
  );
} else {
  process.exitCode = 1;
}
