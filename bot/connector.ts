import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import {
  AuthenticationConstants,
  ClaimsIdentity,
  ConnectorClient,
  ConnectorFactory,
  type AuthenticateRequestResult,
} from 'botframework-connector';
import { ChatError } from '../src/jobs/ports.ts';
import { createConnectorHttpClient } from './connector-http-client.ts';
import { createOutboundCredentials, type OutboundCredentialsOptions } from './outbound-credentials.ts';
import { createServiceUrlRule } from './service-url.ts';

export interface ConnectorAuthenticationOptions extends OutboundCredentialsOptions {
  readonly tenantId: string;
  readonly authorityHost: string;
  readonly tokenServiceUrl: string;
  readonly tokenIssuer: string;
  readonly openIdMetadataUrl: string;
  readonly trustedServiceHosts: readonly string[];
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** Outbound side of the SDK's adapter: our tokens, our time limit, no silent re-sending, trusted hosts only. */
export class ConnectorAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #appId: string;
  readonly #channelScope: string;
  readonly #factory: ConnectorFactory;

  constructor(options: ConnectorAuthenticationOptions) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, fetch } = options;
    super(sdkSettings(options), createOutboundCredentials(options), undefined, undefined, {
      httpClient: createConnectorHttpClient({ timeoutMs, fetch }),
    });
    this.#appId = options.appId;
    this.#channelScope = options.channelScope;
    this.#factory = new CarefulConnectorFactory(
      super.createConnectorFactory(this.#identity()),
      options.trustedServiceHosts,
    );
  }

  /** Inbound requests are authenticated before the SDK sees them; its own check also takes emulator tokens. */
  override authenticateRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(new Error('Inbound requests are not authenticated by the SDK.'));
  }

  override createConnectorFactory(): ConnectorFactory {
    return this.#factory;
  }

  /** For `CloudAdapter.processActivity` of an activity that was authenticated by `authentication.ts`. */
  authenticated(): AuthenticateRequestResult {
    return {
      audience: this.#channelScope,
      claimsIdentity: this.#identity(),
      callerId: 'urn:botframework:azure',
      connectorFactory: this.#factory,
    };
  }

  createConnectorClientFor(serviceUrl: string): Promise<ConnectorClient> {
    return this.#factory.create(serviceUrl, this.#channelScope);
  }

  #identity(): ClaimsIdentity {
    const { AudienceClaim, AppIdClaim } = AuthenticationConstants;
    const claims = [AudienceClaim, AppIdClaim].map((type) => ({ type, value: this.#appId }));
    return new ClaimsIdentity(claims, true);
  }
}

/** All seven addresses, because setting one of them takes away the defaults of the others. */
function sdkSettings(options: ConnectorAuthenticationOptions): Record<string, string | boolean> {
  const authority = `${options.authorityHost.replace(/\/+$/, '')}/${options.tenantId}`;
  return {
    MicrosoftAppId: options.appId,
    MicrosoftAppTenantId: options.tenantId,
    MicrosoftAppType: 'SingleTenant',
    ToChannelFromBotLoginUrl: authority,
    ToChannelFromBotOAuthScope: options.channelScope,
    ToBotFromChannelTokenIssuer: options.tokenIssuer,
    OAuthUrl: options.tokenServiceUrl,
    ToBotFromChannelOpenIdMetadataUrl: options.openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: `${authority}/v2.0/.well-known/openid-configuration`,
    CallerId: 'urn:botframework:azure',
    ValidateAuthority: false,
  };
}

class CarefulConnectorFactory extends ConnectorFactory {
  readonly #inner: ConnectorFactory;
  readonly #trusted: (serviceUrl: string) => boolean;

  constructor(inner: ConnectorFactory, trustedServiceHosts: readonly string[]) {
    super();
    this.#inner = inner;
    this.#trusted = createServiceUrlRule(trustedServiceHosts);
  }

  override async create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    // A stored conversation may be older than the list of trusted hosts.
    if (!this.#trusted(serviceUrl)) throw new ChatError('refused');
    return withoutRetries(await this.#inner.create(serviceUrl, audience));
  }
}

interface Pipeline {
  removePolicy(policy: { readonly name: string }): unknown;
}

/**
 * The SDK re-sends a POST after a 5xx, so a message would appear twice; and it cannot be told not to. The
 * pipeline is a private member: a release that moves it must fail here, at once, and not in a channel.
 */
export function withoutRetries(connector: ConnectorClient): ConnectorClient {
  const client: unknown = Reflect.get(connector, 'client');
  const pipeline: unknown = isObject(client) ? Reflect.get(client, 'pipeline') : undefined;
  if (!isPipeline(pipeline))
    throw new Error('The connector client has no pipeline to take the retries from.');
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  return connector;
}

function isPipeline(value: unknown): value is Pipeline {
  return isObject(value) && typeof Reflect.get(value, 'removePolicy') === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
