import { tenantChain } from '../../src/audit/chain.ts';
import type { Person } from '../../src/containment/person.ts';
import type { AccessOutcome } from '../../src/identity/defender-access.ts';
import type { PrivateAnswerParts } from './parts.ts';

/**
 * Asks Entra once for the person's own Defender token and drops it. The record of the answer is what the command line's
 * check of consent reads.
 */
export async function askEntra(
  { access, requests }: Pick<PrivateAnswerParts, 'access' | 'requests'>,
  person: Person,
  signal: AbortSignal,
): Promise<AccessOutcome> {
  const outcome = await access.forPerson(person, signal);
  const aadsts = outcome.ok || !('aadsts' in outcome.problem) ? undefined : outcome.problem.aadsts;
  await requests.noteForTenant(tenantChain(person.tenantId), {
    what: 'entra-on-behalf-of',
    who: { objectId: person.objectId, name: person.name },
    detail: {
      verb: 'whoami',
      result: outcome.ok ? 'ok' : outcome.problem.kind,
      ...(aadsts === undefined ? {} : { aadsts }),
    },
  });
  return outcome;
}
