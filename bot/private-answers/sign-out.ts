import { tenantChain } from '../../src/audit/chain.ts';
import type { Person } from '../../src/containment/person.ts';
import { IdentityError } from '../../src/identity/errors.ts';
import type { ApprovedWork } from '../../src/store/approved-work.ts';
import type { PrivateAnswerParts } from './parts.ts';

export type SignedOut = { readonly ok: true; readonly work: ApprovedWork } | { readonly ok: false };

/** Ends the sign-in of the one who asks, and of nobody else. Who is not signed in is told the same. */
export async function signOut(parts: PrivateAnswerParts, person: Person): Promise<SignedOut> {
  const result = await drop(parts, person);
  await parts.requests.noteForTenant(tenantChain(person.tenantId), {
    what: 'signed-out',
    who: { objectId: person.objectId, name: person.name },
    detail: { result },
  });
  return result === 'ok' ? { ok: true, work: await parts.approvedWork(person) } : { ok: false };
}

async function drop({ userTokens }: PrivateAnswerParts, person: Person): Promise<'ok' | 'failed'> {
  try {
    await userTokens.dropUserToken(person);
    return 'ok';
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    return 'failed';
  }
}
