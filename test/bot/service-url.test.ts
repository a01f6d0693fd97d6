import assert from 'node:assert/strict';
import { createServiceUrlRule, sameServiceUrl } from '../../bot/service-url.ts';

describe('the service address', () => {
  const trusted = createServiceUrlRule([
    'smba.trafficmanager.net',
    ' Proxy.Example.test:8443 ',
    '127.0.0.1:4001',
    'localhost:4002',
    '[::1]',
    '*.infra.example.test',
    '.gov.example.test',
    '',
  ]);

  for (const serviceUrl of [
    'https://smba.trafficmanager.net/teams',
    'https://SMBA.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net:443/teams/',
    'http://127.0.0.1:4001/',
    'http://localhost:4002',
    'https://gcc.infra.example.test/gcc',
    'https://proxy.example.test:8443/teams/',
    'https://localhost:4002/teams/',
    'http://[::1]:5123/',
    'https://a.b.gov.example.test/',
  ]) {
    it(`is trusted: ${serviceUrl}`, () => {
      assert.equal(trusted(serviceUrl), true);
    });
  }

  for (const serviceUrl of [
    'https://evil.example/amer/',
    'http://smba.trafficmanager.net/amer/',
    'https://alex:pw@smba.trafficmanager.net/amer/',
    'https://smba.trafficmanager.net@evil.example/',
    'https://smba.trafficmanager.net:8443/amer/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://evil-smba.trafficmanager.net/',
    'https://smba.trafficmanager.net./amer/',
    'https://smba.trafficmаnager.net/amer/', // Cyrillic а
    'https://smba.trafficmanager.net\\.evil.example/',
    'https://smba.trafficmanager.net/amer/?to=evil',
    'https://smba.trafficmanager.net/amer/#x',
    'https://infra.example.test/',
    'https://evilinfra.example.test/',
    'http://gcc.infra.example.test/',
    'http://127.0.0.1:4009/',
    'http://localhost:4001/',
    'ftp://smba.trafficmanager.net/',
    '//smba.trafficmanager.net/',
    '/amer/',
    '',
    'https://proxy.example.test/teams/',
    'https://gcc.infra.example.test:8443/',
    'https://.infra.example.test/',
    'http://localhost/',
    'http://2130706433:4009/',
    'https://smba.trafficmanager.net/\u0000x',
    ` https://smba.trafficmanager.net/amer/`,
    `https://smba.trafficmanager.net/${'a'.repeat(3000)}`,
  ]) {
    it(`is not trusted: ${JSON.stringify(serviceUrl).slice(0, 80)}`, () => {
      assert.equal(trusted(serviceUrl), false);
    });
  }

  it('is the same with and without one slash at the end, and in no other spelling', () => {
    assert.equal(sameServiceUrl('https://a.test/x/', 'https://a.test/x'), true);
    assert.equal(sameServiceUrl('https://a.test/x//', 'https://a.test/x'), false);
    assert.equal(sameServiceUrl('https://a.test/X', 'https://a.test/x'), false);
  });
});
