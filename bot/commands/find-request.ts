import { tenantChain } from '../../src/audit/chain.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest, Place } from '../../src/containment/request.ts';
import type { RequestStore } from '../../src/store/requests.ts';

interface Typed {
  readonly command: string;
  readonly requestNumber: number;
  readonly person: Person;
  readonly place: Place;
}

/** The request of that number, if it was made here: one of another conversation or tenant is as unknown as none, and recorded so. */
export async function findRequestHere(
  requests: Pick<RequestStore, 'byNumber' | 'noteForTenant'>,
  { command, requestNumber, person, place }: Typed,
): Promise<ContainmentRequest | undefined> {
  const request = await requests.byNumber(person.tenantId, requestNumber);
  if (request?.place.conversation === place.conversation) return request;
  await requests.noteForTenant(tenantChain(person.tenantId), {
    what: `${command}-typed`,
    who: { objectId: person.objectId, name: person.name },
    detail: { refused: 'unknown-request', number: requestNumber, conversation: place.thread },
  });
  return undefined;
}
