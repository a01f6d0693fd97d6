import { ServiceClientCredentialsFactory } from 'botframework-connector';
import type { AppTokenSource } from '../src/identity/app-token.ts';

export interface OutboundCredentialsOptions {
  readonly appId: string;
  /** Audience of the bot's outbound token, without `/.default`. */
  readonly channelScope: string;
  readonly appTokens: AppTokenSource;
}

type Credentials = Awaited<ReturnType<ServiceClientCredentialsFactory['createCredentials']>>;

/** The SDK's own factories ignore the authority host and know no federated token file; this one uses our tokens. */
export function createOutboundCredentials(
  options: OutboundCredentialsOptions,
): ServiceClientCredentialsFactory {
  return new OutboundCredentials(options);
}

class OutboundCredentials extends ServiceClientCredentialsFactory {
  readonly #options: OutboundCredentialsOptions;

  constructor(options: OutboundCredentialsOptions) {
    super();
    this.#options = options;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return Promise.resolve(appId === this.#options.appId);
  }

  override isAuthenticationDisabled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override createCredentials(appId: string, audience: string | undefined): Promise<Credentials> {
    const { appTokens, channelScope } = this.#options;
    // Without this check the SDK hands out the bot's token for whatever app an inbound token names.
    if (appId !== this.#options.appId || (audience !== undefined && audience !== channelScope)) {
      return Promise.reject(new Error('Credentials are only for the bot itself towards its channel.'));
    }
    return Promise.resolve({
      signRequest: async (request) => {
        // The time limit of a message holds for its token too.
        const signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined;
        const token = await appTokens.acquire(`${channelScope}/.default`, { signal });
        request.headers.set('authorization', `Bearer ${token}`);
        return request;
      },
    });
  }
}
