/** Stands in for the bot's Entra application id when none is set: no real application has it, so no one is addressed by mistake. */
export const exampleAppId = '00000000-0000-0000-0000-000000000000';

export interface PackageSettings {
  readonly botAppId: string;
  /** Host of `PUBLIC_URL`, where people reach the bot for step-up sign-in. */
  readonly publicHost?: string;
}

export interface ReadSettings {
  readonly settings: PackageSettings;
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

/** Reads what the package needs of the bot's own settings. An empty value counts as not set. */
export function readPackageSettings(env: Readonly<Record<string, string | undefined>>): ReadSettings {
  const botAppId = env['BOT_APP_ID'] ?? '';
  const publicUrl = env['PUBLIC_URL'] ?? '';
  const publicHost = httpsHost(publicUrl);
  const faults = [
    ...(botAppId === '' || isGuid(botAppId)
      ? []
      : ['BOT_APP_ID: expected a GUID, the id of the Entra application']),
    ...(publicUrl === '' || publicHost !== undefined ? [] : ['PUBLIC_URL: expected an https address']),
  ];
  const notices =
    botAppId === ''
      ? [`BOT_APP_ID is not set: the package holds the example id ${exampleAppId} and will reach no bot.`]
      : [];
  return {
    settings: {
      // A wrong id is told once, above, not again by the schema.
      botAppId: isGuid(botAppId) ? botAppId.toLowerCase() : exampleAppId,
      ...(publicHost === undefined ? {} : { publicHost }),
    },
    faults,
    notices,
  };
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function httpsHost(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' ? url.hostname : undefined;
}
