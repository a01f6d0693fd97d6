import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { exampleAppId, readPackageSettings } from '../../manifest/settings.ts';

const program = join(import.meta.dirname, '..', '..', 'manifest', 'package.ts');
const appId = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';

interface Outcome {
  readonly code: number;
  readonly stderr: string;
}

function run(target: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: 15_000 };
    execFile(process.execPath, [program, target], options, (error, _stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr }),
    );
  });
}

describe('building the package from the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-package-'));
  after(() => rmSync(folder, { recursive: true }));

  it('writes the package for the bot of the environment', async () => {
    const target = join(folder, 'new', 'app.zip');

    const { code, stderr } = await run(target, { BOT_APP_ID: appId, PUBLIC_URL: '' });

    assert.equal(stderr, '');
    assert.equal(code, 0);
    const manifest = unzipSync(readFileSync(target))['manifest.json'];
    assert.ok(manifest !== undefined && strFromU8(manifest).includes(appId.toLowerCase()));
  });

  it('writes one line for each fault and no package', async () => {
    const target = join(folder, 'bad.zip');

    const { code, stderr } = await run(target, {
      BOT_APP_ID: 'cordon',
      PUBLIC_URL: 'http://bot.example.org',
    });

    assert.equal(code, 1);
    assert.deepEqual(stderr.trimEnd().split('\n'), [
      'BOT_APP_ID: expected a GUID, the id of the Entra application',
      'PUBLIC_URL: expected an https address',
    ]);
    assert.ok(!existsSync(target));
  });
});

describe('the settings of the package', () => {
  it('are an example, and said to be one, when nothing is set', () => {
    const { settings, faults, notices } = readPackageSettings({ BOT_APP_ID: '' });

    assert.deepEqual(settings, { botAppId: exampleAppId });
    assert.deepEqual(faults, []);
    assert.match(notices.join(), /BOT_APP_ID is not set/);
  });

  it('are taken from the environment without a word', () => {
    assert.deepEqual(
      readPackageSettings({ BOT_APP_ID: appId, PUBLIC_URL: 'https://bot.example.org:8443/x' }),
      {
        settings: { botAppId: appId.toLowerCase(), publicHost: 'bot.example.org' },
        faults: [],
        notices: [],
      },
    );
  });

  it('refuse an address that is none', () => {
    assert.equal(readPackageSettings({ PUBLIC_URL: 'bot' }).faults.length, 1);
  });
});
