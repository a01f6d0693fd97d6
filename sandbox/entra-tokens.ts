import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { SigningKey } from './signing-key.ts';
import { seconds } from './signing-key.ts';
import type { Person } from './world.ts';

/** Client id of Teams on the web, which obtains the single sign-on token for a bot. */
const teamsWebClient = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';

export interface EntraTokens {
  issuer(tenantId: string): string;
  /** Where tokens are asked for. */
  endpoint(tenantId: string): string;
  /** A user's token for an API. */
  forUser(grant: UserGrant): Promise<string>;
  /** An application's own token for an API. */
  forApp(grant: AppGrant): Promise<string>;
  /** Any claims at all, signed by Entra's key: for tests of what must be refused. */
  raw(claims: JWTPayload): Promise<string>;
}

export interface UserGrant {
  readonly person: Person;
  readonly tenantId: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** The application that asked; Teams when absent. */
  readonly client?: string;
  readonly lifetimeSeconds?: number;
}

export interface AppGrant {
  readonly appId: string;
  readonly tenantId: string;
  readonly audience: string;
  readonly roles: readonly string[];
}

export function createEntraTokens(key: SigningKey, origin: string, now: () => number): EntraTokens {
  const issuer = (tenantId: string): string => `${origin}/${tenantId}/v2.0`;
  const common = (tenantId: string, audience: string, lifetime: number): JWTPayload => {
    const at = seconds(now());
    return {
      aud: audience,
      iss: issuer(tenantId),
      iat: at,
      nbf: at,
      exp: at + lifetime,
      tid: tenantId,
      uti: randomBytes(16).toString('base64url'),
      ver: '2.0',
    };
  };
  return {
    issuer,
    endpoint: (tenantId) => `${origin}/${tenantId}/oauth2/v2.0/token`,
    raw: (claims) => key.sign(claims),
    forUser: ({ person, tenantId, audience, scopes, client = teamsWebClient, lifetimeSeconds = 3600 }) =>
      key.sign({
        ...common(tenantId, audience, lifetimeSeconds),
        azp: client,
        appid: client,
        azpacr: '1',
        idtyp: 'user',
        name: person.name,
        oid: person.objectId,
        preferred_username: person.upn,
        upn: person.upn,
        unique_name: person.upn,
        scp: scopes.join(' '),
        sub: pairwise(person, audience),
      }),
    forApp: ({ appId, tenantId, audience, roles }) =>
      key.sign({
        ...common(tenantId, audience, 3600),
        azp: appId,
        appid: appId,
        azpacr: '1',
        idtyp: 'app',
        oid: pairwiseOf(appId, tenantId),
        sub: pairwiseOf(appId, tenantId),
        ...(roles.length === 0 ? {} : { roles: [...roles] }),
      }),
  };
}

/** What MSAL wants beside an access token, so that it can name the account. */
export async function accountAnswer(
  key: SigningKey,
  issuer: string,
  who: { person: Person; tenantId: string; appId: string; now: number; nonce?: string | undefined },
): Promise<{ id_token: string; client_info: string; refresh_token: string }> {
  const { person, tenantId, appId } = who;
  const at = seconds(who.now);
  const idToken = await key.sign({
    iss: issuer,
    aud: appId,
    iat: at,
    nbf: at,
    exp: at + 3600,
    oid: person.objectId,
    sub: pairwise(person, appId),
    tid: tenantId,
    name: person.name,
    preferred_username: person.upn,
    ver: '2.0',
    ...(who.nonce === undefined ? {} : { nonce: who.nonce }),
  });
  const clientInfo = JSON.stringify({ uid: person.objectId, utid: tenantId });
  return {
    id_token: idToken,
    client_info: Buffer.from(clientInfo).toString('base64url'),
    refresh_token: `0.${randomUUID().replaceAll('-', '')}`,
  };
}

/** Entra's `sub` differs from application to application for the same person. */
function pairwise(person: Person, audience: string): string {
  return createHash('sha256').update(`${person.objectId}|${audience}`).digest('base64url');
}

function pairwiseOf(appId: string, tenantId: string): string {
  const hex = createHash('sha256').update(`${appId}|${tenantId}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
