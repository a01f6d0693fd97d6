import type { Config } from '../../../src/config.ts';
import type { BotCredential } from '../../../src/identity/credential.ts';
import { IdentityError, type IdentityErrorCode } from '../../../src/identity/errors.ts';
import { composeTokenService } from '../../compose-tools.ts';
import type { SignInConversation } from '../../token-service.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Asks for a sign-in link, with the bot's own credential; nobody is signed in and nothing is kept by that. */
export async function checkTokenService(config: Config): Promise<Finding> {
  const connection = `OAuth connection "${config.oauthConnection}"`;
  try {
    const { tokenExchangeResource } = await composeTokenService(config).signInResource(nobody(config));
    return tokenExchangeResource === undefined
      ? warning(
          `${connection} signs in by button only: set its Token Exchange URL to api://botid-<BOT_APP_ID>`,
        )
      : ok(`gave a sign-in link of ${connection}`);
  } catch (error) {
    return failureOf(error, config);
  }
}

const credentialSettings: Readonly<Record<BotCredential['kind'], string>> = {
  secret: 'BOT_APP_SECRET',
  certificate: 'BOT_CERTIFICATE_FILE',
  'federated-token-file': 'BOT_FEDERATED_TOKEN_FILE',
  'managed-identity': 'BOT_MANAGED_IDENTITY_CLIENT_ID',
};

function failureOf(error: unknown, config: Config): Finding {
  if (!(error instanceof IdentityError))
    return failed('the check itself failed: look at the version of Cordon');
  if (error.code === 'token-service-throttled')
    return warning('is throttled (HTTP 429): try again in a minute');
  const setting = credentialSettings[config.credential.kind];
  const detail = error.detail === undefined ? '' : ` (${error.detail})`;
  const texts: Readonly<Partial<Record<IdentityErrorCode, string>>> = {
    'credential-unreadable': `the bot's credential cannot be read: check the file that ${setting} names`,
    'app-token-refused': `Entra refused the bot's own credential${detail}: check ${setting}, BOT_APP_ID and BOT_TENANT_ID; it may have run out`,
    'app-token-unavailable': `Entra gave no answer${detail}: check ENTRA_AUTHORITY_HOST, and that this machine may reach it`,
    'token-service-refused': refusal(error.detail, config.oauthConnection),
  };
  return failed(
    texts[error.code] ??
      `no answer${detail}: check BOT_TOKEN_SERVICE_URL, and that this machine may reach it`,
  );
}

function refusal(detail: string | undefined, connection: string): string {
  if (detail === 'HTTP 401' || detail === 'HTTP 403') {
    return `does not accept the bot (${detail}): is BOT_APP_ID the application of the Azure Bot, and CLOUD its cloud?`;
  }
  return `knows no OAuth connection "${connection}" (${detail ?? 'refused'}): create it at the Azure Bot, or correct BOT_OAUTH_CONNECTION`;
}

function nobody(config: Config): SignInConversation {
  const [host = 'smba.trafficmanager.net'] = config.trustedServiceHosts;
  return {
    user: { id: '29:cordon-doctor' },
    bot: { id: `28:${config.botAppId}` },
    conversation: { id: 'cordon-doctor', conversationType: 'personal', tenantId: config.botTenantId },
    serviceUrl: `https://${host.replace(/^\*\./, '')}/`,
  };
}
