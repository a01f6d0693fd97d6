import type { Config } from '../src/config.ts';
import { createAppTokenSource } from '../src/identity/app-token.ts';
import { createCodeSignIn } from '../src/identity/code-sign-in.ts';
import { createCredentialSource } from '../src/identity/credential.ts';
import { createDefenderAccess } from '../src/identity/defender-access.ts';
import { createOnBehalfOf } from '../src/identity/on-behalf-of.ts';
import { createUserTokenVerifier } from '../src/identity/verify-user-token.ts';
import type { JobParts } from '../src/jobs/parts.ts';
import type { Log } from '../src/platform/log.ts';
import type { StepUps } from '../src/store/step-ups.ts';
import { createInboundAuthentication } from './authentication.ts';
import { ConnectorAuthentication } from './connector.ts';
import { createTokenService } from './token-service.ts';
import { withinTime } from './within-time.ts';

const tokenServiceMs = 5_000;
const entraMs = 10_000;

/** Everything that proves who somebody is, the bot included. `onSecret` gets what must never be logged. */
export function composeIdentity(config: Config, onSecret: (secret: string) => void) {
  const { authorityHost, allowedTenants, trustedServiceHosts, channelScope } = config;
  const appId = config.botAppId;
  const credential = createCredentialSource(config.credential, onSecret);
  const app = { authorityHost, clientId: appId, credential, timeoutMs: entraMs };
  const appTokens = createAppTokenSource({ ...app, homeTenantId: config.botTenantId });
  const tokenService = createTokenService({
    baseUrl: config.tokenServiceUrl,
    connectionName: config.oauthConnection,
    appId,
    appToken: (signal) => appTokens.acquire(`${channelScope}/.default`, { signal }),
    timeoutMs: tokenServiceMs,
  });
  const verifier = createUserTokenVerifier({ authorityHost, appId, allowedTenants });
  const onBehalfOf = createOnBehalfOf({ ...app, defenderResource: config.defenderResource });
  return {
    tokenService,
    verifier,
    access: createDefenderAccess({
      userTokens: tokenService,
      verifier,
      onBehalfOf,
      keepSignIn: config.publicUrl !== undefined,
    }),
    codeSignIn:
      config.publicUrl === undefined
        ? undefined
        : createCodeSignIn({
            ...app,
            defenderResource: config.defenderResource,
            redirectUri: `${config.publicUrl}/auth/callback`,
          }),
    defenderReader: (tenantId: string) =>
      appTokens.acquire(`${config.defenderResource}/.default`, { tenantId }),
    connector: new ConnectorAuthentication({
      appId,
      channelScope,
      appTokens,
      tenantId: config.botTenantId,
      authorityHost,
      tokenServiceUrl: config.tokenServiceUrl,
      tokenIssuer: config.tokenIssuer,
      openIdMetadataUrl: config.openIdMetadataUrl,
      trustedServiceHosts,
    }),
    inbound: createInboundAuthentication({
      metadataUrl: config.openIdMetadataUrl,
      issuer: config.tokenIssuer,
      appId,
      allowedTenants,
      trustedServiceHosts,
    }),
  };
}

/** What card actions need to lead somebody to Cordon's own sign-in page. */
export function stepUpLinks(
  { publicUrl, oauthConnection }: Config,
  { stepUps }: { readonly stepUps: StepUps },
) {
  if (publicUrl === undefined) return undefined;
  return { stepUps, startUrl: `${publicUrl}/auth/start`, connectionName: oauthConnection };
}

interface PageNeeds extends Pick<ReturnType<typeof composeIdentity>, 'codeSignIn'> {
  readonly stepUps: StepUps;
  readonly jobs: JobParts;
  readonly log: Log;
}

/** A submission is over by then; what only looks for a lost answer is left to the people that the card asks. */
const longestGoingOnMs = 4_000;

/** The sign-in page, with which goes on what only this process can: its end waits for that. */
export function composePages({ publicUrl }: Config, { codeSignIn, stepUps, jobs, log }: PageNeeds) {
  if (publicUrl === undefined || codeSignIn === undefined) return undefined;
  const underWay = new Set<Promise<void>>();
  const goingOn = (work: Promise<void>): void => {
    const settled = work
      .catch((error: unknown) => log.error({ err: error }, 'an approval after a sign-in did not go on'))
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
  };
  const basePath = new URL(publicUrl).pathname.replace(/\/+$/, '');
  return {
    served: { basePath, parts: { stepUps, signIn: codeSignIn, jobs, goingOn, log } },
    over: () => withinTime(Promise.all(underWay), longestGoingOnMs, undefined),
  };
}
