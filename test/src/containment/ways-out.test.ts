import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { always } from './model.ts';
import { approvalOf, clickerOf, closedOf, isOver, reasonOf } from './reading.ts';
import { isElsewhere, isImpossible, waysOut } from './ways-out.ts';

describe('whatever stands in the way', () => {
  it('there are ways out of every state that is not the end, and each of them leads out', () => {
    always((moments) => {
      for (const { decision } of moments) {
        const { request } = decision;
        if (isOver(request.state)) continue;
        const muchLater = later(request.expiresAt, 24 * 3_600);
        const ways = waysOut(request.state);
        assert.ok(ways.length > 0);
        for (const way of ways)
          assert.ok(isElsewhere(request.state, decide(request, way, muchLater)), way.kind);
      }
    });
  });

  it('an approval is renewed by nobody but the person who gave it', () => {
    always((moments) => {
      for (const { before, event, decision } of moments) {
        const approval = approvalOf(decision.request.state);
        const earlier = approvalOf(before.state);
        if (approval === undefined || approval.at === earlier?.at) continue;
        if (event.kind === 'approve-verified') {
          assert.equal(approval.by, clickerOf(before.state, event.clickId));
        } else {
          assert.ok(event.kind === 'retry-clicked' && before.state.status === 'attention');
          assert.equal(event.by.objectId, approval.by.objectId);
          assert.equal(earlier?.by.objectId, approval.by.objectId);
        }
      }
    });
  });

  it('only somebody else than the requestor closes, with words that can be read, and the label stays', () => {
    always((moments) => {
      for (const { before, event, decision } of moments) {
        const closed = closedOf(decision.request.state);
        if (closed === undefined || closedOf(before.state) !== undefined) continue;
        assert.equal(event.kind, 'close-clicked');
        assert.notEqual(closed.by.objectId, before.requestor.objectId);
        assert.notEqual(closed.comment, '');
        assert.equal(labelOf(before.state), labelOf(decision.request.state));
      }
    });
  });

  it('a pause is held only by what Defender has not taken, as far as is known', () => {
    const concerned = ['Awaiting approval', 'Approved', 'Submitting', 'Needs attention'];
    always((moments) => {
      for (const { decision } of moments) {
        const { hold, state } = decision.request;
        if (hold === undefined) continue;
        assert.ok(concerned.includes(labelOf(state)) && !isOver(state) && !isImpossible(state));
      }
    });
  });

  it('a dead job leaves nothing that waits for it, and what may have been sent is never called unsent', () => {
    always((moments) => {
      for (const { before, event, decision } of moments) {
        if (event.kind !== 'job-died') continue;
        const { state } = decision.request;
        // Those with a time are all of an approval or a wish from before the history.
        if (event.since !== undefined && event.job !== 'check-approval') {
          assert.equal(decision.request, before);
        } else if (event.job === 'submit') {
          assert.ok(state.status !== 'approved' && state.status !== 'submitting');
          const inDoubt = before.state.status === 'submitting' && before.state.attempt.outcome !== 'unsent';
          if (inDoubt) assert.equal(reasonOf(state), 'outcome-unknown');
        } else if (event.job === 'check-approval') {
          assert.equal(clickerOf(state, event.clickId), undefined);
        } else {
          assert.ok(state.status !== 'running' || state.cancel?.stage !== 'requested');
        }
      }
    });
  });

  it('work is queued only for a state that waits for it', () => {
    always((moments) => {
      for (const { decision } of moments) {
        const { state } = decision.request;
        for (const { kind } of decision.effects) {
          if (kind === 'submit') assert.ok(state.status === 'approved' || state.status === 'submitting');
          if (kind === 'track' || kind === 'cancel-action') assert.equal(state.status, 'running');
          if (kind === 'check-approval') assert.equal(state.status, 'awaiting');
        }
      }
    });
  });
});
