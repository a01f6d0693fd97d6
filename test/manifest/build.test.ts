import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { PNG } from 'pngjs';
import { buildPackage } from '../../manifest/build.ts';
import type { PackageSource } from '../../manifest/build.ts';
import { type CommandScope, commands } from '../../bot/commands/registry.ts';

const folder = join(import.meta.dirname, '..', '..', 'manifest');
const { version } = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')) as {
  version: string;
};
const settings = { botAppId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' };
const source: PackageSource = {
  manifest: readFileSync(join(folder, 'manifest.json'), 'utf8'),
  colorIcon: readFileSync(join(folder, 'color.png')),
  outlineIcon: readFileSync(join(folder, 'outline.png')),
  version,
};

/** The faults that are found after one text of the manifest is replaced. */
async function faultsAfter(from: string, to: string): Promise<string> {
  assert.ok(source.manifest.includes(from), `the manifest holds ${from}`);
  return faultsOf({ ...source, manifest: source.manifest.replaceAll(from, to) });
}

async function faultsOf(changed: PackageSource): Promise<string> {
  const built = await buildPackage(changed, settings);
  return built.ok ? '' : built.faults.join('\n');
}

async function packedFiles(publicHost?: string): Promise<Record<string, Uint8Array>> {
  const built = await buildPackage(source, publicHost === undefined ? settings : { ...settings, publicHost });
  assert.ok(built.ok);
  return unzipSync(built.zip);
}

describe('the Teams app package', () => {
  it('holds the manifest and two icons at its root', async () => {
    assert.deepEqual(Object.keys(await packedFiles()), ['manifest.json', 'color.png', 'outline.png']);
  });

  it('names the bot for messages and for single sign-on', async () => {
    const files = await packedFiles();
    const manifest = JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())) as {
      bots: {
        botId: string;
        scopes: string[];
        commandLists: { scopes: CommandScope[]; commands: { title: string }[] }[];
      }[];
      webApplicationInfo: { id: string; resource: string };
      validDomains: string[];
    };

    assert.equal(manifest.bots[0]?.botId, settings.botAppId);
    assert.deepEqual(manifest.bots[0].scopes, ['team', 'groupChat', 'personal']);
    assert.deepEqual(manifest.webApplicationInfo, {
      id: settings.botAppId,
      resource: `api://botid-${settings.botAppId}`,
    });
    assert.deepEqual(manifest.validDomains, ['token.botframework.com']);
    for (const { scopes, commands: menu } of manifest.bots[0].commandLists) {
      assert.deepEqual(
        menu.map(({ title }) => title),
        commands
          .filter((command) => scopes.every((scope) => command.scopes.includes(scope)))
          .map(({ name }) => name),
      );
    }
  });

  it('trusts the public address of the bot, where there is one', async () => {
    const files = await packedFiles('bot.example.org');
    assert.match(
      strFromU8(files['manifest.json'] ?? new Uint8Array()),
      /"token\.botframework\.com",\s+"bot\.example\.org"/,
    );
  });

  it('asks for no rights over a team', () => {
    assert.doesNotMatch(source.manifest, /resourceSpecific/);
  });

  it('is the same file for the same input', async () => {
    const [one, two] = [await buildPackage(source, settings), await buildPackage(source, settings)];
    assert.ok(one.ok && two.ok);
    assert.deepEqual(one.zip, two.zip);
  });

  const faults: readonly (readonly [what: string, from: string, to: string, says: RegExp])[] = [
    ['a manifest that is no JSON', '"manifestVersion"', 'manifestVersion', /^manifest\.json: expected JSON$/],
    ['a manifest without a bot', '"bots"', '"robots"', /^manifest\.json: missing or wrong: bots$/],
    ['an unknown property', '"accentColor"', '"accentColour"', /accentColor/],
    ['a schema that would have to be fetched', 'v1.30', 'v9.99', /expected manifestVersion 1\.30/],
    ['another version than the product has', `"${version}"`, '"0.0.9"', /version is 0\.0\.9/],
    [
      'an unknown placeholder',
      'https://cordon.example/privacy',
      'https://${{HOST}}/',
      /unknown placeholder \$\{\{HOST\}\}/,
    ],
    ['an icon of another name', '"color.png"', '"logo.png"', /icons\.color/],
    ['an unknown command', '"title": "cancel"', '"title": "contain"', /the team menu of the slash differs/],
    [
      'a summary that is out of date',
      'explains one"',
      'explains two"',
      /the personal menu of the mention differs/,
    ],
    [
      'a missing scope',
      '"scopes": ["team", "groupChat", "personal"]',
      '"scopes": ["team", "personal"]',
      /lacks the scope groupChat/,
    ],
    [
      'a slash menu that leaves out the mention',
      '["mention", "slash"]',
      '["slash"]',
      /team menu of the mention/,
    ],
    [
      'a mention menu that leaves out the slash',
      '["mention", "slash"]',
      '["mention"]',
      /team menu of the slash/,
    ],
    [
      'a slash menu without the messages that it sends',
      '"supportsTargetedMessages": true',
      '"supportsTargetedMessages": false',
      /supports targeted messages/,
    ],
  ];
  for (const [what, from, to, says] of faults) {
    it(`refuses ${what}`, async () => assert.match(await faultsAfter(from, to), says));
  }

  it('refuses icons of the wrong size, kind or ground', async () => {
    const swapped = { ...source, colorIcon: source.outlineIcon, outlineIcon: source.colorIcon };
    assert.match(await faultsOf(swapped), /color\.png: expected 192×192 pixels, found 32×32/);
    assert.match(await faultsOf(swapped), /outline\.png: expected 32×32 pixels, found 192×192/);
    assert.match(await faultsOf(swapped), /outline\.png: expected a transparent background/);
    assert.match(
      await faultsOf({ ...source, colorIcon: Buffer.from('<svg/>') }),
      /color\.png: expected a PNG/,
    );
  });

  it('tells all faults at once', async () => {
    const changed = { ...source, version: '9.9.9', outlineIcon: new Uint8Array() };
    assert.equal((await faultsOf(changed)).split('\n').length, 2);
  });

  it('has an outline icon of white lines on a transparent ground', () => {
    const { data, width, height } = PNG.sync.read(readFileSync(join(folder, 'outline.png')));
    const rgba = Array.from({ length: width * height }, (_, at) => [...data.subarray(4 * at, 4 * at + 4)]);

    const drawn = rgba.filter(([, , , alpha = 0]) => alpha > 0);
    assert.ok(drawn.length > 50 && drawn.length < rgba.length / 2);
    // Blending at the edges may round a channel down by one.
    for (const [red = 0, green = 0, blue = 0] of drawn) assert.ok(Math.min(red, green, blue) >= 250);
  });
});
