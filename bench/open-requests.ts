import { createHash } from 'node:crypto';
import { parseDeviceId } from '../src/containment/ids.ts';
import type { Person } from '../src/containment/person.ts';
import { newRequestId } from '../src/platform/ids.ts';
import { createCards } from '../src/store/cards.ts';
import type { Database } from '../src/store/database-port.ts';
import { openEmbedded } from '../src/store/embedded.ts';
import { databaseClock } from '../src/store/now.ts';
import type { RequestStore } from '../src/store/requests.ts';
import { createRequestStore } from '../src/store/requests.ts';
import { openServer } from '../src/store/server.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Device, Person as Somebody } from '../sandbox/world.ts';
import { tenantId } from '../sandbox/world.ts';

interface Written {
  readonly store: RequestStore;
  readonly cards: ReturnType<typeof createCards>;
}

/**
 * Writes requests that Defender has taken and that are tracked, as if they had been asked for and approved long ago: a
 * thousand of them by clicks would take longer than the measurement. The bot must not run.
 */
export async function writeOpenRequests(sandbox: Sandbox, devices: readonly Device[]): Promise<void> {
  const database = await open(sandbox.settings['DATABASE_URL'] ?? '');
  const parts = { sql: database.sql, clock: databaseClock };
  const written: Written = {
    store: createRequestStore({ ...parts, enqueue: () => Promise.resolve() }),
    cards: createCards(parts),
  };
  try {
    for (const device of devices) await writeOne(sandbox, written, device);
  } finally {
    await database.close();
  }
}

async function open(url: string): Promise<Database> {
  return url.startsWith('pglite:') ? openEmbedded(url.slice('pglite:'.length)) : openServer(url);
}

async function writeOne(sandbox: Sandbox, { store, cards }: Written, device: Device): Promise<void> {
  const deviceId = parseDeviceId(device.id);
  if (deviceId === undefined) throw new Error('That is no device id.');
  const [requestor, approver] = [sandbox.world.person('riley'), sandbox.world.person('alex')];
  const conversation = sandbox.world.conversation('INC-2481').id;
  const id = newRequestId();
  const by = personOf(approver);
  await store.create({
    id,
    tenantId,
    action: 'restrict',
    deviceId,
    reason: 'Beacon seen',
    requestor: personOf(requestor),
    place: { conversation, thread: `${conversation};messageid=${device.id}`, kind: 'channel' },
    sourceActivity: device.id,
    expirySeconds: 14_400,
  });
  await store.apply(id, { kind: 'approve-clicked', by, clickId: id });
  const seen = { name: device.name, osPlatform: device.os };
  await store.apply(id, { kind: 'approve-verified', clickId: id, device: seen, upn: approver.upn });
  const action = sandbox.defender.addAction({
    deviceId,
    type: 'RestrictCodeExecution',
    requestor: approver.upn,
    comment: `Beacon seen cordon:${id}`,
    source: 'PublicApi',
  });
  const machineAction = {
    id: action.id,
    status: 'Pending',
    ours: true,
    createdAt: new Date().toISOString(),
  } as const;
  const running = await store.apply(id, { kind: 'action-found', machineAction });
  const card = await cards.hold(id);
  if (running === undefined || card === undefined) throw new Error('The request was not written.');
  // The card is up to date: nothing is to be shown after the start.
  const { revision } = running.request;
  const picture = createHash('sha256').update(id).digest('base64url');
  await cards.shown(id, card.holder, { activityId: device.id, revision, picture, standing: '[]' });
}

function personOf({ objectId, teamsId, name }: Somebody): Person {
  return { objectId, tenantId, teamsId, name };
}
