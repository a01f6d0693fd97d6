import { errors as joseErrors } from 'jose';
import type { JWTPayload } from 'jose';
import type { TokenError } from './aadsts.ts';
import { tokenErrors } from './aadsts.ts';
import type { AppCredentials } from './app-credentials.ts';
import type { AuthorizationCodes } from './authorization-codes.ts';
import type { EntraTokens } from './entra-tokens.ts';
import { accountAnswer } from './entra-tokens.ts';
import type { Issued } from './issued.ts';
import type { SigningKey } from './signing-key.ts';
import type { Person } from './world.ts';
import { botAppId } from './world.ts';

/** The one scope that the bot's own application offers; Teams and the OAuth connection ask for it. */
export const appScopes = ['access_as_user'];

const onBehalfOf = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Scopes of OpenID Connect that MSAL adds to every request. */
const openIdScopes = new Set(['openid', 'profile', 'offline_access', 'email']);

export interface GrantContext {
  readonly credentials: AppCredentials;
  readonly defenderResource: string;
  readonly channelScope: string;
  readonly key: SigningKey;
  readonly tokens: EntraTokens;
  readonly now: () => number;
  readonly people: readonly Person[];
  readonly codes: AuthorizationCodes;
  readonly issued?: Issued;
  readonly scopesOf: (person: Person) => readonly string[];
  readonly appRolesFor: (audience: string) => readonly string[];
}

export interface GrantOutcome {
  readonly body?: Record<string, unknown>;
  readonly problem?: TokenError;
  /** Whose token it is, for the wire. */
  readonly as: string;
  readonly detail?: Record<string, unknown>;
}

export function requestKind(form: URLSearchParams): 'obo' | 'code' | 'application' {
  const grant = form.get('grant_type');
  if (grant === 'authorization_code') return 'code';
  return grant === onBehalfOf ? 'obo' : 'application';
}

export async function grantToken(
  context: GrantContext,
  tenant: string,
  form: URLSearchParams,
  missingScope: string | undefined,
): Promise<GrantOutcome> {
  const problem = await clientProblem(context, tenant, form);
  if (problem !== undefined) return refused('Cordon (app)', problem);
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return grantToApp(context, tenant, form);
    case onBehalfOf:
      return grantOnBehalfOf(context, tenant, form, missingScope);
    case 'authorization_code':
      return grantForCode(context, tenant, form, missingScope);
    default:
      return refused('Cordon (app)', tokenErrors.unknownGrant);
  }
}

/** Who asks: the bot's application, by one of the credentials that are registered for it. */
async function clientProblem(
  { credentials, tokens }: GrantContext,
  tenant: string,
  form: URLSearchParams,
): Promise<TokenError | undefined> {
  if (form.get('client_id') !== botAppId) return tokenErrors.unknownApp;
  const audiences = [tokens.issuer(tenant), tokens.endpoint(tenant)];
  return credentials.problemOf(form, { appId: botAppId, audiences });
}

async function grantToApp(
  context: GrantContext,
  tenant: string,
  form: URLSearchParams,
): Promise<GrantOutcome> {
  const resource = defaultScopeResource(form);
  if (resource === undefined) return refused('Cordon (app)', tokenErrors.badScope);
  if (resource !== context.channelScope && resource !== context.defenderResource) {
    return refused('Cordon (app)', tokenErrors.unknownResource);
  }
  const roles = context.appRolesFor(resource);
  const token = await context.tokens.forApp({ appId: botAppId, tenantId: tenant, audience: resource, roles });
  return {
    as: 'Cordon (app)',
    detail: { roles },
    body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token },
  };
}

async function grantOnBehalfOf(
  context: GrantContext,
  tenant: string,
  form: URLSearchParams,
  missingScope: string | undefined,
): Promise<GrantOutcome> {
  const assertion = form.get('assertion');
  if (assertion === null || form.get('requested_token_use') !== 'on_behalf_of') {
    return refused('Cordon (app)', tokenErrors.missingParameter);
  }
  const person = await personOfAssertion(context, tenant, assertion);
  if ('number' in person) return refused('Cordon (app)', person);
  return grantToPerson(context, { tenant, person }, form, missingScope);
}

/** The end of a sign-in in the browser; the scopes are asked for again, as MSAL does. */
async function grantForCode(
  context: GrantContext,
  tenant: string,
  form: URLSearchParams,
  missingScope: string | undefined,
): Promise<GrantOutcome> {
  const redeemed = context.codes.redeem(tenant, form);
  if ('number' in redeemed) return refused('Cordon (app)', redeemed);
  const { person, request } = redeemed;
  return grantToPerson(context, { tenant, person, nonce: request.nonce }, form, missingScope);
}

async function grantToPerson(
  context: GrantContext,
  { tenant, person, nonce }: { tenant: string; person: Person; nonce?: string | undefined },
  form: URLSearchParams,
  missingScope: string | undefined,
): Promise<GrantOutcome> {
  const resource = defaultScopeResource(form);
  if (resource === undefined) return refused(person.name, tokenErrors.badScope);
  if (resource !== context.defenderResource) return refused(person.name, tokenErrors.unknownResource);
  const scopes = context.scopesOf(person).filter((scope) => scope !== missingScope);
  if (scopes.length === 0) return refused(person.name, tokenErrors.noConsent);
  const user = { person, tenantId: tenant, audience: resource, scopes, client: botAppId };
  const { key, now, tokens } = context;
  const account = await accountAnswer(key, tokens.issuer(tenant), {
    person,
    tenantId: tenant,
    appId: botAppId,
    now: now(),
    nonce,
  });
  context.issued?.add('refresh token', account.refresh_token);
  return {
    as: person.name,
    detail: { scopes },
    body: {
      token_type: 'Bearer',
      scope: scopes.map((scope) => `${resource}/${scope}`).join(' '),
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: await tokens.forUser(user),
      ...account,
    },
  };
}

/** A middle tier may only trade a token of a user that was issued to itself, here, and still holds. */
async function personOfAssertion(
  { key, tokens, now, people }: GrantContext,
  tenant: string,
  assertion: string,
): Promise<Person | TokenError> {
  let claims: JWTPayload;
  try {
    claims = await key.verify(assertion, {
      audience: [botAppId, `api://botid-${botAppId}`],
      issuer: tokens.issuer(tenant),
      currentDate: new Date(now()),
    });
  } catch (error) {
    return error instanceof joseErrors.JWTExpired ? tokenErrors.expiredAssertion : tokenErrors.badAssertion;
  }
  if (claims['tid'] !== tenant) return tokenErrors.badAssertion;
  if (claims['idtyp'] === 'app' || claims['scp'] === undefined) return tokenErrors.appOnlyAssertion;
  return people.find((person) => person.objectId === claims['oid']) ?? tokenErrors.badAssertion;
}

/** The resource of `<resource>/.default`, the only form Cordon may ask; one resource a request. */
function defaultScopeResource(form: URLSearchParams): string | undefined {
  const asked = (form.get('scope') ?? '')
    .split(' ')
    .filter((scope) => scope !== '' && !openIdScopes.has(scope));
  const [only] = asked;
  return asked.length === 1 && only?.endsWith('/.default') === true
    ? only.slice(0, -'/.default'.length)
    : undefined;
}

function refused(as: string, problem: TokenError): GrantOutcome {
  return { as, problem, detail: { error: problem.error, aadsts: problem.number } };
}
