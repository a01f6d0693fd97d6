import assert from 'node:assert/strict';
import { type CloudName, clouds } from '../../src/clouds.ts';
import { type Config, type Environment, SettingsError, readConfig } from '../../src/config.ts';

const appId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const tenantId = '5d0c6f2e-8a1b-4c3d-9e4f-0a1b2c3d4e5f';
const least: Environment = {
  DATABASE_URL: 'postgres://cordon@db.example/cordon',
  BOT_APP_ID: appId,
  BOT_TENANT_ID: tenantId,
  BOT_APP_SECRET: 'not-a-secret',
};

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

const faultsWith = (given: Environment) => faultsOf({ ...least, ...given });
const configWith = (given: Environment) => readConfig({ ...least, ...given });

describe('the settings', () => {
  it('have these defaults', () => {
    const expected: Config = {
      port: 3978,
      host: '0.0.0.0',
      metricsPort: undefined,
      publicUrl: undefined,
      databaseUrl: 'postgres://cordon@db.example/cordon',
      botAppId: appId,
      botTenantId: tenantId,
      credential: { kind: 'secret', secret: 'not-a-secret' },
      oauthConnection: 'cordon',
      authorityHost: 'https://login.microsoftonline.com',
      openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      tokenIssuer: 'https://api.botframework.com',
      channelScope: 'https://api.botframework.com',
      tokenServiceUrl: 'https://api.botframework.com',
      trustedServiceHosts: ['smba.trafficmanager.net'],
      allowedTenants: [tenantId],
      defenderApiUrl: 'https://api.security.microsoft.com',
      defenderResource: 'https://api.securitycenter.microsoft.com',
      defenderPortalUrl: 'https://security.microsoft.com',
      callsPerMinute: 100,
      callsPerHour: 1_500,
      trackingIdentity: 'delegated',
      trackingIntervalSeconds: 15,
      requestExpirySeconds: 14_400,
      logLevel: 'info',
    };

    assert.deepEqual(readConfig(least), expected);
  });

  it('are frozen', () => {
    assert.ok(Object.isFrozen(readConfig(least)));
  });

  it('that are empty count as not set', () => {
    const empty = { PORT: '', CLOUD: '', ALLOWED_TENANTS: '', BOT_CERTIFICATE_FILE: '', METRICS_PORT: '' };

    assert.deepEqual(configWith(empty), readConfig(least));
    assert.ok(faultsWith({ BOT_APP_ID: '' }).some((fault) => fault.startsWith('BOT_APP_ID')));
  });

  it('are all found faulty at once, each by its name', () => {
    const faults = faultsOf({ PORT: 'http', CLOUD: 'moon', REQUEST_EXPIRY: 'soon', LOG_LEVEL: 'loud' });

    assert.deepEqual(
      new Set(faults.map((fault) => fault.split(':')[0])),
      new Set([
        'PORT',
        'DATABASE_URL',
        'BOT_APP_ID',
        'BOT_TENANT_ID',
        'CLOUD',
        'REQUEST_EXPIRY',
        'LOG_LEVEL',
        'BOT_APP_SECRET',
      ]),
    );
    assert.equal(faults.length, 8);
  });

  it('are not quoted in their faults: a value may be a secret in the wrong place', () => {
    const faults = faultsWith({
      PORT: 'hunter2',
      BOT_APP_ID: 'hunter2',
      DEFENDER_API_URL: 'https://u:hunter2@x',
    });

    assert.equal(faults.length, 3);
    assert.ok(!faults.join('\n').includes('hunter2'));
  });

  const given: readonly (readonly [string, string, keyof Config, unknown])[] = [
    ['PORT', '0', 'port', 0],
    ['HOST', '127.0.0.1', 'host', '127.0.0.1'],
    ['METRICS_PORT', '9100', 'metricsPort', 9100],
    ['DATABASE_URL', 'pglite:./data', 'databaseUrl', 'pglite:./data'],
    ['BOT_APP_ID', appId.toUpperCase(), 'botAppId', appId],
    ['BOT_OAUTH_CONNECTION', 'sso', 'oauthConnection', 'sso'],
    ['ENTRA_AUTHORITY_HOST', 'https://login.example/', 'authorityHost', 'https://login.example'],
    ['BOT_OPENID_METADATA_URL', 'http://127.0.0.1:1/x', 'openIdMetadataUrl', 'http://127.0.0.1:1/x'],
    ['BOT_TOKEN_ISSUER', 'https://issuer.example', 'tokenIssuer', 'https://issuer.example'],
    ['BOT_CHANNEL_SCOPE', 'api://channel', 'channelScope', 'api://channel'],
    ['BOT_TOKEN_SERVICE_URL', 'http://localhost:5/', 'tokenServiceUrl', 'http://localhost:5'],
    ['TRUSTED_SERVICE_HOSTS', ' A.example, [::1]:8 ,', 'trustedServiceHosts', ['a.example', '[::1]:8']],
    ['ALLOWED_TENANTS', `${tenantId},${appId}`, 'allowedTenants', [tenantId, appId]],
    ['DEFENDER_API_URL', 'https://defender.example//', 'defenderApiUrl', 'https://defender.example'],
    ['DEFENDER_RESOURCE', 'https://defender.example/', 'defenderResource', 'https://defender.example'],
    ['DEFENDER_PORTAL_URL', 'https://portal.example', 'defenderPortalUrl', 'https://portal.example'],
    ['DEFENDER_CALLS_PER_MINUTE', '45', 'callsPerMinute', 45],
    ['DEFENDER_CALLS_PER_HOUR', '900', 'callsPerHour', 900],
    ['TRACKING_IDENTITY', 'application', 'trackingIdentity', 'application'],
    ['TRACKING_INTERVAL_SECONDS', '60', 'trackingIntervalSeconds', 60],
    ['REQUEST_EXPIRY', '30m', 'requestExpirySeconds', 1_800],
    ['REQUEST_EXPIRY', '45s', 'requestExpirySeconds', 45],
    ['REQUEST_EXPIRY', '2d', 'requestExpirySeconds', 172_800],
    ['LOG_LEVEL', 'debug', 'logLevel', 'debug'],
  ];
  for (const [name, value, key, expected] of given) {
    it(`take ${name}=${value}`, () => {
      assert.deepEqual(configWith({ [name]: value })[key], expected);
    });
  }

  const faulty: readonly (readonly [string, string, string])[] = [
    ['PORT', '65536', 'expected a port number from 0 to 65535'],
    ['PORT', '-1', 'expected a port number from 0 to 65535'],
    ['METRICS_PORT', '1e3', 'expected a port number from 0 to 65535'],
    ['DATABASE_URL', 'mysql://x', 'expected postgres://… or pglite:<folder>'],
    ['DATABASE_URL', 'pglite:', 'expected postgres://… or pglite:<folder>'],
    ['BOT_APP_ID', 'cordon', 'expected a GUID'],
    ['BOT_TENANT_ID', `${tenantId}0`, 'expected a GUID'],
    ['CLOUD', 'Public', 'expected public, gcc, gcchigh, dod'],
    [
      'TRUSTED_SERVICE_HOSTS',
      'https://smba.example/',
      'expected hosts such as smba.trafficmanager.net or host:port',
    ],
    ['TRUSTED_SERVICE_HOSTS', ' , ', 'expected at least one entry, separated by commas'],
    ['ALLOWED_TENANTS', `${tenantId},*`, 'expected a GUID'],
    ['DEFENDER_RESOURCE', 'defender', 'expected an address'],
    ['DEFENDER_CALLS_PER_MINUTE', '0', 'expected a whole number from 1 to 100000'],
    ['DEFENDER_CALLS_PER_HOUR', '1.5', 'expected a whole number from 1 to 1000000'],
    ['TRACKING_IDENTITY', 'both', 'expected delegated or application'],
    ['TRACKING_INTERVAL_SECONDS', '3601', 'expected a whole number from 1 to 3600'],
    ['REQUEST_EXPIRY', '0h', 'expected a duration such as 30m, 4h or 1d'],
    ['REQUEST_EXPIRY', '4', 'expected a duration such as 30m, 4h or 1d'],
    ['LOG_LEVEL', 'verbose', 'expected fatal, error, warn, info, debug or trace'],
    ['ALLOW_EMBEDDED_DATABASE', 'yes', 'expected true or false'],
  ];
  for (const [name, value, expected] of faulty) {
    it(`refuse ${name}=${value}`, () => {
      assert.deepEqual(faultsWith({ [name]: value }), [`${name}: ${expected}`]);
    });
  }

  it('name what is missing', () => {
    assert.deepEqual(faultsOf({}), [
      'DATABASE_URL: is required: postgres://… or pglite:<folder>',
      'BOT_APP_ID: is required: a GUID',
      'BOT_TENANT_ID: is required: a GUID',
      'BOT_APP_SECRET: one of BOT_APP_SECRET, BOT_CERTIFICATE_FILE, BOT_FEDERATED_TOKEN_FILE, ' +
        'BOT_MANAGED_IDENTITY_CLIENT_ID is required',
    ]);
  });
});

