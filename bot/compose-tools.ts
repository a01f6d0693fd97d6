import type { Config } from '../src/config.ts';
import { createAppTokenSource } from '../src/identity/app-token.ts';
import { createCredentialSource } from '../src/identity/credential.ts';
import { DatabaseRefusedError, type Database } from '../src/store/database-port.ts';
import { mayExist, openDatabase } from '../src/store/database.ts';
import { readSchemaVersions } from '../src/store/migrate.ts';
import { databaseClock } from '../src/store/now.ts';
import { createSubmissionPauses } from '../src/store/submission-pauses.ts';
import { type TokenService, createTokenService } from './token-service.ts';

/** Parts for the command line: no server, no workers, no tracker. What a tool writes, running bots find. */

const tokenServiceMs = 9_000;

/** Throws DatabaseRefusedError unless the database is this program's as it stands: a tool does not migrate. */
export async function openTools(config: Config) {
  const database = await openExisting(config);
  try {
    await refuseOtherSchema(database);
    const { sql } = database;
    const pauses = createSubmissionPauses({ sql, clock: databaseClock, tenants: config.allowedTenants });
    return { sql, pauses, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Never creates one: an empty database beside the real one would hide that the address is wrong. */
export async function openExisting(config: Pick<Config, 'databaseUrl'>): Promise<Database> {
  if (mayExist(config.databaseUrl)) return openDatabase(config.databaseUrl);
  throw new DatabaseRefusedError(
    'there is no database in that folder yet: start the bot once, it creates it',
  );
}

async function refuseOtherSchema({ sql }: Database): Promise<void> {
  const { applied, known } = await readSchemaVersions(sql);
  if (applied === known) return;
  const remedy =
    applied > known
      ? 'use the newer program'
      : 'start the bot of this version once, it brings the database up to date';
  throw new DatabaseRefusedError(
    `the database has schema version ${applied}, this program works with ${known}: ${remedy}`,
  );
}

export function composeTokenService(config: Config): TokenService {
  const { authorityHost, botAppId, botTenantId, channelScope, credential } = config;
  const appTokens = createAppTokenSource({
    authorityHost,
    clientId: botAppId,
    homeTenantId: botTenantId,
    credential: createCredentialSource(credential),
    timeoutMs: tokenServiceMs,
  });
  return createTokenService({
    baseUrl: config.tokenServiceUrl,
    connectionName: config.oauthConnection,
    appId: botAppId,
    appToken: (signal) => appTokens.acquire(`${channelScope}/.default`, { signal }),
    timeoutMs: tokenServiceMs,
  });
}
