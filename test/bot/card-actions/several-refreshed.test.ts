import assert from 'node:assert/strict';
import { membersOf } from '../../../src/containment/batch.ts';
import { createBatchPlay, idOf } from '../../support/batch-play.ts';
import { aMachineAction, alex, riley, sam } from '../../support/requests.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { press } from './press.ts';

describe('A card of several devices that comes into view', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  const play = createBatchPlay(() => bench.requests);

  it('has one looked at that nobody has seen, and then one whose status nobody could read', async () => {
    const request = await play.asked([{ deviceId: idOf(0) }, { deviceId: idOf(1) }], {
      tenantId: alex.tenantId,
      requestor: riley,
    });
    const { id } = membersOf(request)[0] ?? assert.fail();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    await play.verify(id, 'clk');
    await bench.requests.apply(id, { kind: 'action-found', machineAction: aMachineAction() });
    await bench.requests.apply(id, { kind: 'not-confirmed' });
    bench.defenderSays.answers({ listDevices: () => Promise.resolve({ machines: [], isCut: false }) });
    const looks = [true];
    const recentLooks = { add: () => looks.shift() ?? false };
    const refresh = async () => {
      await press(
        bench,
        { person: sam, request: await play.onCard(request.id), verb: 'refresh' },
        { recentLooks },
      );
      return ['listDevices', 'listActionsById'].map((call) =>
        bench.defenderSays.count(call as 'listDevices' | 'listActionsById'),
      );
    };

    const first = await refresh();
    const second = await refresh();

    assert.deepEqual(
      [first, second],
      [
        [1, 0],
        [1, 1],
      ],
    );
  });
});
