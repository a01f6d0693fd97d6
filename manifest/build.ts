import { AppManifestUtils } from '@microsoft/app-manifest';
import type { AppManifest } from '@microsoft/app-manifest';
import { zipSync } from 'fflate';
import { z } from 'zod';
import { commandFaults } from './commands.ts';
import { iconFaults } from './icon.ts';
import type { IconRule } from './icon.ts';
import type { PackageSettings } from './settings.ts';

export interface PackageSource {
  /** The manifest with its placeholders. */
  readonly manifest: string;
  readonly colorIcon: Uint8Array;
  readonly outlineIcon: Uint8Array;
  /** Of the product; the app carries the same. */
  readonly version: string;
}

export type BuiltPackage =
  | { readonly ok: true; readonly zip: Uint8Array }
  | { readonly ok: false; readonly faults: readonly string[] };

const colorIcon: IconRule = { file: 'color.png', size: 192, transparent: false };
const outlineIcon: IconRule = { file: 'outline.png', size: 32, transparent: true };

/** Only what this build itself looks at; the schema of Teams judges the rest. */
const manifestSchema = z.looseObject({
  $schema: z.string(),
  manifestVersion: z.string(),
  version: z.string(),
  icons: z.object({ color: z.literal(colorIcon.file), outline: z.literal(outlineIcon.file) }),
  bots: z.array(z.unknown()),
  validDomains: z.array(z.string()),
});
type Manifest = z.infer<typeof manifestSchema>;

/** Fills the manifest in, checks everything Teams would refuse, and zips it; all faults at once, none of them thrown. */
export async function buildPackage(source: PackageSource, settings: PackageSettings): Promise<BuiltPackage> {
  const manifest = fillIn(source.manifest, settings);
  if (typeof manifest === 'string') return { ok: false, faults: [manifest] };
  const faults = [
    ...versionFaults(manifest, source.version),
    ...(await schemaFaults(manifest)),
    ...leftoverFaults(manifest),
    ...commandFaults(manifest.bots),
    ...iconFaults(colorIcon, source.colorIcon),
    ...iconFaults(outlineIcon, source.outlineIcon),
  ];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, zip: pack(manifest, source) };
}

/** The filled-in manifest, or the fault that makes it unreadable. */
function fillIn(text: string, { botAppId, publicHost }: PackageSettings): Manifest | string {
  let json: unknown;
  try {
    json = JSON.parse(text.replaceAll('${{BOT_APP_ID}}', botAppId));
  } catch {
    return 'manifest.json: expected JSON';
  }
  const read = manifestSchema.safeParse(json);
  if (!read.success) {
    const paths = read.error.issues.map(({ path }) => path.join('.') || 'an object');
    return `manifest.json: missing or wrong: ${paths.join(', ')}`;
  }
  if (publicHost === undefined) return read.data;
  return { ...read.data, validDomains: [...new Set([...read.data.validDomains, publicHost])] };
}

function versionFaults({ version }: Manifest, expected: string): string[] {
  return version === expected
    ? []
    : [`manifest.json: version is ${version}, that of package.json ${expected}`];
}

/** The validator fetches a schema that it does not bundle; only the address of a bundled one keeps this offline. */
async function schemaFaults(manifest: Manifest): Promise<string[]> {
  const address = `https://developer.microsoft.com/en-us/json-schemas/teams/v${manifest.manifestVersion}/MicrosoftTeams.schema.json`;
  if (manifest.manifestVersion !== '1.30' || manifest.$schema !== address) {
    return ['manifest.json: expected manifestVersion 1.30 and the $schema of that version'];
  }
  // Being judged as one is what makes it one.
  const faults = await AppManifestUtils.validateAgainstSchema(manifest as unknown as AppManifest);
  return faults.map((fault) => `manifest.json: ${fault}`);
}

function leftoverFaults(manifest: Manifest): string[] {
  const leftovers = JSON.stringify(manifest).match(/\$\{\{[^}]*\}\}/g) ?? [];
  return [...new Set(leftovers)].map((name) => `manifest.json: unknown placeholder ${name}`);
}

/**
 * Teams wants all three files at the root. The fixed date makes equal input an equal file; it is the earliest that a zip can hold,
 * in local time because the format knows no other.
 */
function pack(manifest: Manifest, source: PackageSource): Uint8Array {
  const files = {
    'manifest.json': new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`),
    [colorIcon.file]: source.colorIcon,
    [outlineIcon.file]: source.outlineIcon,
  };
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) });
}
