import type { Config } from '../../../src/config.ts';
import { type Database, DatabaseRefusedError } from '../../../src/store/database-port.ts';
import { mayExist } from '../../../src/store/database.ts';
import { readSchemaVersions } from '../../../src/store/migrate.ts';
import { openExisting } from '../../compose-tools.ts';
import { exitCodes } from '../../exit-codes.ts';
import { codeOf } from '../../explain-failure.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

export interface DatabaseCheck {
  readonly finding: Finding;
  /** Only when later checks can ask it: reached, and of this program's schema. */
  readonly database?: Database | undefined;
}

export async function checkDatabase(config: Config): Promise<DatabaseCheck> {
  if (!mayExist(config.databaseUrl)) {
    return { finding: warning('there is none in that folder yet: the first start of the bot creates it') };
  }
  let database: Database | undefined;
  try {
    database = await openExisting(config);
    const { applied, known } = await readSchemaVersions(database.sql);
    const finding = findingOf(applied, known);
    if (applied === known) return { finding, database };
    await database.close();
    return { finding };
  } catch (error) {
    await database?.close().catch(() => undefined);
    return { finding: failureOf(error) };
  }
}

function findingOf(applied: number, known: number): Finding {
  if (applied === known) return ok(`answers, with schema version ${known}`);
  if (applied > known) {
    return failed(
      `has schema version ${applied}, this program knows ${known}: use the newer program, the bot refuses to start with this one`,
    );
  }
  if (applied === 0) return warning('is empty: the first start of the bot creates the schema');
  return warning(
    `has schema version ${applied}: the next start of the bot brings it to ${known}; back it up before`,
  );
}

function failureOf(error: unknown): Finding {
  if (error instanceof DatabaseRefusedError) {
    return { ...failed(error.message), exitCode: exitCodes.database };
  }
  const code = codeOf(error);
  return failed(
    remedies.get(code ?? '') ?? `no usable answer${code === undefined ? '' : ` (${code})`}: ${reach}`,
  );
}

const reach = 'check host and port in DATABASE_URL, and that the server runs and lets this machine in';

/** PostgreSQL's codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const remedies: ReadonlyMap<string, string> = new Map([
  ['28P01', 'user or password refused (28P01): correct them in DATABASE_URL'],
  ['28000', 'user refused (28000): correct it in DATABASE_URL, or let it in (pg_hba.conf)'],
  ['3D000', 'there is no database of that name (3D000): create it, or correct DATABASE_URL'],
  ['53300', 'too many connections (53300): raise max_connections, or end what does not belong there'],
  ['57P03', 'the server is starting or stopping (57P03): try again in a minute'],
  ['42501', 'permission denied (42501): the user of DATABASE_URL must own the database'],
]);
