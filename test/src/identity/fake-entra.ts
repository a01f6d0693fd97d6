import {
  AUTHORITY_HOST,
  createSigner,
  fetchVia,
  startServer,
  TENANT,
  type Reply,
  type Seen,
  type Signer,
  type TestServer,
} from './fixtures.ts';

export interface TestEntra {
  readonly server: TestServer;
  readonly fetch: typeof fetch;
  /** The keys that are published now. */
  published: Signer[];
  /** What the token endpoint says. */
  token: (form: URLSearchParams, request: Seen) => Reply | 'hang' | 'reset';
  /** Other addresses than its own in its metadata. */
  metadata: Readonly<Record<string, string>>;
  /** Forms that reached the token endpoint. */
  readonly forms: URLSearchParams[];
  close(): Promise<void>;
}

/** Made once: an RSA key takes a noticeable part of a second. */
let defaultSigner: Promise<Signer> | undefined;

/** Metadata, keys and token endpoint of every tenant, as far as verifying and asking for tokens needs them. */
export async function startEntra(): Promise<TestEntra> {
  const server = await startServer((request) => {
    const [, tenant = TENANT] = request.path.split('/');
    const base = `${AUTHORITY_HOST}/${tenant}`;
    if (request.path.endsWith('/openid-configuration')) {
      return {
        body: {
          issuer: `${base}/v2.0`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          ...entra.metadata,
        },
      };
    }
    if (request.path.endsWith('/keys')) return { body: { keys: entra.published.map(({ jwk }) => jwk) } };
    const form = new URLSearchParams(request.body);
    entra.forms.push(form);
    return entra.token(form, request);
  });
  const entra: TestEntra = {
    server,
    fetch: fetchVia(server),
    published: [await (defaultSigner ??= createSigner('entra'))],
    token: () => ({ status: 500 }),
    forms: [],
    metadata: {},
    close: () => server.close(),
  };
  return entra;
}

export function tokenAnswer(accessToken: string, extra: Record<string, unknown> = {}): Reply {
  return { body: { token_type: 'Bearer', expires_in: 3599, access_token: accessToken, ...extra } };
}

/** An error body as Entra words it. */
export function refusal(error: string, code: number, extra: Record<string, unknown> = {}): Reply {
  return {
    status: error === 'invalid_client' ? 401 : 400,
    body: {
      error,
      error_description: `AADSTS${code}: some words. Trace ID: 0 Correlation ID: 0`,
      error_codes: [code],
      timestamp: '2026-11-23 03:00:00Z',
      trace_id: '00000000-0000-4000-8000-000000000001',
      correlation_id: '00000000-0000-4000-8000-000000000002',
      ...extra,
    },
  };
}
