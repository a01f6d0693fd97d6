import { cardOf, membersOf } from '../src/containment/batch.ts';
import { isStoppedByWord } from '../src/containment/cancellation.ts';
import type { Event, Refusal } from '../src/containment/event.ts';
import type { ContainmentRequest } from '../src/containment/request.ts';
import type { Applied } from '../src/store/apply-events.ts';
import type { RequestStore } from '../src/store/requests.ts';

interface Parts {
  readonly requests: Pick<RequestStore, 'apply' | 'applyToAll' | 'onCard'>;
}

export interface Pressed {
  /** The request as its card shows it by now. */
  readonly request: ContainmentRequest;
  readonly counted: readonly Applied[];
  /** Of several devices, those for which nothing came of it. */
  readonly refused: readonly Applied[];
  /** Why nothing came of it; undefined as soon as it counts for one of several devices. */
  readonly refusal?: Refusal | undefined;
}

interface Press {
  readonly isFor: (member: ContainmentRequest) => boolean;
  readonly event: Event;
}

/**
 * What was pressed or typed, in one transaction for each device of the request that it can be about, as far as the presser has
 * seen them. Where it is about none, the first of them says why.
 */
export async function pressEach(
  parts: Parts,
  request: ContainmentRequest,
  { isFor, event }: Press,
): Promise<Pressed> {
  const { requests } = parts;
  const among = new Set(membersOf(request).map(({ id }) => id));
  const isPressed = (member: ContainmentRequest): boolean => among.has(member.id) && isFor(member);
  const some = await requests.applyToAll(request.id, (member) => (isPressed(member) ? event : undefined));
  const applied = some.length > 0 ? some : toList(await requests.apply(request.id, event));
  const counted = applied.filter(({ refusal }) => refusal === undefined);
  const refused = applied.filter(({ refusal }) => refusal !== undefined);
  return {
    request: await newest(parts, (counted[0] ?? refused[0])?.request ?? request),
    counted,
    refused,
    ...(counted.length === 0 ? { refusal: refused[0]?.refusal ?? { code: 'stale' } } : {}),
  };
}

type CancelClicked = Extract<Event, { kind: 'cancel-clicked' }>;

/** What takes no sign-in comes first, so that nothing is sent while its person signs in for the others. */
export async function stopByWord(
  parts: Parts,
  request: ContainmentRequest,
  event: CancelClicked,
): Promise<Pressed> {
  const isFor = (member: ContainmentRequest): boolean => isStoppedByWord(member, event.by);
  const members = membersOf(request);
  const isForDefender = !members.some(isFor) && members.some(isWithDefender);
  return isForDefender ? { request, counted: [], refused: [] } : pressEach(parts, request, { isFor, event });
}

/** Of the others Defender decides, by the canceller's own sign-in. */
export function isWithDefender({ state }: Pick<ContainmentRequest, 'state'>): boolean {
  return state.status === 'submitting' || state.status === 'running';
}

function toList(applied: Applied | undefined): Applied[] {
  return applied === undefined ? [] : [applied];
}

/** As the card of all devices shows it, where there are several. */
export async function newest(
  { requests }: { readonly requests: Pick<RequestStore, 'onCard'> },
  request: ContainmentRequest,
): Promise<ContainmentRequest> {
  if (request.batch === undefined) return request;
  return (await requests.onCard(cardOf(request))) ?? request;
}
