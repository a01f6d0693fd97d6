import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { type CloudName, cloudNames, clouds, tokenExchangeAudiences } from './clouds.ts';
import type { BotCredential } from './identity/credential.ts';

/** All settings, checked; the only place that reads the environment. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly metricsPort: number | undefined;
  /** Without a trailing slash. */
  readonly publicUrl: string | undefined;
  readonly databaseUrl: string;
  readonly botAppId: string;
  readonly botTenantId: string;
  readonly credential: BotCredential;
  readonly oauthConnection: string;
  readonly authorityHost: string;
  readonly openIdMetadataUrl: string;
  readonly tokenIssuer: string;
  readonly channelScope: string;
  readonly tokenServiceUrl: string;
  readonly trustedServiceHosts: readonly string[];
  readonly allowedTenants: readonly string[];
  readonly defenderApiUrl: string;
  readonly defenderResource: string;
  readonly defenderPortalUrl: string;
  readonly callsPerMinute: number;
  readonly callsPerHour: number;
  readonly trackingIdentity: 'delegated' | 'application';
  readonly trackingIntervalSeconds: number;
  readonly requestExpirySeconds: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A file of settings that stand in the environment's place where that has none. */
export interface EnvFile {
  readonly path: string;
  readonly values: Environment;
}

/** One line per fault: the setting's name and what is expected. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super('The settings are not usable');
    this.faults = faults;
  }
}

const guid = z
  .string({ error: 'is required: a GUID' })
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'expected a GUID')
  .transform((text) => text.toLowerCase());

const port = (least: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, `expected a port number from ${least} to 65535`)
    .transform(Number)
    .refine((value) => value >= least && value <= 65_535, `expected a port number from ${least} to 65535`);

const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected a whole number from ${least} to ${most}`);

/** `https`, or `http` on the loopback interface, where nobody listens in between. */
const address = z
  .string()
  .refine(isUsableAddress, 'expected an https address (http only on loopback), without user or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

/** Entra redirects here, so it must be written exactly as people reach it. */
const publicAddress = address.refine(
  (text) => URL.parse(text)?.search === '',
  'expected an https address (http only on loopback), without query',
);

const databaseUrl = z
  .string({ error: 'is required: postgres://… or pglite:<folder>' })
  .refine(
    (text) => /^postgres(ql)?:\/\/.+/.test(text) || /^pglite:.+/.test(text),
    'expected postgres://… or pglite:<folder>',
  );

const durationSeconds = z
  .string()
  .regex(/^[1-9]\d{0,2}[smhd]$/, 'expected a duration such as 30m, 4h or 1d')
  .transform((text) => Number.parseInt(text, 10) * { s: 1, m: 60, h: 3600, d: 86_400 }[unitOf(text)]);

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).min(1, 'expected at least one entry, separated by commas'));

const hostEntry = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i,
    'expected hosts such as smba.trafficmanager.net or host:port',
  )
  .transform((text) => text.toLowerCase());

