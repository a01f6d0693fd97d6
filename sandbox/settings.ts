import { botAppId, oauthConnection, tenantId } from './world.ts';

/** Addresses of the simulated services, as the bot is told them. */
export interface Addresses {
  readonly botPort: number;
  readonly publicUrl: string;
  readonly entra: string;
  readonly tokenService: string;
  readonly defender: string;
  readonly metadataUrl: string;
  /** `host:port` of everything that may receive activities. */
  readonly serviceHosts: readonly string[];
}

/** The environment of the bot: nothing but the settings any operator would make. */
export function botSettings(
  addresses: Addresses,
  secrets: { appSecret: string; databaseUrl: string; caBundle: string },
): Record<string, string> {
  return {
    PORT: String(addresses.botPort),
    HOST: '127.0.0.1',
    PUBLIC_URL: addresses.publicUrl,
    DATABASE_URL: secrets.databaseUrl,
    BOT_APP_ID: botAppId,
    BOT_TENANT_ID: tenantId,
    BOT_APP_SECRET: secrets.appSecret,
    BOT_OAUTH_CONNECTION: oauthConnection,
    ENTRA_AUTHORITY_HOST: addresses.entra,
    BOT_OPENID_METADATA_URL: addresses.metadataUrl,
    BOT_TOKEN_SERVICE_URL: addresses.tokenService,
    TRUSTED_SERVICE_HOSTS: addresses.serviceHosts.join(','),
    DEFENDER_API_URL: addresses.defender,
    TRACKING_INTERVAL_SECONDS: '2',
    LOG_LEVEL: 'info',
    NODE_EXTRA_CA_CERTS: secrets.caBundle,
  };
}
