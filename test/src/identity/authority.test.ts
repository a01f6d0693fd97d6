import assert from 'node:assert/strict';
import { isOnHost } from '../../../src/identity/authority.ts';

describe('an address that metadata name', () => {
  const entra = 'https://login.microsoftonline.com';

  for (const address of [
    'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
    'https://LOGIN.microsoftonline.com:443/keys',
    'https://login.microsoftonline.com:8443/keys',
  ])
    it(`is taken on the configured host: ${address}`, () => {
      assert.equal(isOnHost(address, entra), true);
    });

  for (const address of [
    'https://evil.example/oauth2/v2.0/token',
    'https://login.microsoftonline.com.evil.example/token',
    'https://login.microsoftonline.com@evil.example/token',
    'https://evil.example/login.microsoftonline.com',
    'http://login.microsoftonline.com/token',
    'http://169.254.169.254/metadata',
    'http://localhost/token',
    'file:///etc/passwd',
    'no address',
    '',
  ])
    it(`is refused anywhere else: ${address}`, () => {
      assert.equal(isOnHost(address, entra), false);
    });

  it('may stand on any name and port of the loopback interface when that is configured', () => {
    assert.equal(isOnHost('http://127.0.0.1:4001/authorize', 'https://localhost:4000'), true);
    assert.equal(isOnHost('https://[::1]:4001/token', 'http://127.0.0.1:4000'), true);
    assert.equal(isOnHost('http://evil.example/token', 'https://localhost:4000'), false);
  });
});
