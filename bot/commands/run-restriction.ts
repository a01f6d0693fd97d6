import type { Person } from '../../src/containment/person.ts';
import type { Action, Place } from '../../src/containment/request.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import * as texts from '../texts/replies.ts';
import type { RestrictionCommand } from './parsed-command.ts';

export interface RestrictionParts {
  readonly requests: Pick<RequestStore, 'create'>;
  readonly expirySeconds: number;
}

export interface Asked {
  readonly command: RestrictionCommand;
  readonly person: Person;
  readonly place: Place;
  /** The same message delivered again is the same request. */
  readonly activityId: string;
}

/** Asks for approval. The card is a job of the stored request; only a refusal is answered in words. */
export async function runRestriction(parts: RestrictionParts, asked: Asked): Promise<string | undefined> {
  const action: Action = asked.command.kind;
  const created = await parts.requests.create({
    id: newRequestId(),
    tenantId: asked.person.tenantId,
    action,
    deviceId: asked.command.deviceId,
    reason: asked.command.reason,
    requestor: asked.person,
    place: asked.place,
    sourceActivity: asked.activityId,
    expirySeconds: parts.expirySeconds,
  });
  passed(created.kind === 'already-open' ? 'repeated-wish-recorded' : 'request-stored');
  return created.kind === 'already-open' ? texts.alreadyOpen(created.number, action) : undefined;
}
