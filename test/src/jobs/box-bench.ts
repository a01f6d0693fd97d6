import assert from 'node:assert/strict';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { MachineAction } from '../../../src/containment/state.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { aMachineAction, aPerson, sam } from '../../support/requests.ts';
import { aRunningRequest, anAwaitingRequest, machineActionIdOf } from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

export const box = parseDuration('4h') ?? assert.fail();
/** Seconds after which the box is over. */
export const end = 4 * 3_600 + 5;
export const priya = aPerson('Priya Nair');

/** A workbench, and what tests of time boxes do on it. */
export type BoxBench = Workbench & ReturnType<typeof createBoxBench>;

export async function openBoxBench(): Promise<BoxBench> {
  const bench = await openWorkbench();
  return { ...bench, ...createBoxBench(bench) };
}

function createBoxBench(bench: Workbench) {
  async function inForce(
    given: Partial<MachineAction> = {},
    found: Partial<MachineAction> = {},
  ): Promise<RequestId> {
    const { id } = await aRunningRequest(bench.requests, { box }, found);
    const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', ...given });
    await bench.requests.apply(id, { kind: 'action-observed', machineAction });
    return id;
  }

  const boxOf = async (id: RequestId) => boxInForce(await bench.reread(id)) ?? assert.fail('not in force');
  const liftIdOf = async (id: RequestId) => (await boxOf(id)).lift?.id ?? assert.fail('no lift');
  const newsOf = (id: RequestId) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell-box' ? [effect] : []));

  async function tellAll(id: RequestId): Promise<void> {
    for (const { about: news, of: since } of newsOf(id))
      await bench.handlers['tell-box']({ requestId: id, news, since });
  }

  async function ended(): Promise<{ id: RequestId; lift: RequestId }> {
    const id = await inForce();
    bench.time.ahead += end;
    await bench.handlers['time-box']({ requestId: id });
    return { id, lift: await liftIdOf(id) };
  }

  /** Somebody types `/unrestrict` in the same conversation. */
  async function askedElsewhere(id: RequestId, by = sam) {
    const { tenantId, deviceId, place } = await bench.reread(id);
    return anAwaitingRequest(bench.requests, {
      ...{ tenantId, place, requestor: by, action: 'unrestrict' },
      deviceId: deviceId ?? assert.fail(),
    });
  }

  function reset(): void {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    bench.chatSays.said.length = 0;
    bench.chatSays.script.before = () => undefined;
  }

  return { inForce, boxOf, liftIdOf, newsOf, tellAll, ended, askedElsewhere, reset };
}
