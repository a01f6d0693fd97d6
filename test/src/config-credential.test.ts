import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, SettingsError, readConfig } from '../../src/config.ts';

const appId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const least: Environment = {
  DATABASE_URL: 'postgres://cordon@db.example/cordon',
  BOT_APP_ID: appId,
  BOT_TENANT_ID: '5d0c6f2e-8a1b-4c3d-9e4f-0a1b2c3d4e5f',
};

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig({ ...least, ...environment });
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the bot’s credential', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cordon-config-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  const credentialWith = (given: Environment) => readConfig({ ...least, ...given }).credential;

  it('may be a certificate, a token file or a managed identity', () => {
    const pem = file('bot.pem', '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n');
    const token = file('token', 'a.b.c');

    assert.deepEqual(credentialWith({ BOT_CERTIFICATE_FILE: pem }), {
      kind: 'certificate',
      file: pem,
    });
    assert.deepEqual(credentialWith({ BOT_FEDERATED_TOKEN_FILE: token }), {
      kind: 'federated-token-file',
      file: token,
    });
    assert.deepEqual(credentialWith({ BOT_MANAGED_IDENTITY_CLIENT_ID: appId }), {
      kind: 'managed-identity',
      clientId: appId,
      audience: 'api://AzureADTokenExchange',
    });
  });

  for (const cloud of ['gcchigh', 'dod']) {
    it(`is, as a managed identity in ${cloud}, for the token exchange of that cloud`, () => {
      const credential = credentialWith({ CLOUD: cloud, BOT_MANAGED_IDENTITY_CLIENT_ID: appId });

      assert.deepEqual(credential, {
        kind: 'managed-identity',
        clientId: appId,
        audience: 'api://AzureADTokenExchangeUSGov',
      });
    });
  }

  it('may be a secret, which is read again from the file that it came from', () => {
    const file = { path: '/run/cordon/.env', values: { ...least, BOT_APP_SECRET: 'from the file' } };

    assert.deepEqual(readConfig({}, file).credential, {
      kind: 'secret',
      secret: 'from the file',
      envFile: '/run/cordon/.env',
    });
    assert.deepEqual(readConfig({ BOT_APP_SECRET: 'from outside' }, file).credential, {
      kind: 'secret',
      secret: 'from outside',
    });
  });

  it('is exactly one', () => {
    const two = { BOT_APP_SECRET: 'not-a-secret', BOT_MANAGED_IDENTITY_CLIENT_ID: appId };

    assert.deepEqual(faultsOf(two), [
      'BOT_APP_SECRET: exactly one credential is expected, BOT_APP_SECRET and BOT_MANAGED_IDENTITY_CLIENT_ID are set',
      'BOT_MANAGED_IDENTITY_CLIENT_ID: exactly one credential is expected, BOT_APP_SECRET and BOT_MANAGED_IDENTITY_CLIENT_ID are set',
    ]);
  });

  it('is refused when its file is missing, a folder, or half of it', () => {
    const half = file('half.pem', '-----BEGIN CERTIFICATE-----\n');

    for (const path of [join(folder, 'none'), folder, half]) {
      assert.deepEqual(faultsOf({ BOT_CERTIFICATE_FILE: path }), [
        'BOT_CERTIFICATE_FILE: expected a readable PEM file with a certificate and its private key',
      ]);
    }
    assert.deepEqual(faultsOf({ BOT_FEDERATED_TOKEN_FILE: folder }), [
      'BOT_FEDERATED_TOKEN_FILE: expected a readable file with the workload identity token',
    ]);
  });
});
