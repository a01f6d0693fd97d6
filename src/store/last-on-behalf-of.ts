import { sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { Sql } from './database-port.ts';

/** Answers of Entra that show whether an admin has consented; others fail before that question or after it. */
export const consentAnswers = ['ok', 'consent-missing', 'principal-missing', 'missing-scope'] as const;

export interface ConsentAnswer {
  readonly result: (typeof consentAnswers)[number];
  readonly at: Instant;
}

/** The newest answer to an on-behalf-of request that tells of consent, as the audit record has it. */
export async function readLastConsentAnswer(db: Sql): Promise<ConsentAnswer | undefined> {
  const row = await db
    .selectFrom('audit_records')
    .select(['at', sql<ConsentAnswer['result']>`record->'detail'->>'result'`.as('result')])
    .where(sql`record->>'what'`, '=', 'entra-on-behalf-of')
    .where(sql`record->'detail'->>'result'`, 'in', consentAnswers)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { result: row.result, at: row.at.toISOString() };
}
