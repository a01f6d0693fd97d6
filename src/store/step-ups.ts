import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Instant, Person } from '../containment/person.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import type { StepUpPurpose } from './step-up-purpose.ts';

/** How long a person has for a sign-in on Cordon's own page. */
export const stepUpMinutes = 10;
/** Used and late ones are kept this long, so that a second use can be told from a made-up one in the log. */
const keptHours = 24;

export interface NewStepUp {
  readonly person: Person;
  readonly purpose: StepUpPurpose;
  /** The claims challenge as Entra or Defender sent it; undefined when it sent none. */
  readonly claims?: string | undefined;
}

export interface StepUp extends NewStepUp {
  /** Proof key (PKCE) of the authorization code. */
  readonly verifier: string;
  /** Has to come back in the id token. */
  readonly nonce: string;
  readonly expiresAt: Instant;
}

export type StepUps = ReturnType<typeof createStepUps>;

/** Sign-ins that a press of a button waits for. The state is the only key to one; the database knows its hash. */
export function createStepUps({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  const columns = ['person', 'purpose', 'claims', 'verifier', 'nonce', 'expires_at'] as const;
  return {
    async open({ person, purpose, claims }: NewStepUp): Promise<{ state: string; expiresAt: Instant }> {
      const state = secret();
      const row = await db
        .insertInto('step_ups')
        .values({
          state_hash: hashOf(state),
          tenant_id: person.tenantId,
          person: JSON.stringify(person),
          purpose: JSON.stringify(purpose),
          claims: claims ?? null,
          verifier: secret(),
          nonce: secret(),
          opened_at: clock(),
          expires_at: sql<Date>`${clock()} + ${stepUpMinutes} * interval '1 minute'`,
        })
        .returning('expires_at')
        .executeTakeFirstOrThrow();
      return { state, expiresAt: row.expires_at.toISOString() };
    },
    /** As long as it is neither used nor late. Changes nothing: a link may be opened twice, or by a scanner of links. */
    async find(state: string): Promise<StepUp | undefined> {
      const row = await db
        .selectFrom('step_ups')
        .select(columns)
        .where('state_hash', '=', hashOf(state))
        .where('used_at', 'is', null)
        .where('expires_at', '>', clock())
        .executeTakeFirst();
      return row && toStepUp(row);
    },
    /** For the first who comes with the state, and for nobody after. */
    async take(state: string): Promise<StepUp | undefined> {
      const row = await db
        .updateTable('step_ups')
        .set({ used_at: clock() })
        .where('state_hash', '=', hashOf(state))
        .where('used_at', 'is', null)
        .where('expires_at', '>', clock())
        .returning(columns)
        .executeTakeFirst();
      return row && toStepUp(row);
    },
    async prune(): Promise<void> {
      await db
        .deleteFrom('step_ups')
        .where('expires_at', '<', sql<Date>`${clock()} - ${keptHours} * interval '1 hour'`)
        .execute();
    },
  };
}

interface Row {
  readonly person: Person;
  readonly purpose: StepUpPurpose;
  readonly claims: string | null;
  readonly verifier: string;
  readonly nonce: string;
  readonly expires_at: Date;
}

function toStepUp({ person, purpose, claims, verifier, nonce, expires_at }: Row): StepUp {
  return {
    person,
    purpose,
    claims: claims ?? undefined,
    verifier,
    nonce,
    expiresAt: expires_at.toISOString(),
  };
}

/** 256 random bits, as RFC 7636 recommends for a verifier; 43 characters. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
