import { ConfidentialClientApplication } from '@azure/msal-node';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import type { ServiceClientCredentialsFactory } from 'botframework-connector';
import { MsalServiceClientCredentialsFactory } from 'botframework-connector';
import restify from 'restify';

/**
 * What the libraries cost by themselves: the stock adapter with the stock authentication, an echo, and an answer
 * to every button at once. It takes the product's settings, so that the sandbox can start it in its place.
 */
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const appId = setting('BOT_APP_ID');
const authority = `${setting('ENTRA_AUTHORITY_HOST')}/${setting('BOT_TENANT_ID')}`;

const adapter = new CloudAdapter(
  new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: appId,
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppTenantId: setting('BOT_TENANT_ID'),
      ToChannelFromBotLoginUrl: authority,
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      OAuthUrl: setting('BOT_TOKEN_SERVICE_URL'),
      ToBotFromChannelOpenIdMetadataUrl: setting('BOT_OPENID_METADATA_URL'),
      ToBotFromEmulatorOpenIdMetadataUrl: `${authority}/v2.0/.well-known/openid-configuration`,
      CallerId: 'urn:botframework:azure',
      ValidateAuthority: false,
    },
    credentials(),
  ),
);

/** The stock password credentials refuse an authority that the public internet does not know. */
function credentials(): ServiceClientCredentialsFactory {
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: appId,
      clientSecret: setting('BOT_APP_SECRET'),
      authority,
      knownAuthorities: [new URL(authority).host],
    },
  });
  // The connector brings an older MSAL, whose class is another type with the one method that is used here.
  type OlderClient = ConstructorParameters<typeof MsalServiceClientCredentialsFactory>[1];
  const factory: unknown = new MsalServiceClientCredentialsFactory(appId, client as unknown as OlderClient);
  return factory as ServiceClientCredentialsFactory;
}

const server = restify.createServer({ name: 'bare-bot' });
server.get('/readyz', (_req, res, next) => {
  res.send(200);
  next();
});
server.get('/metrics', (_req, res, next) => {
  res.sendRaw(200, `process_resident_memory_bytes ${process.memoryUsage.rss()}\n`);
  next();
});
server.use(restify.plugins.bodyParser({ mapParams: false }));
server.post('/api/messages', async (req: restify.Request, res: restify.Response) => {
  const { headers, method = 'POST' } = req;
  const body = req.body as Record<string, unknown>;
  await adapter.process({ body, headers, method }, res, async (context) => {
    const kind: string = context.activity.type;
    if (kind === 'message') {
      await context.sendActivity(`echo: ${context.activity.text}`);
    }
    if (kind === 'invoke') {
      const answer = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'done' };
      await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: answer } });
    }
  });
});
server.listen(Number(setting('PORT')), setting('HOST'));
