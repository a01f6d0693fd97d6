import assert from 'node:assert/strict';
import { waitingRow } from '../../../bot/render/list-rows.ts';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import type { DeviceFacts } from '../../../src/containment/device.ts';
import type { ContainmentRequest, DeviceRequest } from '../../../src/containment/request.ts';
import type { State } from '../../../src/containment/state.ts';
import { textsOf } from '../../support/card-parts.ts';
import { aRequest, anApproval } from '../../support/requests.ts';
import { aBatch, memberRunning } from '../../support/several-states.ts';

const shownOf = (request: ContainmentRequest): string =>
  textsOf(renderRequestCard(request, { portalUrl: 'https://security.microsoft.com' })).join('\n');

const ofBack =
  /Windows11|10\.0\.|Active|risk|value|last seen|[Oo]ffline|merged|duplicate|Defender’s facts were read/;
/** What rows of an older program hold of the day on which the device was restricted. */
const back: DeviceFacts = {
  osPlatform: 'Windows11',
  osVersion: '10.0.22631',
  health: 'Active',
  risk: 'High',
  value: 'High',
  lastSeen: '2026-11-15T20:00:00.000Z',
  mergedInto: 'a'.repeat(40),
  isPotentialDuplicate: true,
};
const states: Readonly<Record<string, State>> = {
  'awaits approval': { status: 'awaiting', clicks: [] },
  'is approved': { status: 'approved', approval: anApproval({ inAdvance: true }) },
  'is Pending': memberRunning('Pending'),
};

function lifts(state: State, device: DeviceFacts, count: number): Partial<DeviceRequest>[] {
  return Array.from({ length: count }, (_, index) => ({
    action: 'unrestrict',
    lifts: aRequest().id,
    device: { name: `ws-${index}.contoso.example`, ...device },
    state,
  }));
}

describe('what is known of a device when its time box ends', () => {
  for (const [what, state] of Object.entries(states)) {
    it(`is its name, and nothing from the day of the restriction, while one lift ${what}`, () => {
      const [one] = lifts(state, back, 1);
      const shown = shownOf(aRequest(one));
      assert.match(shown, /^ws-0\.contoso\.example\n[0-9a-f]{40}$/m);
      assert.doesNotMatch(shown, ofBack);
    });

    it(`is the same of each while several ${what}`, () => {
      for (const count of [2, 10, 50]) {
        const shown = shownOf(aBatch(lifts(state, back, count)));
        assert.match(shown, /ws-1\.contoso\.example/);
        assert.doesNotMatch(shown, ofBack);
      }
    });
  }

  it('is not looked at yet, as the rows and what is below them say while they await approval', () => {
    const shown = shownOf(aBatch(lifts({ status: 'awaiting', clicks: [] }, back, 2)));
    assert.equal(shown.split('not looked at yet').length, 3);
    assert.match(shown, /facts were not read of any device yet; they are read when somebody approves/);
    const [one] = lifts({ status: 'awaiting', clicks: [] }, {}, 1);
    assert.match(shownOf(aRequest(one)), /facts were not read for this lift yet; they are read when/);
  });

  it('is what a look has read since', () => {
    const awaiting: State = { status: 'awaiting', clicks: [] };
    const stakes = { at: '2026-11-23T03:12:00.000Z', restriction: { state: 'none' } } as const;
    const looked = { ...back, stakes };
    assert.match(shownOf(aRequest(lifts(awaiting, looked, 1)[0])), /risk High.*\n.*merged/);
    const both = shownOf(aBatch(lifts(awaiting, looked, 2)));
    assert.match(both, /risk High · .*offline since 2026-11-15 20:00 UTC or so/);
    assert.match(both, /facts were read of every device at 03:12 UTC/);
    const [one, other] = [lifts(awaiting, looked, 1), lifts(awaiting, back, 2).slice(1)];
    assert.match(shownOf(aBatch([...one, ...other])), /facts were read of 1 of 2 devices at 03:12 UTC/);
  });

  it('is not in a list of what awaits approval before that', () => {
    const [one] = lifts({ status: 'awaiting', clicks: [] }, back, 1);
    const now = '2026-11-23T03:20:00.000Z';
    const rowOf = (given: object) =>
      waitingRow(aRequest({ ...one, ...given }), now)
        .lines.flatMap(({ runs }) => runs.map(({ text }) => text))
        .join('');
    assert.doesNotMatch(rowOf({}), /value|risk/);
    assert.match(rowOf({ lifts: undefined }), /risk High/);
  });
});
