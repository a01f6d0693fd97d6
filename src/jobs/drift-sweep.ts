import { tenantChain } from '../audit/chain.ts';
import { type DeviceId, type RequestId, parseRequestId } from '../containment/ids.ts';
import { isNewsAfter } from '../containment/standing.ts';
import { markedRequest } from '../defender/comment.ts';
import type { MachineAction } from '../defender/schema.ts';
import { passed } from '../platform/steps.ts';
import type { DriftStore } from '../store/drift.ts';
import type { Watched } from '../store/drift-watched.ts';
import type { Listed, ListedChange } from '../store/listed-changes.ts';
import type { RequestStore } from '../store/requests.ts';
import { type Look, type LookParts, lookWith, nextReader, turnOf } from './drift-look.ts';
import type { Reader } from './tracking-readers.ts';

export interface DriftParts extends Omit<LookParts, 'signal'> {
  readonly requests: Pick<RequestStore, 'noteForTenant' | 'now'>;
  readonly drift: DriftStore;
  readonly tenants: readonly string[];
  /** By tenant, who came first in the last sweep of this process and could not read. */
  readonly poorReaders: Map<string, string>;
}

/** Nobody waits for it. */
const everySeconds = 600;
/** Longer than a look takes, with what comes of it: who says nothing for so long is dead. */
const leaseSeconds = 120;
/** Each reader costs a call or a look for a token; whoever is not asked now has their turn in a later sweep. */
const mostReaders = 5;
/** Of what never took effect nothing is claimed, and of its device there is often nothing to list. */
const mostForNoClaim = 2;

/**
 * Asks Defender by lists what was restricted or lifted on the devices of our register without any request, and has it written
 * down. Answers in how many tenants it asked.
 */
export async function sweepForDrift(parts: DriftParts, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (;;) {
    // One at a time: whoever is taken would wait for all before it.
    const tenantId = await parts.drift.takeDue({ tenants: parts.tenants, everySeconds, leaseSeconds });
    if (tenantId === undefined) return count;
    count += 1;
    passed('drift-sweep-taken');
    const wait = await sweepCarefully({ ...parts, signal }, tenantId);
    // Cut short, it is anybody's to make.
    const isCut = signal?.aborted === true;
    await parts.drift.lookAgain(tenantId, isCut ? 0 : Math.max(everySeconds, wait));
    if (isCut) return count;
  }
}

type Sweep = DriftParts & LookParts;

/** What goes wrong in one tenant is no matter of another. */
async function sweepCarefully(parts: Sweep, tenantId: string): Promise<number> {
  try {
    return await sweepTenant(parts, tenantId);
  } catch (error) {
    parts.log.warn({ err: error, tenantId }, 'a tenant could not be compared with Defender');
    return 0;
  }
}

/** Seconds that the budget or Defender wants to be left alone for. */
async function sweepTenant(parts: Sweep, tenantId: string): Promise<number> {
  const watched = await parts.drift.watched(tenantId);
  await parts.drift.watch(tenantId, devicesOf(watched.filter(isClaim)));
  const seconds = await askReaders(parts, tenantId, watched);
  await parts.drift.swept(tenantId);
  return seconds;
}

async function askReaders(parts: Sweep, tenantId: string, watched: readonly Watched[]): Promise<number> {
  const tried = new Set<string>();
  const number = turnOf(await parts.requests.now(), everySeconds);
  let unseen = watched;
  while (isWorthAsking(unseen, tried.size) && parts.signal?.aborted !== true) {
    const poor = parts.poorReaders.get(tenantId);
    const reader = nextReader(unseen, { tried, number, poor, watched });
    if (reader === undefined) break;
    await parts.drift.lookAgain(tenantId, leaseSeconds);
    const look = await lookWith(parts, tenantId, reader, unseen);
    if (tried.size === 0) remember(parts, tenantId, reader, look);
    tried.add(reader.key);
    const left = look.kind === 'seen' ? notListed(unseen, look.actions) : unseen;
    // Whatever comes of it: the calls were made.
    await record(parts, tenantId, { unseen, left, reader, look });
    if (look.kind === 'seen') {
      passed('drift-listed');
      const compared = await settleAll(parts, tenantId, unseen, look.actions);
      await parts.drift.compared(tenantId, compared);
    }
    unseen = left;
    if (look.kind === 'postponed') return look.seconds;
    // The bot's own identity is one reader, and sees everything.
    if (parts.applicationToken !== undefined) break;
  }
  return 0;
}

/** Something is said of the device here: that it is restricted, or that it is not. */
function isClaim({ standing }: Watched): boolean {
  return standing !== undefined;
}

