import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import { type Label, type State, labelOf } from '../../../src/containment/state.ts';
import { endingOf } from '../../../src/containment/ending.ts';
import { always } from './model.ts';
import { attemptOf, closedOf, isOver } from './reading.ts';

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

  it('a denied, expired, withdrawn, ended or closed request never changes again', () => {
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

  it('the thread is told of each end once, under the label that the card has', () => {
    always((moments) => {
      for (const { before, decision } of moments) {
        const { state } = decision.request;
        const told = decision.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect.about] : []));
        const isNew = before.state.status !== state.status || closedOf(before.state) !== closedOf(state);
        assert.deepEqual(told, isNew && endingOf(state) !== undefined ? [labelOf(state)] : []);
      }
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
        // Whose click was decided on hears of it in their turn; should it come to nothing, as the event says.
        const isVoid =
          event.kind === 'approve-verified' && (event.tell ?? false) !== false && after.status === 'awaiting';
        const isDecided = event.kind === 'approve-verified' && !isExpiry(after) && !isVoid;
        assert.equal(told, lost.length - (isDecided && lost.length > 0 ? 1 : 0));
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

function isExpiry(state: State): boolean {
  return state.status === 'expired';
}

/** Back to awaiting approval, or withdrawn: only what is certainly unsent or absent leads there. */
function isOpenAgain(before: State, after: State): boolean {
  return attemptOf(before) !== undefined && (after.status === 'awaiting' || after.status === 'withdrawn');
}

function statusOf(state: State) {
  return 'machineAction' in state ? state.machineAction.status : undefined;
}
