import { importJWK, type CryptoKey, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { systemClock, type Clock } from '../platform/clock.ts';
import { callHttp, jsonOf } from '../platform/http.ts';
import { isOnHost } from './authority.ts';
import { IdentityError } from './errors.ts';

/** Entra and the Bot Framework sign with RSA only; anything else, `none` and HMAC above all, is refused. */
export const SIGNATURE_ALGORITHMS = ['RS256', 'RS384', 'RS512'];

export interface SigningKeysOptions {
  readonly metadataUrl: string;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  /** For each of the two requests (metadata, keys). */
  readonly timeoutMs: number;
  /** Shortest time between two fetches because of an unknown key id: anybody can send one. */
  readonly cooldownMs: number;
}

export interface SigningKey {
  readonly id: string;
  /** Channels this key may sign for (Bot Framework); empty when the key names none. */
  readonly endorsements: readonly string[];
  cryptoKey(algorithm: string): Promise<CryptoKey | Uint8Array>;
}

export interface SigningKeys {
  /** The key with this id, undefined when there is none; throws IdentityError when keys cannot be fetched. */
  find(keyId: string): Promise<SigningKey | undefined>;
  /** Fetches the keys now, and again long before they are too old, whether or not somebody asks; returns what ends that. */
  keepFresh(): () => void;
}

/** The Bot Connector documentation wants keys fetched again at least every 24 hours. */
const MAX_AGE_MS = 24 * 3_600_000;
/** From this age on a fetch is tried, but its failure does no harm yet. */
const REFRESH_AGE_MS = 20 * 3_600_000;
/** From this age on `keepFresh` fetches, so that no request has to wait for it; a failure is repeated at each look. */
const QUIET_REFRESH_AGE_MS = 12 * 3_600_000;
const LOOK_EVERY_MS = 15 * 60_000;

const Metadata = z.object({ jwks_uri: z.url() });
const Jwk = z.object({
  kty: z.string(),
  kid: z.string().optional(),
  use: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  endorsements: z.array(z.string()).optional(),
});
const KeySet = z.object({ keys: z.array(Jwk).max(200) });

type KeyTable = ReadonlyMap<string, SigningKey>;

export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const clock = options.clock ?? systemClock;
  let loaded: { readonly keys: KeyTable; readonly at: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let inFlight: Promise<KeyTable> | undefined;

  const reload = (): Promise<KeyTable> => {
    triedAt = clock.now().getTime();
    inFlight ??= fetchKeys(options)
      .then((keys) => {
        loaded = { keys, at: clock.now().getTime() };
        return keys;
      })
      .finally(() => {
        inFlight = undefined;
      });
    return inFlight;
  };

  const age = (): number =>
    loaded === undefined ? Number.POSITIVE_INFINITY : clock.now().getTime() - loaded.at;

  const current = async (): Promise<KeyTable> => {
    if (loaded === undefined || age() >= MAX_AGE_MS) return reload();
    if (age() >= REFRESH_AGE_MS && !coolingDown()) reload().catch(() => undefined);
    return loaded.keys;
  };

  const coolingDown = (): boolean => clock.now().getTime() - triedAt < options.cooldownMs;

  return {
    find: async (keyId) => {
      const known = (await current()).get(keyId);
      // A fetch under way is joined even in the cooldown: it may be the one that brings the new key.
      if (known !== undefined || (coolingDown() && inFlight === undefined)) return known;
      return (await reload()).get(keyId);
    },
    keepFresh: () => {
      const look = (): void => {
        if (age() >= QUIET_REFRESH_AGE_MS) reload().catch(() => undefined);
      };
      look();
      const timer = setInterval(look, LOOK_EVERY_MS).unref();
      return () => clearInterval(timer);
    },
  };
}

/** The key's id came with the token and no key of the issuer bears it. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

/** What `jose` asks for the key of a token; `onKey` sees the key found, for rules beyond the signature. */
export function keyResolver(keys: SigningKeys, onKey?: (key: SigningKey) => void): JWTVerifyGetKey {
  return async (header) => {
    if (typeof header.kid !== 'string') throw new UnknownKey();
    const key = await keys.find(header.kid);
    if (key === undefined) throw new UnknownKey();
    onKey?.(key);
    return key.cryptoKey(header.alg);
  };
}

async function fetchKeys(options: SigningKeysOptions): Promise<KeyTable> {
  const metadata = Metadata.safeParse(await fetchJson(options.metadataUrl, options));
  if (!metadata.success) throw new IdentityError('keys-unavailable', { detail: 'metadata unreadable' });
  const keysUrl = metadata.data.jwks_uri;
  if (!isOnHost(keysUrl, options.metadataUrl))
    throw new IdentityError('keys-unavailable', { detail: 'keys on another host, or not over https' });
  const set = KeySet.safeParse(await fetchJson(keysUrl, options));
  if (!set.success) throw new IdentityError('keys-unavailable', { detail: 'keys unreadable' });
  const table = tableOf(set.data.keys);
  if (table.size === 0) throw new IdentityError('keys-unavailable', { detail: 'no keys' });
  return table;
}

function tableOf(keys: readonly z.infer<typeof Jwk>[]): KeyTable {
  const table = new Map<string, SigningKey>();
  for (const { kty, kid, use, n, e, endorsements } of keys) {
    if (kty !== 'RSA' || kid === undefined || use === 'enc' || n === undefined || e === undefined) continue;
    table.set(kid, signingKey(kid, { n, e }, endorsements ?? []));
  }
  return table;
}

/** Takes the public numbers only: an `alg` or `key_ops` of the document must not widen what we accept. */
function signingKey(
  id: string,
  rsa: { readonly n: string; readonly e: string },
  endorsements: readonly string[],
): SigningKey {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>();
  return {
    id,
    endorsements,
    cryptoKey: (algorithm) => {
      const key = imported.get(algorithm) ?? importJWK({ kty: 'RSA', ...rsa }, algorithm);
      imported.set(algorithm, key);
      return key;
    },
  };
}

async function fetchJson(url: string, options: SigningKeysOptions): Promise<unknown> {
  try {
    const { timeoutMs, fetch } = options;
    const answer = await callHttp({ url, timeoutMs, fetch, headers: { accept: 'application/json' } });
    if (answer.status === 200) return jsonOf(answer);
    throw new IdentityError('keys-unavailable', { detail: `HTTP ${answer.status}` });
  } catch (error) {
    throw error instanceof IdentityError ? error : new IdentityError('keys-unavailable', { cause: error });
  }
}
