import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createSigningKeys, type SigningKeys } from '../../../src/identity/signing-keys.ts';
import { createSigner, type Signer } from './fixtures.ts';

const hour = 3_600_000;

describe('signing keys that are kept fresh', () => {
  let signer: Signer;
  let clock: sinon.SinonFakeTimers;
  let works: boolean;
  let asked: number;
  let keys: SigningKeys;
  let end: () => void;

  before(async () => {
    signer = await createSigner('one');
  });

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    works = true;
    asked = 0;
    keys = createSigningKeys({
      metadataUrl: 'https://keys.example/metadata',
      timeoutMs: 1_000,
      cooldownMs: 10_000,
      fetch: (url) => {
        const isMetadata = new Request(url).url.endsWith('/metadata');
        if (isMetadata) asked += 1;
        if (!works) return Promise.reject(new Error('not reached'));
        return Promise.resolve(
          Response.json(isMetadata ? { jwks_uri: 'https://keys.example/keys' } : { keys: [signer.jwk] }),
        );
      },
    });
    end = () => undefined;
  });

  afterEach(() => {
    end();
    sinon.restore();
  });

  /** Lets a fetch under way come to its end: to look for an unknown key joins it. */
  const settled = async (): Promise<unknown> => keys.find('unknown').catch(() => undefined);

  it('are fetched before anybody asks for one', async () => {
    end = keys.keepFresh();
    assert.equal(asked, 1);

    assert.equal((await keys.find('one'))?.id, 'one');
    assert.equal(asked, 1);
  });

  it('are fetched again twice a day without any traffic', async () => {
    end = keys.keepFresh();
    await settled();
    clock.tick(11.5 * hour);
    assert.equal(asked, 1);
    clock.tick(0.5 * hour);
    assert.equal(asked, 2);
    await settled();
    clock.tick(12 * hour);

    assert.equal(asked, 3);
  });

  it('are asked for every quarter of an hour while that fails, and stay in use meanwhile', async () => {
    end = keys.keepFresh();
    await settled();
    works = false;
    clock.tick(12 * hour);
    assert.equal((await keys.find('one'))?.id, 'one');
    await settled();
    clock.tick(hour / 4);

    assert.equal(asked, 3);
  });

  it('are left alone after the end', async () => {
    keys.keepFresh()();
    await settled();
    clock.tick(48 * hour);

    assert.equal(asked, 1);
  });

  for (const elsewhere of ['https://evil.example/keys', 'http://keys.example/keys']) {
    it(`are not fetched from ${elsewhere}, whatever the metadata say`, async () => {
      const fetched: string[] = [];
      const careful = createSigningKeys({
        metadataUrl: 'https://keys.example/metadata',
        timeoutMs: 1_000,
        cooldownMs: 10_000,
        fetch: (url) => {
          fetched.push(new Request(url).url);
          return Promise.resolve(Response.json({ jwks_uri: elsewhere, keys: [signer.jwk] }));
        },
      });

      await assert.rejects(careful.find('one'), /keys-unavailable/);
      assert.deepEqual(fetched, ['https://keys.example/metadata']);
    });
  }
});
