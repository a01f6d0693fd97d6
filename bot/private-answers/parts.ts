import type { Person } from '../../src/containment/person.ts';
import type { DefenderAccess } from '../../src/identity/defender-access.ts';
import type { UserTokens } from '../../src/identity/ports.ts';
import type { ApprovedWork } from '../../src/store/approved-work.ts';
import type { RequestStore } from '../../src/store/requests.ts';

/** What the answers work with that only the asker gets. */
export interface PrivateAnswerParts {
  readonly access: Pick<DefenderAccess, 'forPerson'>;
  readonly userTokens: UserTokens;
  readonly requests: Pick<RequestStore, 'noteForTenant'>;
  readonly approvedWork: (person: Person) => Promise<ApprovedWork>;
}
