import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../src/containment/decide.ts';
import { type Decision, later } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { Instant } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { type Label, type State, isFinal, labelOf } from '../../../src/containment/state.ts';
import { aMachineAction, aRequest, anApproval } from '../../support/requests.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type Step, histories } from './histories.ts';

interface Moment {
  readonly before: ContainmentRequest;
  readonly event: Event;
  readonly now: Instant;
  readonly decision: Decision;
}

const beginnings: readonly State[] = [
  { status: 'awaiting', clicks: [] },
  { status: 'approved', approval: anApproval() },
  {
    status: 'running',
    approval: anApproval(),
    machineAction: aMachineAction({ id: 'action-1', status: 'InProgress' }),
    submittedAt: '2026-11-23T03:10:30.000Z',
    confirmedAt: '2026-11-23T03:10:30.000Z',
  },
];

/** Every moment of every history, from a new request, an approved and a running one. */
function always(check: (moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(histories, fc.constantFrom(...beginnings), (steps, state) => {
      check(play(steps, state));
    }),
    { numRuns: 600 },
  );
}

function play(steps: readonly Step[], state: State): readonly Moment[] {
  const moments: Moment[] = [];
  let request = aRequest({ state });
  let now = later(request.createdAt, 60);
  for (const [index, { seconds, eventIn }] of steps.entries()) {
    now = later(now, seconds);
    const before = deepFreeze(request);
    const event = deepFreeze(eventIn(before.state, index));
    const decision = decide(before, event, now);
    moments.push({ before, event, now, decision });
    request = decision.request;
  }
  return moments;
}

describe('whatever happens in whatever order', () => {
  it('the same request, event and time lead to the same decision, and the input stays as it was', () => {
    always((moments) => {
      for (const { before, event, now, decision } of moments) {
        assert.deepEqual(decide(before, event, now), decision);
      }
    });
  });

  it('a change that people can see counts one revision and updates the card; nothing else does either', () => {
    always((moments) => {
      for (const { before, decision } of moments) {
        const { request, effects } = decision;
        const seen = effects.some((effect) => effect.kind === 'sync-card');
        assert.equal(request.revision - before.revision, seen ? 1 : 0);
        if (labelOf(request.state) !== labelOf(before.state)) assert.ok(seen);
        if (request === before) assert.deepEqual(effects, []);
      }
    });
  });

  it('a denied, expired, withdrawn or ended request never changes again', () => {
    always((moments) => {
      for (const { before, decision } of moments) {
        if (isOver(before.state)) assert.equal(decision.request, before);
      }
    });
  });

  it('at most one attempt may have reached Defender, and a second follows only a certain failure', () => {
    always((moments) => {
      let mayBeSent: string | undefined;
      for (const { before, decision } of moments) {
        const attempt = attemptOf(decision.request.state);
        const started = attempt !== undefined && attempt.id !== attemptOf(before.state)?.id;
        if (started && attempt.outcome === 'in-flight') {
          assert.equal(mayBeSent, undefined, 'an attempt began while another may have reached Defender');
          mayBeSent = attempt.id;
        }
        if (attempt?.outcome === 'unsent' || isOpenAgain(before.state, decision.request.state)) {
          mayBeSent = undefined;
        }
      }
    });
  });

  it('an attempt in doubt is never taken for unsent by the passing of less than the lag', () => {
    always((moments) => {
      for (const { before, event, now, decision } of moments) {
        const attempt = attemptOf(before.state);
        if (event.kind !== 'action-absent' || decision.request === before || attempt === undefined) continue;
        assert.ok(Date.parse(now) >= Date.parse(attempt.deadline) + 120_000);
      }
    });
  });

  it('what Defender confirmed never moves backwards', () => {
    always((moments) => {
      for (const { before, decision } of moments) {
        const rank = ranks[labelOf(before.state)];
        if (rank !== undefined) assert.ok((ranks[labelOf(decision.request.state)] ?? -1) >= rank);
      }
    });
  });

  it('only Defender’s answer makes a label that claims its confirmation', () => {
    always((moments) => {
      for (const { before, event, decision } of moments) {
        const label = labelOf(decision.request.state);
        if (ranks[label] === undefined || label === labelOf(before.state)) continue;
        assert.ok(event.kind === 'action-found' || event.kind === 'action-observed');
        assert.equal(event.machineAction.status, statusOf(decision.request.state));
      }
    });
  });

  it('the approver is never the requestor', () => {
    always((moments) => {
      for (const { decision } of moments) {
        const { state, requestor } = decision.request;
        if ('approval' in state) assert.notEqual(state.approval?.by.objectId, requestor.objectId);
      }
    });
  });

  it('there is a way on from every state that is not the end', () => {
    always((moments) => {
      const last = moments.at(-1)?.decision.request;
      if (last === undefined || isOver(last.state)) return;
      const muchLater = later(last.expiresAt, 24 * 3_600);
      assert.notEqual(decide(last, wayOn(last.state), muchLater).request.state.status, last.state.status);
    });
  });

  it('everybody whose Approve was taken is told when it comes to nothing', () => {
    always((moments) => {
      for (const { before, event, decision } of moments) {
        if (before.state.status !== 'awaiting' || event.kind === 'approve-refused') continue;
        const after = decision.request.state;
        const still = new Set(after.status === 'awaiting' ? after.clicks.map((click) => click.id) : []);
        const lost = before.state.clicks.filter((click) => !still.has(click.id));
        const told = decision.effects.filter((effect) => effect.kind === 'tell').length;
        const decided = event.kind === 'approve-verified' && !isExpiry(after) && lost.length > 0 ? 1 : 0;
        assert.equal(told, lost.length - decided);
      }
    });
  });
});

const ranks: Partial<Record<Label, number>> = {
  Pending: 0,
  'In progress': 1,
  Succeeded: 2,
  Failed: 2,
  'Timed out': 2,
  Cancelled: 2,
};

function isOver(state: State): boolean {
  if (state.status === 'attention') return state.reason.code !== 'outcome-unknown' || !state.approval;
  return ['denied', 'expired', 'withdrawn', 'ended'].includes(state.status);
}

function isExpiry(state: State): boolean {
  return state.status === 'expired';
}

function attemptOf(state: State) {
  return 'attempt' in state ? state.attempt : undefined;
}

/** Back to awaiting approval, or withdrawn: only what is certainly unsent or absent leads there. */
function isOpenAgain(before: State, after: State): boolean {
  return attemptOf(before) !== undefined && (after.status === 'awaiting' || after.status === 'withdrawn');
}

function statusOf(state: State) {
  return 'machineAction' in state ? state.machineAction.status : undefined;
}

function wayOn(state: State): Event {
  switch (state.status) {
    case 'awaiting':
      return { kind: 'time-passed' };
    case 'running': {
      const machineAction = { ...state.machineAction, status: 'TimeOut' as const };
      assert.ok(isFinal(machineAction.status));
      return { kind: 'action-observed', machineAction };
    }
    default:
      return { kind: 'action-found', machineAction: aMachineAction({ status: 'Pending' }) };
  }
}