const Settings = z.object({
  PORT: port(0).default(3978),
  HOST: z.string().min(1).default('0.0.0.0'),
  METRICS_PORT: port(0).optional(),
  PUBLIC_URL: publicAddress.optional(),
  DATABASE_URL: databaseUrl,
  ALLOW_EMBEDDED_DATABASE: z.enum(['true', 'false'], 'expected true or false').default('false'),
  NODE_ENV: z.string().optional(),
  BOT_APP_ID: guid,
  BOT_TENANT_ID: guid,
  BOT_APP_SECRET: z.string().optional(),
  BOT_CERTIFICATE_FILE: z.string().optional(),
  BOT_FEDERATED_TOKEN_FILE: z.string().optional(),
  BOT_MANAGED_IDENTITY_CLIENT_ID: guid.optional(),
  BOT_OAUTH_CONNECTION: z.string().min(1, 'expected the name of the OAuth connection').default('cordon'),
  CLOUD: z.enum(cloudNames, `expected ${cloudNames.join(', ')}`).default('public'),
  ENTRA_AUTHORITY_HOST: address.optional(),
  BOT_OPENID_METADATA_URL: address.optional(),
  BOT_TOKEN_ISSUER: z.string().min(1).optional(),
  BOT_CHANNEL_SCOPE: z.string().min(1).optional(),
  BOT_TOKEN_SERVICE_URL: address.optional(),
  TRUSTED_SERVICE_HOSTS: list(hostEntry).optional(),
  ALLOWED_TENANTS: list(guid).optional(),
  DEFENDER_API_URL: address.optional(),
  DEFENDER_RESOURCE: z.url('expected an address').optional(),
  DEFENDER_PORTAL_URL: address.optional(),
  DEFENDER_CALLS_PER_MINUTE: count(1, 100_000).default(100),
  DEFENDER_CALLS_PER_HOUR: count(1, 1_000_000).default(1_500),
  TRACKING_IDENTITY: z
    .enum(['delegated', 'application'], 'expected delegated or application')
    .default('delegated'),
  TRACKING_INTERVAL_SECONDS: count(1, 3_600).default(15),
  REQUEST_EXPIRY: durationSeconds.default(4 * 3600),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
      'expected fatal, error, warn, info, debug or trace',
    )
    .default('info'),
});
type Settings = z.infer<typeof Settings>;

/** Reads `.env` when present (the environment wins) and checks everything; throws SettingsError with all faults at once. */
export function loadConfig(): Config {
  const environment = { ...process.env };
  return readConfig(environment, readEnvFile(resolve('.env')));
}

function readEnvFile(path: string): EnvFile | undefined {
  try {
    const values = parseEnv(readFileSync(path, 'utf8'));
    // Libraries look for settings of their own in the environment.
    process.loadEnvFile(path);
    return { path, values };
  } catch {
    // There is none: the environment is all there is.
    return undefined;
  }
}

export function readConfig(environment: Environment, file?: EnvFile): Config {
  const given = { ...file?.values, ...environment };
  // An empty value is what a deployment template leaves behind: it means "not set".
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const parsed = Settings.safeParse(present);
  const faults = parsed.success ? [] : parsed.error.issues.map(describe);
  faults.push(...credentialFaults(present), ...databaseFaults(present));
  if (!parsed.success || faults.length > 0) throw new SettingsError([...new Set(faults)]);
  const secretFile = environment['BOT_APP_SECRET'] === undefined ? file?.path : undefined;
  return Object.freeze(assemble(parsed.data, secretFile));
}

function assemble(settings: Settings, secretFile: string | undefined): Config {
  const cloud = clouds[settings.CLOUD satisfies CloudName];
  return {
    port: settings.PORT,
    host: settings.HOST,
    metricsPort: settings.METRICS_PORT,
    publicUrl: settings.PUBLIC_URL,
    databaseUrl: settings.DATABASE_URL,
    botAppId: settings.BOT_APP_ID,
    botTenantId: settings.BOT_TENANT_ID,
    credential: credentialOf(settings, secretFile),
    oauthConnection: settings.BOT_OAUTH_CONNECTION,
    authorityHost: settings.ENTRA_AUTHORITY_HOST ?? cloud.authorityHost,
    openIdMetadataUrl: settings.BOT_OPENID_METADATA_URL ?? cloud.openIdMetadataUrl,
    tokenIssuer: settings.BOT_TOKEN_ISSUER ?? cloud.tokenIssuer,
    channelScope: settings.BOT_CHANNEL_SCOPE ?? cloud.channelScope,
    tokenServiceUrl: settings.BOT_TOKEN_SERVICE_URL ?? cloud.tokenServiceUrl,
    trustedServiceHosts: settings.TRUSTED_SERVICE_HOSTS ?? cloud.serviceHosts,
    allowedTenants: settings.ALLOWED_TENANTS ?? [settings.BOT_TENANT_ID],
    defenderApiUrl: settings.DEFENDER_API_URL ?? cloud.defenderApiUrl,
    defenderResource: (settings.DEFENDER_RESOURCE ?? cloud.defenderResource).replace(/\/+$/, ''),
    defenderPortalUrl: settings.DEFENDER_PORTAL_URL ?? cloud.defenderPortalUrl,
    callsPerMinute: settings.DEFENDER_CALLS_PER_MINUTE,
    callsPerHour: settings.DEFENDER_CALLS_PER_HOUR,
    trackingIdentity: settings.TRACKING_IDENTITY,
    trackingIntervalSeconds: settings.TRACKING_INTERVAL_SECONDS,
    requestExpirySeconds: settings.REQUEST_EXPIRY,
    logLevel: settings.LOG_LEVEL,
  };
}

