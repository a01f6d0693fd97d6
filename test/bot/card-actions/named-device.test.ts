import assert from 'node:assert/strict';
import { type RequestId, parseDeviceId } from '../../../src/containment/ids.ts';
import type { FoundDevices } from '../../../src/defender/device-search.ts';
import type { DefenderClient } from '../../../src/defender/client.ts';
import { aDeviceId, alex } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { until } from '../../support/until.ts';
import { aMachine } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press, said } from './press.ts';

const machines = [aDeviceId(), aDeviceId('b'.repeat(40))].map((id) => aMachine({ id }));
const twins: FoundDevices = { fit: 'exact', isCut: false, machines };

describe('an Approve of a request whose device is known by a name of several', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  const named = async () => {
    const wish = { tenantId: alex.tenantId, deviceId: undefined, deviceName: 'ws-finance-017' } as const;
    return (await anAwaitingRequest(bench.requests, wish)).id;
  };
  async function approve(id: RequestId, findDevices: DefenderClient['findDevices'], ago = 0) {
    bench.defenderSays.answers({ findDevices });
    return press(bench, { person: alex, request: await bench.reread(id), verb: 'approve', ago });
  }
  const messages = (id: RequestId) => bench.effectsOf(id).filter((effect) => effect.kind === 'tell');
  const tells = (id: RequestId) => messages(id).map(({ note }) => note.why.code);
  const standbys = (id: RequestId) => messages(id).map(({ unlessTold }) => unlessTold);
  async function voidedOf(id: RequestId) {
    const { state } = await bench.reread(id);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
    return state.voided;
  }

  it('asks the presser alone, and names the message that is needless with that', async () => {
    const id = await named();

    const answer = await approve(id, () => Promise.resolve(twins));

    assert.match(said(answer), /Nothing is approved yet: which device is #\d+ about\?/);
    assert.ok(answer.noteId !== undefined);
    assert.deepEqual(standbys(id), [answer.noteId]);
    assert.equal(await voidedOf(id), undefined);
  });

  it('does not say that a choice is recorded while an Approve for another device is checked', async () => {
    const id = await named();
    const [first, second] = machines.map((machine) => parseDeviceId(machine.id));
    const clicked = { kind: 'approve-clicked', by: alex, clickId: 'clk' } as const;
    await bench.requests.apply(id, { ...clicked, deviceId: first });
    const again = async (devices: string | undefined) =>
      said(await press(bench, { person: alex, request: await bench.reread(id), verb: 'approve', devices }));

    assert.match(await again(second), /not for this device.*was not recorded/);
    assert.match(await again(first), /^Recorded/);
    assert.match(await again(undefined), /^Recorded/);
  });

  it('tells them by message when the turn is over before the devices are listed', async () => {
    const id = await named();
    let answer: (found: FoundDevices) => void = () => undefined;
    const listed = new Promise<FoundDevices>((resolve) => {
      answer = resolve;
    });

    assert.match(said(await approve(id, () => listed, 4_300)), /^Recorded/);
    answer(twins);

    await until(() => tells(id).length > 0, 20_000);
    assert.deepEqual(tells(id), ['device-unclear']);
    assert.equal(await voidedOf(id), undefined);
  });

  it('is void with the reason in the answer when the device is asked for here already', async () => {
    const id = await named();
    const { place, tenantId } = await bench.reread(id);
    const first = await anAwaitingRequest(bench.requests, { tenantId, place });
    const only = { ...twins, machines: machines.slice(0, 1) };

    const answer = await approve(id, () => Promise.resolve(only));

    assert.match(said(answer), new RegExp(`the one of #${first.number}, which is open in this conversation`));
    assert.ok(answer.noteId !== undefined);
    assert.deepEqual(standbys(id), [answer.noteId]);
    assert.deepEqual((await voidedOf(id))?.why, { code: 'already-requested', number: first.number });
  });
});