describe('an address in the settings', () => {
  const names = [
    'ENTRA_AUTHORITY_HOST',
    'BOT_OPENID_METADATA_URL',
    'BOT_TOKEN_SERVICE_URL',
    'DEFENDER_API_URL',
    'DEFENDER_PORTAL_URL',
  ];
  const bad = [
    'http://login.example',
    'http://127.0.0.1.example',
    'http://10.0.0.1',
    'ftp://localhost',
    'https://user@login.example',
    'https://user:password@login.example',
    'https://login.example/#fragment',
    'login.example',
  ];
  for (const name of names) {
    it(`is https, or http on loopback only: ${name}`, () => {
      for (const value of bad) {
        assert.deepEqual(faultsWith({ [name]: value }), [
          `${name}: expected an https address (http only on loopback), without user or fragment`,
        ]);
      }
      for (const value of [
        'http://127.0.0.1:8080',
        'http://localhost',
        'http://[::1]:1',
        'https://x.example',
      ]) {
        assert.deepEqual(faultsWith({ [name]: value }), []);
      }
    });
  }
});

describe('the cloud', () => {
  for (const [name, cloud] of Object.entries(clouds) as [CloudName, (typeof clouds)[CloudName]][]) {
    it(`${name} sets every address`, () => {
      const config = configWith({ CLOUD: name });

      const { serviceHosts, ...addresses } = cloud;
      assert.deepEqual(config.trustedServiceHosts, serviceHosts);
      for (const [key, address] of Object.entries(addresses)) {
        assert.equal(config[key as keyof Config], address);
      }
    });
  }

  it('leaves each address open to a setting of its own', () => {
    const config = configWith({ CLOUD: 'gcchigh', DEFENDER_API_URL: 'https://api.example' });

    assert.equal(config.defenderApiUrl, 'https://api.example');
    assert.equal(config.authorityHost, 'https://login.microsoftonline.us');
  });
});

describe('the embedded database', () => {
  const embedded = { DATABASE_URL: 'pglite:/var/lib/cordon', NODE_ENV: 'production' };

  it('is refused in production', () => {
    const [fault, ...more] = faultsWith(embedded);

    assert.match(fault ?? '', /^DATABASE_URL: expected postgres:\/\/… with NODE_ENV=production/);
    assert.deepEqual(more, []);
  });

  it('is accepted there by those who say so, and anywhere else', () => {
    assert.deepEqual(faultsWith({ ...embedded, ALLOW_EMBEDDED_DATABASE: 'true' }), []);
    assert.deepEqual(faultsWith({ ...embedded, NODE_ENV: 'test' }), []);
    assert.equal(faultsWith({ ...embedded, ALLOW_EMBEDDED_DATABASE: 'false' }).length, 1);
  });
});