function describe(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`;
}

const credentialNames = [
  'BOT_APP_SECRET',
  'BOT_CERTIFICATE_FILE',
  'BOT_FEDERATED_TOKEN_FILE',
  'BOT_MANAGED_IDENTITY_CLIENT_ID',
] as const;

function credentialFaults(environment: Environment): string[] {
  const given = credentialNames.filter((name) => environment[name] !== undefined);
  if (given.length === 0) return [`BOT_APP_SECRET: one of ${credentialNames.join(', ')} is required`];
  if (given.length > 1) {
    return given.map((name) => `${name}: exactly one credential is expected, ${given.join(' and ')} are set`);
  }
  const certificate = environment['BOT_CERTIFICATE_FILE'];
  if (certificate !== undefined) return certificateFaults(certificate);
  const tokenFile = environment['BOT_FEDERATED_TOKEN_FILE'];
  if (tokenFile !== undefined && !isFile(tokenFile)) {
    return ['BOT_FEDERATED_TOKEN_FILE: expected a readable file with the workload identity token'];
  }
  return [];
}

function certificateFaults(file: string): string[] {
  const fault = 'BOT_CERTIFICATE_FILE: expected a readable PEM file with a certificate and its private key';
  if (!isFile(file)) return [fault];
  const pem = readFileSync(file, 'utf8');
  return pem.includes('BEGIN CERTIFICATE') && pem.includes('PRIVATE KEY') ? [] : [fault];
}

function databaseFaults(environment: Environment): string[] {
  const embedded = environment['DATABASE_URL']?.startsWith('pglite:') === true;
  const production = environment['NODE_ENV'] === 'production';
  if (!embedded || !production || environment['ALLOW_EMBEDDED_DATABASE'] === 'true') return [];
  return [
    'DATABASE_URL: expected postgres://… with NODE_ENV=production; the embedded database has no power-loss ' +
      'guarantee (ALLOW_EMBEDDED_DATABASE=true accepts that)',
  ];
}

function credentialOf(settings: Settings, secretFile: string | undefined): BotCredential {
  if (settings.BOT_CERTIFICATE_FILE !== undefined) {
    return { kind: 'certificate', file: settings.BOT_CERTIFICATE_FILE };
  }
  if (settings.BOT_FEDERATED_TOKEN_FILE !== undefined) {
    return { kind: 'federated-token-file', file: settings.BOT_FEDERATED_TOKEN_FILE };
  }
  if (settings.BOT_MANAGED_IDENTITY_CLIENT_ID !== undefined) {
    const audience = tokenExchangeAudiences[settings.CLOUD];
    return { kind: 'managed-identity', clientId: settings.BOT_MANAGED_IDENTITY_CLIENT_ID, audience };
  }
  const secret = settings.BOT_APP_SECRET ?? '';
  return { kind: 'secret', secret, ...(secretFile === undefined ? {} : { envFile: secretFile }) };
}

function isUsableAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function unitOf(text: string): 's' | 'm' | 'h' | 'd' {
  return text.slice(-1) as 's' | 'm' | 'h' | 'd';
}
