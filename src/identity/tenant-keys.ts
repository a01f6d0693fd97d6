import type { Clock } from '../platform/clock.ts';
import { metadataUrlOf } from './authority.ts';
import { type SigningKeys, createSigningKeys } from './signing-keys.ts';

export interface TenantKeysOptions {
  readonly authorityHost: string;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

const KEYS_TIMEOUT_MS = 1_500;
const KEYS_COOLDOWN_MS = 5_000;

/** Entra's signing keys for the users of each tenant. To be asked for allow-listed tenants only: it keeps them all. */
export function createTenantKeys(options: TenantKeysOptions): (tenantId: string) => SigningKeys {
  const { authorityHost, fetch, clock } = options;
  const perTenant = new Map<string, SigningKeys>();
  return (tenantId) => {
    const id = tenantId.toLowerCase();
    const keys =
      perTenant.get(id) ??
      createSigningKeys({
        metadataUrl: metadataUrlOf(authorityHost, id),
        timeoutMs: KEYS_TIMEOUT_MS,
        cooldownMs: KEYS_COOLDOWN_MS,
        fetch,
        clock,
      });
    perTenant.set(id, keys);
    return keys;
  };
}
