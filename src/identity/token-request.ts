import { ConfidentialClientApplication, type AuthenticationResult } from '@azure/msal-node';
import * as z from 'zod';
import { authorityOf } from './authority.ts';
import type { CredentialSource } from './credential.ts';
import { IdentityError } from './errors.ts';
import { createMsalNetwork, SILENT_LOGGER, type EntraRefusal, type MsalNetwork } from './msal-network.ts';

export interface TokenEndpoint {
  readonly authorityHost: string;
  readonly clientId: string;
  readonly credential: CredentialSource;
  /** For the whole request, the authority's metadata included. */
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch | undefined;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly result: AuthenticationResult }
  | { readonly kind: 'refused'; readonly refusal: EntraRefusal }
  /** The bot's credential could not be read or obtained: Entra was not asked. */
  | { readonly kind: 'no-credential'; readonly error: IdentityError }
  /** No answer, or one that makes no sense. */
  | { readonly kind: 'no-answer'; readonly error?: unknown };

type Acquire = (app: ConfidentialClientApplication) => Promise<AuthenticationResult | null>;

/**
 * One request to one tenant's token endpoint by an MSAL application of its own: MSAL remembers a throttled or
 * failed request by client and scopes, not by user, so a shared one would let one person's failure block all.
 */
export async function requestToken(
  endpoint: TokenEndpoint,
  tenantId: string,
  acquire: Acquire,
  signal?: AbortSignal,
): Promise<TokenAnswer> {
  const deadline = AbortSignal.timeout(endpoint.timeoutMs);
  const network = createMsalNetwork({
    timeoutMs: endpoint.timeoutMs,
    authorityHost: endpoint.authorityHost,
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    fetch: endpoint.fetch,
  });
  try {
    const result = await acquire(await createApplication(endpoint, tenantId, network));
    // MSAL takes an error without an `error` field for success with an empty token.
    if (result !== null && result.accessToken !== '') return { kind: 'token', result };
    return withoutToken(network.lastRefusal());
  } catch (error) {
    const ours = error instanceof IdentityError ? error : network.foreignAddress();
    if (ours !== undefined) return { kind: 'no-credential', error: ours };
    return withoutToken(network.lastRefusal() ?? refusalOf(error), error);
  }
}

/** Throws IdentityError when the bot's own credential cannot be read. */
export async function createApplication(
  endpoint: TokenEndpoint,
  tenantId: string,
  network: MsalNetwork,
): Promise<ConfidentialClientApplication> {
  return new ConfidentialClientApplication({
    auth: {
      clientId: endpoint.clientId,
      authority: authorityOf(endpoint.authorityHost, tenantId),
      // Without it MSAL asks Microsoft on the internet whether the host is an authority at all.
      knownAuthorities: [new URL(endpoint.authorityHost).host],
      ...(await endpoint.credential.read()),
    },
    system: { networkClient: network.module, loggerOptions: SILENT_LOGGER },
  });
}

function withoutToken(refusal: EntraRefusal | undefined, error?: unknown): TokenAnswer {
  return refusal === undefined ? { kind: 'no-answer', error } : { kind: 'refused', refusal };
}

/** Several copies of MSAL live in one tree, so its errors are known by their fields, never by their class. */
const MsalError = z.object({
  name: z.enum(['ServerError', 'InteractionRequiredAuthError']),
  errorCode: z.string().min(1),
  errorNo: z.coerce.number().int().optional().catch(undefined),
  subError: z.string().optional().catch(undefined),
  claims: z.string().optional().catch(undefined),
});

function refusalOf(error: unknown): EntraRefusal | undefined {
  const known = MsalError.safeParse(error).data;
  if (known === undefined) return undefined;
  const { errorCode, errorNo, subError, claims } = known;
  const aadsts = errorNo === undefined ? [] : [errorNo];
  return { status: 400, error: errorCode, aadsts, suberror: subError, claims };
}
