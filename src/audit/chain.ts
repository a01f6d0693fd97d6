import { createHash } from 'node:crypto';
import type { Instant } from '../containment/person.ts';
import type { Tx } from '../store/database-port.ts';

/** What happened, in words that stay readable for years. Never a token, a secret or an exception's text. */
export interface AuditRecord {
  readonly what: string;
  /** Entra object id and name, or `cordon` for what the program does by itself. */
  readonly who: { readonly objectId: string; readonly name: string } | 'cordon';
  readonly request?: { readonly id: string; readonly number: number } | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export const genesis = '0'.repeat(64);

/** Chain of what concerns a tenant but no request: unknown requests, sweeps. */
export function tenantChain(tenantId: string): string {
  return `tenant:${tenantId}`;
}

/**
 * Appends to one hash chain inside the caller's transaction. Each request has a chain of its own, whose row the
 * caller holds locked anyway, so unrelated requests never wait for each other.
 */
export async function appendAudit(tx: Tx, chain: string, at: Instant, record: AuditRecord): Promise<string> {
  await tx
    .insertInto('audit_chains')
    .values({ chain, length: 0, head: genesis })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { length, head } = await tx
    .selectFrom('audit_chains')
    .selectAll()
    .where('chain', '=', chain)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const position = length + 1;
  const hash = hashOf({ chain, position, at, record, previous: head });
  await tx
    .insertInto('audit_records')
    .values({ chain, position, at, record: canonical(record), previous_hash: head, hash })
    .execute();
  await tx
    .updateTable('audit_chains')
    .set({ length: position, head: hash })
    .where('chain', '=', chain)
    .execute();
  return hash;
}

export interface Link {
  readonly chain: string;
  readonly position: number;
  readonly at: Instant;
  readonly record: unknown;
  readonly previous: string;
}

/** SHA-256 over the canonical JSON of all that a record claims, its predecessor included. */
export function hashOf(link: Link): string {
  return createHash('sha256').update(canonical(link)).digest('hex');
}

/** JSON with sorted keys and without undefined values: the database may return keys in any order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
