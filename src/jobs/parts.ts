import type { Instant } from '../containment/person.ts';
import type { DefenderClient } from '../defender/client.ts';
import type { DefenderAccess } from '../identity/defender-access.ts';
import type { Log } from '../platform/log.ts';
import type { Boxes } from '../store/boxes.ts';
import type { Cards } from '../store/cards.ts';
import type { CommentLimits } from '../store/comment-limits.ts';
import type { Departures } from '../store/departures.ts';
import type { DeviceStandings } from '../store/device-standings.ts';
import type { LookFirst } from '../store/look-first.ts';
import type { OutcomeOrder } from '../store/outcome-order.ts';
import type { RequestStore } from '../store/requests.ts';
import type { SubmissionPauses } from '../store/submission-pauses.ts';
import type { Chat } from './ports.ts';

/** What the jobs work with; put together in `bot/compose.ts`. */
export interface JobParts {
  readonly requests: RequestStore;
  readonly cards: Cards;
  readonly commentLimits: CommentLimits;
  readonly pauses: Pick<SubmissionPauses, 'read'>;
  readonly lookFirst: LookFirst;
  readonly outcomes: OutcomeOrder;
  readonly boxes: Boxes;
  readonly departures: Pick<Departures, 'hasLeft'>;
  readonly standings: DeviceStandings;
  readonly defender: DefenderClient;
  readonly access: DefenderAccess;
  readonly chat: Chat;
  readonly notes: Notes;
  readonly log: Log;
}

/** Messages that wait in case a turn does not come to tell. */
export interface Notes {
  takeBack(id: string): Promise<unknown>;
}

export function secondsBetween(earlier: Instant, later: Instant): number {
  return (Date.parse(later) - Date.parse(earlier)) / 1000;
}
