import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { JWTPayload } from 'jose';
import type { AuthorizationCodes } from './authorization-codes.ts';
import { createAuthorizationCodes } from './authorization-codes.ts';
import type { AppCredentials } from './app-credentials.ts';
import { createAppCredentials } from './app-credentials.ts';
import { applyFault } from './apply-fault.ts';
import { tokenErrorAnswer, tokenErrors } from './aadsts.ts';
import type { EntraTokens } from './entra-tokens.ts';
import { createEntraTokens } from './entra-tokens.ts';
import type { GrantContext, GrantOutcome } from './entra-grants.ts';
import { appScopes, grantToken, requestKind } from './entra-grants.ts';
import type { Faults } from './faults.ts';
import type { JsonAnswer } from './http.ts';
import { readText, sendJson, urlOf } from './http.ts';
import type { Issued } from './issued.ts';
import { createSigningKey } from './signing-key.ts';
import { recordCall } from './wire-call.ts';
import type { Wire } from './wire.ts';
import type { Person } from './world.ts';
import { botAppId, otherTenantId, people, tenantId } from './world.ts';

export interface EntraOptions {
  readonly origin: string;
  /** The secret that is registered at the start; more in `credentials`. */
  readonly appSecret: string;
  readonly defenderResource: string;
  readonly channelScope: string;
  readonly faults: Faults;
  readonly wire: Wire;
  /** Where people's browsers find the sign-in pages. */
  readonly signInOrigin: string;
  /** Beside those of the seeded world. */
  readonly morePeople?: readonly Person[];
  readonly issued?: Issued;
  readonly now?: () => number;
}

export type Verified =
  { readonly ok: true; readonly claims: DefenderClaims } | { readonly ok: false; readonly why: string };

export interface DefenderClaims {
  readonly oid?: string;
  readonly upn?: string;
  readonly tid: string;
  readonly scp?: string;
  readonly roles?: string[];
  readonly aud: string;
  readonly appid?: string;
}

/** The simulated Microsoft Entra: OpenID metadata, keys, and a token endpoint that really checks. */
export interface Entra {
  readonly handle: RequestListener;
  readonly tokens: EntraTokens;
  readonly codes: AuthorizationCodes;
  /** By which the bot's application proves itself; may change at any time. */
  readonly credentials: AppCredentials;
  /** The single sign-on token that Teams obtains for a person: audience is the bot's application. */
  ssoToken(person: Person, lifetimeSeconds?: number): Promise<string>;
  /** Delegated Defender permissions of a person's tokens; undefined: what the admin consented to. */
  setGrants(personKey: string, scopes: readonly string[] | undefined): void;
  /** Application permissions for Defender, for the bot's own token. */
  setAppRoles(roles: readonly string[]): void;
  /** The claims of a token that Entra issued and that is in force. */
  verify(token: string, audience?: string): Promise<JWTPayload | undefined>;
  readonly verifyDefenderToken: (bearer: string) => Promise<Verified>;
  /** Whether this is the bot's own token for the channel. */
  isBotToken(bearer: string | undefined): Promise<boolean>;
}

