/** Addresses of each Microsoft cloud; every one may be overridden by its own setting. */

export const cloudNames = ['public', 'gcc', 'gcchigh', 'dod'] as const;
export type CloudName = (typeof cloudNames)[number];

export interface Cloud {
  readonly authorityHost: string;
  readonly openIdMetadataUrl: string;
  readonly tokenIssuer: string;
  readonly channelScope: string;
  readonly tokenServiceUrl: string;
  readonly serviceHosts: readonly string[];
  readonly defenderApiUrl: string;
  readonly defenderResource: string;
  readonly defenderPortalUrl: string;
}

const commercialBotFramework = {
  openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  tokenIssuer: 'https://api.botframework.com',
  channelScope: 'https://api.botframework.com',
  tokenServiceUrl: 'https://api.botframework.com',
};

const governmentBotFramework = {
  openIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  tokenIssuer: 'https://api.botframework.us',
  channelScope: 'https://api.botframework.us',
  tokenServiceUrl: 'https://api.botframework.azure.us',
};

const usGovernment: Cloud = {
  ...governmentBotFramework,
  authorityHost: 'https://login.microsoftonline.us',
  serviceHosts: ['smba.infra.gov.teams.microsoft.us'],
  defenderApiUrl: 'https://api-gov.securitycenter.microsoft.us',
  defenderResource: 'https://api-gov.securitycenter.microsoft.us',
  defenderPortalUrl: 'https://security.microsoft.us',
};

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    ...commercialBotFramework,
    authorityHost: 'https://login.microsoftonline.com',
    serviceHosts: ['smba.trafficmanager.net'],
    defenderApiUrl: 'https://api.security.microsoft.com',
    // Defender still demands the older name as the audience, on the newer host too.
    defenderResource: 'https://api.securitycenter.microsoft.com',
    defenderPortalUrl: 'https://security.microsoft.com',
  },
  gcc: {
    ...commercialBotFramework,
    authorityHost: 'https://login.microsoftonline.com',
    serviceHosts: ['smba.infra.gcc.teams.microsoft.com'],
    defenderApiUrl: 'https://api-gcc.securitycenter.microsoft.us',
    defenderResource: 'https://api-gcc.securitycenter.microsoft.us',
    defenderPortalUrl: 'https://security.microsoft.com',
  },
  gcchigh: usGovernment,
  // The Teams host of DoD follows the pattern of GCC High; Microsoft does not document it.
  dod: { ...usGovernment, serviceHosts: ['smba.infra.dod.teams.microsoft.us'] },
};

/**
 * Audience of a managed identity's token that serves as a client assertion; GCC uses the public Entra.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
 */
export const tokenExchangeAudiences: Readonly<Record<CloudName, string>> = {
  public: 'api://AzureADTokenExchange',
  gcc: 'api://AzureADTokenExchange',
  gcchigh: 'api://AzureADTokenExchangeUSGov',
  dod: 'api://AzureADTokenExchangeUSGov',
};
