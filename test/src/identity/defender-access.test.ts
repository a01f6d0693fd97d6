import assert from 'node:assert/strict';
import {
  createDefenderAccess,
  type AccessOutcome,
  type AccessWish,
} from '../../../src/identity/defender-access.ts';
import { IdentityError } from '../../../src/identity/errors.ts';
import type { OnBehalfOfOutcome, OnBehalfOfRequest } from '../../../src/identity/on-behalf-of.ts';
import type { UserTokenVerdict } from '../../../src/identity/verify-user-token.ts';
import { ALEX, TENANT } from './fixtures.ts';

const EXPIRES = new Date('2026-11-23T04:00:00Z');
const ALEX_HERE = { objectId: ALEX, tenantId: TENANT, teamsId: '29:alex' };

interface World {
  readonly userToken?: string | IdentityError | undefined;
  /** What lies there when it is asked for a second time. */
  readonly renewed?: string | undefined;
  readonly dropFails?: IdentityError;
  readonly verdict?: UserTokenVerdict | IdentityError;
  readonly exchanged?: OnBehalfOfOutcome;
}

describe("access to Defender with a person's own token", () => {
  let exchanges: OnBehalfOfRequest[];
  let dropped: string[];
  let asked = 0;

  beforeEach(() => {
    exchanges = [];
    dropped = [];
    asked = 0;
  });

  const given = async (world: World, how?: AccessWish): Promise<AccessOutcome> => {
    const access = createDefenderAccess({
      userTokens: {
        getUserToken: ({ teamsId }) => {
          assert.equal(teamsId, '29:alex');
          return settle(
            asked++ > 0 && 'renewed' in world
              ? world.renewed
              : 'userToken' in world
                ? world.userToken
                : 'assertion',
          );
        },
        dropUserToken: ({ teamsId }) => {
          dropped.push(teamsId);
          return settle(world.dropFails);
        },
      },
      verifier: {
        verify: () =>
          settle(
            world.verdict ?? { ok: true, user: { objectId: ALEX, tenantId: TENANT }, expiresAt: EXPIRES },
          ),
      },
      onBehalfOf: {
        acquire: (request) => {
          exchanges.push(request);
          const token = {
            ok: true,
            token: 'defender-token',
            scopes: ['Machine.Read'],
            upn: 'alex@contoso.test',
          } as const;
          return Promise.resolve(world.exchanged ?? { ...token, objectId: ALEX, expiresAt: EXPIRES });
        },
      },
    });
    return access.forPerson(ALEX_HERE, undefined, how);
  };

  it('exchanges the verified sign-in in their own tenant', async () => {
    const outcome = await given({});

    assert.ok(outcome.ok);
    const { dropSignIn, ...rest } = outcome;
    assert.ok(dropSignIn !== undefined);
    assert.deepEqual(dropped, []);
    await dropSignIn();
    assert.deepEqual(dropped, ['29:alex']);
    assert.deepEqual(rest, {
      ok: true,
      token: 'defender-token',
      upn: 'alex@contoso.test',
      scopes: ['Machine.Read'],
      expiresAt: EXPIRES,
    });
    assert.equal(exchanges[0]?.assertion, 'assertion');
    assert.equal(exchanges[0].tenantId, TENANT);
  });

  for (const kind of ['sign-in-again', 'interaction-required'] as const) {
    const exchanged = { ok: false, problem: { kind, aadsts: '50173' } } as const;

    it(`drops a sign-in that Entra refused, so that the next press asks for another (${kind})`, async () => {
      assert.deepEqual(await given({ exchanged }), exchanged);
      assert.deepEqual(dropped, ['29:alex']);
    });

    it(`keeps it where nobody would be asked to sign in anew (${kind})`, async () => {
      assert.deepEqual(await given({ exchanged }, { keepSignIn: true }), exchanged);
      assert.deepEqual(dropped, []);
    });

    it(`keeps a sign-in that has replaced the refused one meanwhile (${kind})`, async () => {
      assert.deepEqual(await given({ exchanged, renewed: 'newer' }), exchanged);
      assert.deepEqual(dropped, []);
    });

    it(`answers with the refusal also when the sign-in cannot be dropped (${kind})`, async () => {
      const dropFails = new IdentityError('token-service-unavailable');

      assert.deepEqual(await given({ exchanged, dropFails }), exchanged);
    });
  }

  it('keeps a sign-in whose refusal no other sign-in would change', async () => {
    for (const kind of ['blocked-by-policy', 'consent-missing', 'not-assigned', 'unavailable'] as const) {
      await given({ exchanged: { ok: false, problem: { kind } } });
    }
    await given({ verdict: { ok: false, reason: 'expired' } });

    assert.deepEqual(dropped, []);
  });

  const refused = (reason: 'expired' | 'wrong-person' | 'wrong-tenant' | 'invalid'): World => ({
    verdict: { ok: false, reason },
  });
  const rows: readonly [string, World, Record<string, unknown>][] = [
    ['no sign-in', { userToken: undefined }, { kind: 'not-signed-in' }],
    ["somebody else's sign-in", refused('wrong-person'), { kind: 'wrong-account' }],
    ['a sign-in of another tenant', refused('wrong-tenant'), { kind: 'wrong-account' }],
    ['an expired sign-in', refused('expired'), { kind: 'sign-in-again' }],
    ['an invalid sign-in', refused('invalid'), { kind: 'sign-in-again' }],
    [
      'a busy token service',
      { userToken: new IdentityError('token-service-throttled', { retryAfterMs: 5_000 }) },
      { kind: 'unavailable', retryAfterMs: 5_000 },
    ],
    [
      'a refused bot credential',
      { userToken: new IdentityError('app-token-refused') },
      { kind: 'bot-credential' },
    ],
    [
      'keys that cannot be fetched',
      { verdict: new IdentityError('keys-unavailable') },
      { kind: 'unavailable', retryAfterMs: undefined },
    ],
  ];
  for (const [what, world, problem] of rows) {
    it(`exchanges nothing with ${what}`, async () => {
      assert.deepEqual(await given(world), { ok: false, problem });
      assert.equal(exchanges.length, 0);
    });
  }

  it('passes a refused exchange on', async () => {
    const problem = { kind: 'missing-scope', permission: 'Machine.Read' } as const;
    assert.deepEqual(await given({ exchanged: { ok: false, problem } }), { ok: false, problem });
  });

  it('refuses a Defender token that names somebody else', async () => {
    const exchanged = { ok: true, token: 't', scopes: [], objectId: TENANT, expiresAt: EXPIRES } as const;
    assert.deepEqual(await given({ exchanged }), { ok: false, problem: { kind: 'wrong-account' } });
  });
});

function settle<T>(value: T | IdentityError): Promise<T> {
  return value instanceof IdentityError ? Promise.reject(value) : Promise.resolve(value);
}
