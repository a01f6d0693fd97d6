import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenExchangeAudience } from './app-credentials.ts';
import type { Entra } from './entra.ts';
import type { JsonAnswer } from './http.ts';
import { openPlainPort, sendJson, urlOf } from './http.ts';
import { seconds } from './signing-key.ts';
import { tenantId } from './world.ts';

/** The endpoint that Azure App Service and Container Apps put beside a process that has a managed identity. */
export interface ManagedIdentityEndpoint {
  readonly clientId: string;
  /** Of the identity: the subject of its tokens. */
  readonly principalId: string;
  /** What the platform sets in the environment of the process. */
  readonly environment: Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>;
  /** Tokens handed out so far. */
  readonly handedOut: number;
  /** From now on tokens are signed by this Entra; before, there are none. */
  issueFrom(entra: Pick<Entra, 'tokens'>): void;
  close(): Promise<void>;
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
const apiVersion = '2019-08-01';
const lifetimeSeconds = 24 * 3600;

export async function openManagedIdentity(): Promise<ManagedIdentityEndpoint> {
  const port = await openPlainPort();
  const clientId = randomUUID();
  const principalId = randomUUID();
  const header = randomBytes(16).toString('hex');
  let handedOut = 0;
  return {
    clientId,
    principalId,
    environment: { IDENTITY_ENDPOINT: `${port.origin}/msi/token`, IDENTITY_HEADER: header },
    get handedOut() {
      return handedOut;
    },
    issueFrom: ({ tokens }) => {
      port.serve((req, res) => {
        const problem = problemOf(req, { header, clientId });
        if (problem !== undefined) {
          sendJson(res, problem);
          return;
        }
        handedOut += 1;
        const at = seconds(Date.now());
        const claims = {
          iss: tokens.issuer(tenantId),
          sub: principalId,
          oid: principalId,
          aud: tokenExchangeAudience,
          tid: tenantId,
          iat: at,
          nbf: at,
          exp: at + lifetimeSeconds,
        };
        void tokens.raw(claims).then((token) => {
          const body = {
            access_token: token,
            expires_on: String(claims.exp),
            resource: tokenExchangeAudience,
            token_type: 'Bearer',
            client_id: clientId,
          };
          sendJson(res, { status: 200, body });
        });
      });
    },
    close: () => port.close(),
  };
}

function problemOf(
  req: IncomingMessage,
  { header, clientId }: { readonly header: string; readonly clientId: string },
): JsonAnswer | undefined {
  const query = urlOf(req).searchParams;
  // The header keeps out whoever can only make the process fetch an address.
  if (req.headers['x-identity-header'] !== header) return { status: 401 };
  if (query.get('api-version') !== apiVersion) return { status: 400 };
  if (query.get('client_id') !== clientId || query.get('resource') !== tokenExchangeAudience) {
    return {
      status: 400,
      body: { statusCode: 400, message: 'No managed identity found for this client id.' },
    };
  }
  return undefined;
}
