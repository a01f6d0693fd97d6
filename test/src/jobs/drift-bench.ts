import { randomBytes, randomUUID } from 'node:crypto';
import type { DeviceId, RequestId } from '../../../src/containment/ids.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { MachineAction } from '../../../src/defender/schema.ts';
import { type DriftParts, sweepForDrift } from '../../../src/jobs/drift-sweep.ts';
import { createDriftStore } from '../../../src/store/drift.ts';
import { aDeviceId, aMachineAction, alex } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { anAction } from './fake-defender.ts';
import { openWorkbench } from './workbench.ts';

const tookEffect = '2026-11-23T03:15:00.1234567Z';
const later = '2026-11-23T05:01:30.1234567Z';

interface Wish {
  readonly deviceId?: DeviceId;
  readonly action?: 'restrict' | 'unrestrict';
  readonly approver?: Person;
  readonly at?: string;
  /** The conversation; by default each request is of the same one. */
  readonly where?: string;
  /** Whether the thread has heard of its end. */
  readonly told?: boolean;
}

const typeOf = (action: 'restrict' | 'unrestrict') =>
  action === 'restrict' ? 'RestrictCodeExecution' : 'UnrestrictCodeExecution';

function placeOf({ where }: Wish) {
  if (where === undefined) return {};
  return { place: { conversation: where, thread: `${where};messageid=1`, kind: 'channel' as const } };
}

export type DriftBench = Awaited<ReturnType<typeof openDriftBench>>;

/** A workbench whose Defender lists what was done here and elsewhere; each test has a tenant of its own. */
export async function openDriftBench() {
  const bench = await openWorkbench();
  const drift = createDriftStore({ sql: bench.sql, clock: bench.time.clock, requests: bench.requests });

  function list(given: Partial<MachineAction>): string {
    const action = anAction({ status: 'Succeeded', rawStatus: 'Succeeded', ...given });
    bench.defenderSays.actions.push(action);
    return action.id;
  }

  const self = {
    ...bench,
    tenantId: '',
    sweepParts: {
      ...bench.parts,
      drift,
      applicationToken: undefined,
      tenants: [],
      poorReaders: new Map(),
    } as DriftParts,
    /** The first sweep is due a whole interval later. */
    async begin(): Promise<void> {
      bench.defenderSays.reset();
      bench.access.reset();
      bench.chatSays.said.length = 0;
      bench.chatSays.script.before = () => undefined;
      bench.time.ahead = 0;
      self.tenantId = randomUUID();
      const tenants = [self.tenantId];
      self.sweepParts = { ...self.sweepParts, ...bench.parts, drift, applicationToken: undefined, tenants };
      await sweepForDrift(self.sweepParts);
    },
    nextSweep(): Promise<number> {
      bench.time.ahead += 601;
      return sweepForDrift(self.sweepParts);
    },
    lists: () => bench.defenderSays.count('listSucceeded'),
    /** A request that took effect; Defender lists its action. */
    async done(wish: Wish = {}) {
      const { deviceId = aDeviceId(randomBytes(20).toString('hex')), action = 'restrict' } = wish;
      const { approver = alex, at = tookEffect } = wish;
      const given = { tenantId: self.tenantId, deviceId, action, ...placeOf(wish) };
      const { id } = await aRunningRequest(bench.requests, given, { approver });
      const own = machineActionIdOf(id);
      const made = action === 'restrict' ? {} : { createdAt: at };
      const machineAction = aMachineAction({ id: own, status: 'Succeeded', updatedAt: at, ...made });
      const { state } =
        (await bench.requests.apply(id, { kind: 'action-observed', machineAction }))?.request ?? {};
      if (state?.status === 'ended' && wish.told !== false) await bench.cards.told(id, state.endedAt);
      list({ id: own, machineId: deviceId, type: typeOf(action), updatedAt: at });
      return { id, deviceId };
    },
    /** What somebody did there; answers the id of its action. */
    portal: (
      machineId: DeviceId,
      action: 'restrict' | 'unrestrict',
      given: Partial<MachineAction> = {},
    ): string =>
      list({
        machineId,
        type: typeOf(action),
        requestor: 'portal.operator@contoso.example',
        createdAt: later,
        updatedAt: later,
        ...given,
      }),
    found: async (id: RequestId) =>
      (await bench.reread(id)).elsewhere?.map(({ actionId, became }) => [actionId, became]),
  };
  return self;
}