function isWorthAsking(unseen: readonly Watched[], tried: number): boolean {
  return unseen.length > 0 && tried < (unseen.some(isClaim) ? mostReaders : mostForNoClaim);
}

function devicesOf(watched: readonly Watched[]): DeviceId[] {
  return [...new Set(watched.map(({ deviceId }) => deviceId))];
}

function remember({ poorReaders }: Sweep, tenantId: string, { key }: Reader, { kind }: Look): void {
  if (kind === 'seen') poorReaders.delete(tenantId);
  else poorReaders.set(tenantId, key);
}

/** Only somebody who sees what is there has looked at the device. */
function notListed(unseen: readonly Watched[], actions: readonly MachineAction[]): readonly Watched[] {
  const seen = new Set(actions.map(({ machineId }) => machineId.toLowerCase()));
  return unseen.filter(({ deviceId }) => !seen.has(deviceId));
}

/** Answers of which devices nothing that was listed is left to say. */
async function settleAll(
  parts: Sweep,
  tenantId: string,
  unseen: readonly Watched[],
  actions: readonly MachineAction[],
): Promise<DeviceId[]> {
  const byDevice = Map.groupBy(actions, ({ machineId }) => machineId.toLowerCase());
  const compared: DeviceId[] = [];
  for (const [deviceId, watched] of Map.groupBy(unseen, (one) => one.deviceId)) {
    if (parts.signal?.aborted === true) break;
    const ofDevice = byDevice.get(deviceId);
    if (ofDevice === undefined) continue;
    const listed = ofDevice.flatMap(changeOf);
    const isNews = listed.some((change) => mayBeNews(change, watched));
    if (!isNews || (await isSettled(parts, { tenantId, deviceId, listed }))) compared.push(deviceId);
  }
  return compared;
}

async function isSettled({ drift, log }: Sweep, { tenantId, deviceId, listed }: Listed): Promise<boolean> {
  try {
    const concerned = await drift.settle(tenantId, deviceId, listed);
    passed('drift-stored');
    return concerned !== 'silent';
  } catch (error) {
    // The next sweep tries again; the other devices need not wait for that.
    log.warn({ err: error, deviceId }, 'what was changed elsewhere on a device could not be stored');
    return false;
  }
}

/** A first look, which spares the database most devices. What one request knows may be news to another of the same device. */
function mayBeNews(change: ListedChange, watched: readonly Watched[]): boolean {
  const isInRegister = ({ machineActionId, standing, elsewhere }: Watched): boolean =>
    machineActionId === change.actionId &&
    standing !== undefined &&
    !elsewhere.some(({ actionId }) => actionId === change.actionId);
  return !watched.some(isInRegister) && watched.some((one) => isNewsTo(one, change));
}

function isNewsTo({ standing, ...watched }: Watched, change: ListedChange): boolean {
  if (standing !== undefined) return isNewsAfter(standing, change);
  const { machineActionId, mark } = watched;
  return machineActionId === undefined ? mark === change.marked : machineActionId === change.actionId;
}

/** What has no readable time cannot be said to be newer than anything. */
function changeOf(action: MachineAction): ListedChange[] {
  const at = action.updatedAt ?? action.createdAt;
  if (Number.isNaN(Date.parse(at))) return [];
  return [
    {
      actionId: action.id,
      became: action.type === 'RestrictCodeExecution' ? 'restricted' : 'lifted',
      by: action.requestor,
      at,
      createdAt: action.createdAt,
      comment: action.requestorComment,
      marked: markOf(action),
    },
  ];
}

function markOf({ requestorComment }: MachineAction): RequestId | undefined {
  return parseRequestId(markedRequest(requestorComment));
}

interface Looked {
  readonly unseen: readonly Watched[];
  /** Of these, what the list says nothing of. */
  readonly left: readonly Watched[];
  readonly reader: Reader;
  readonly look: Look;
}

/** A look serves many requests: its calls to Entra and Defender are one record in the tenant's chain. */
async function record(
  { requests, applicationToken }: Sweep,
  tenantId: string,
  { unseen, left, reader: { person }, look }: Looked,
): Promise<void> {
  const reader =
    applicationToken === undefined
      ? { objectId: person.objectId, name: person.name }
      : { name: 'Cordon (application)' };
  const result = look.kind === 'seen' ? `listed ${look.actions.length}` : look.why;
  await requests.noteForTenant(tenantChain(tenantId), {
    what: 'drift-looked-for',
    who: 'cordon',
    detail: { devices: devicesOf(unseen).length, notSeen: devicesOf(left).length, reader, result },
  });
}