export async function createEntra(options: EntraOptions): Promise<Entra> {
  const { origin, channelScope, issued, now = Date.now } = options;
  const key = await createSigningKey((token) => issued?.add('token of Entra', token));
  const tokens = createEntraTokens(key, origin, now);
  const codes = createAuthorizationCodes(now, issued);
  const credentials = createAppCredentials({ key, now, issued });
  credentials.addSecret(options.appSecret);
  const grants = new Map<string, readonly string[]>();
  let appRoles: readonly string[] = ['Machine.Read.All'];
  const verify = (token: string, audience?: string): Promise<JWTPayload | undefined> => {
    const rules = audience === undefined ? {} : { audience };
    const issuer = [tokens.issuer(tenantId), tokens.issuer(otherTenantId)];
    const currentDate = new Date(now());
    return key.verify(token, { ...rules, issuer, currentDate }).catch(() => undefined);
  };
  const context: GrantContext = {
    ...options,
    key,
    tokens,
    codes,
    credentials,
    now,
    people: [...people, ...(options.morePeople ?? [])],
    scopesOf: (person) => grants.get(person.key) ?? ['Machine.Read', 'Machine.RestrictExecution'],
    appRolesFor: (audience) => (audience === options.defenderResource ? appRoles : []),
  };

  return {
    tokens,
    codes,
    credentials,
    verify,
    ssoToken: (person, lifetimeSeconds) =>
      tokens.forUser({
        person,
        tenantId,
        audience: botAppId,
        scopes: appScopes,
        ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
      }),
    setGrants: (personKey, scopes) => {
      if (scopes === undefined) grants.delete(personKey);
      else grants.set(personKey, scopes);
    },
    setAppRoles: (roles) => (appRoles = roles),
    verifyDefenderToken: async (bearer) => {
      const claims = await verify(bearer.replace(/^Bearer /i, ''));
      return claims === undefined
        ? { ok: false, why: 'not a token that this Entra issued, or no longer in force' }
        : { ok: true, claims: claims as unknown as DefenderClaims };
    },
    isBotToken: async (bearer) =>
      bearer !== undefined && (await verify(bearer, channelScope))?.['appid'] === botAppId,
    handle: handlerOf(options, context),
  };
}

function handlerOf(options: EntraOptions, grants: GrantContext): RequestListener {
  const { faults, wire } = options;
  return (req, res) => {
    const [tenant = '', ...rest] = urlOf(req).pathname.slice(1).split('/');
    const path = rest.join('/');
    if (tenant !== tenantId && tenant !== otherTenantId) {
      sendJson(res, tokenErrorAnswer(tokenErrors.unknownTenant, grants.now()));
    } else if (req.method === 'GET') {
      sendJson(res, document(options, tenant, path, { keys: [grants.key.jwk] }));
    } else if (path === 'oauth2/v2.0/token') {
      void tokenEndpoint({ faults, wire, grants }, req, res);
    } else {
      sendJson(res, { status: 404 });
    }
  };
}

const kindNames = { obo: 'on behalf of', code: 'authorization code', application: 'application' } as const;

async function tokenEndpoint(
  { faults, wire, grants }: { faults: Faults; wire: Wire; grants: GrantContext },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams(await readText(req).catch(() => ''));
  const tenant = urlOf(req).pathname.split('/')[1] ?? '';
  const kind = requestKind(form);
  const note = recordCall(wire, res, {
    from: 'bot',
    to: 'entra',
    what: `POST token (${kindNames[kind]})`,
    detail: { scope: form.get('scope'), tenant },
  });
  const fault = faults.take(kind === 'application' ? 'entra.token' : `entra.${kind}`, () => readable(form));
  applyFault(fault, res, () => {
    void grantToken(grants, tenant, form, faults.get().missingScope).then((outcome) => {
      note.as = outcome.as;
      note.detail = { ...(note.detail as object), ...outcome.detail };
      sendJson(res, answerOf(outcome, grants.now()));
    });
  });
}

/** With the claims of the assertion, whose person one may want to aim a fault at. */
function readable(form: URLSearchParams): string {
  const [, claims = ''] = (form.get('assertion') ?? '').split('.');
  return `${form.get('scope') ?? ''} ${Buffer.from(claims, 'base64url').toString()}`;
}

function answerOf(outcome: GrantOutcome, now: number): JsonAnswer {
  return outcome.problem === undefined
    ? { status: 200, body: outcome.body }
    : tokenErrorAnswer(outcome.problem, now);
}

function document(
  { origin, signInOrigin }: { origin: string; signInOrigin: string },
  tenant: string,
  path: string,
  jwks: object,
): JsonAnswer {
  if (path === 'discovery/v2.0/keys') return { status: 200, body: jwks };
  if (path !== 'v2.0/.well-known/openid-configuration') return { status: 404 };
  const base = `${origin}/${tenant}`;
  return {
    status: 200,
    body: {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${signInOrigin}/${tenant}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ['code', 'id_token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      tenant_region_scope: 'EU',
    },
  };
}
