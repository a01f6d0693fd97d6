import { DefenderError } from './errors.ts';
import { and, anyOf, eq, filterQuery, isIn, since } from './odata.ts';
import { newestFirst } from './reconcile.ts';
import { ListPage, MachineAction } from './schema.ts';
import type { CallOptions, Transport } from './transport.ts';

interface ActionList {
  readonly actions: readonly MachineAction[];
  /** False when a page or an entry of the list could not be read, so that absence proves nothing. */
  readonly complete: boolean;
}

/** `mostPages`: each is a call of its own. */
export type ActionLists = (
  token: string,
  filter: string,
  call: CallOptions,
  mostPages?: number,
) => Promise<ActionList>;

/** Pages hold up to 10,000 actions; our filters never match that many, so more pages mean that something is wrong. */
const pagesAtMost = 10;

/** Reads filtered lists of machine actions, page by page. */
export function createActionLists({ send, apiUrl, timeoutMs }: ListOptions): ActionLists {
  return async (token, filter, call, mostPages = pagesAtMost) => {
    const path = '/api/machineactions';
    const actions: MachineAction[] = [];
    let unreadable = 0;
    let next: string | undefined = `${apiUrl}${path}?${filterQuery(filter)}`;
    for (let page = 0; next !== undefined && page < mostPages; page += 1) {
      const url: string = next;
      const spec = { kind: 'read-action', path, url, timeoutMs, schema: ListPage } as const;
      const { value, '@odata.nextLink': link } = await send(token, spec, call);
      for (const entry of value) {
        const parsed = MachineAction.safeParse(entry);
        if (parsed.success) actions.push(parsed.data);
        else unreadable += 1;
      }
      if (link !== undefined && !isSameOrigin(link, apiUrl)) return { actions, complete: false };
      next = link;
    }
    return { actions, complete: next === undefined && unreadable === 0 };
  };
}

interface ListOptions {
  readonly send: Transport;
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

/** The next page is asked for with a person's token, which belongs to nobody but the API. */
function isSameOrigin(link: string, apiUrl: string): boolean {
  return URL.parse(link)?.origin === URL.parse(apiUrl)?.origin;
}

/** Keeps the address of a list call near 5 kB, well below what gateways accept. */
export const idsPerCall = 100;

/** Of many devices: what succeeded on them. */
export interface SucceededQuery {
  readonly machineIds: readonly string[];
  readonly types: readonly string[];
  readonly createdSince: Date;
}

/**
 * Restrictions and lifts are rare: of many devices one list without them in its filter holds all, and the calls do not grow
 * with the devices.
 */
export async function readSucceeded(
  lists: ActionLists,
  token: string,
  { machineIds, types, createdSince }: SucceededQuery,
  call: CallOptions,
): Promise<MachineAction[]> {
  const wanted = new Set(machineIds.map((id) => id.toLowerCase()));
  const ofDevices = wanted.size > idsPerCall ? [] : [isIn('machineId', [...wanted])];
  const filter = and(
    ...ofDevices,
    anyOf('type', types),
    eq('status', 'Succeeded'),
    since('creationDateTimeUtc', createdSince),
  );
  const { actions } = await lists(token, filter, call);
  return actions.filter(
    ({ machineId, type, status }) =>
      wanted.has(machineId.toLowerCase()) && types.includes(type) && status === 'Succeeded',
  );
}

/** Of many devices: all that was done to them, whatever became of it. */
export interface ActionsQuery {
  readonly machineIds: readonly string[];
  readonly types: readonly string[];
  readonly mostPages: number;
}

/** Newest first. All of them, or an error: half a list proves nothing. */
export async function readActionsOf(
  lists: ActionLists,
  token: string,
  { machineIds, types, mostPages }: ActionsQuery,
  call: CallOptions,
): Promise<MachineAction[]> {
  const wanted = new Set(machineIds.map((id) => id.toLowerCase()));
  const filter = and(isIn('machineId', [...wanted]), anyOf('type', types));
  const { actions, complete } = await lists(token, filter, call, mostPages);
  if (!complete) throw new DefenderError('unreadable');
  return newestFirst(
    actions.filter(({ machineId, type }) => wanted.has(machineId.toLowerCase()) && types.includes(type)),
  );
}
