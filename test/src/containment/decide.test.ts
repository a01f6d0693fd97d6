import assert from 'node:assert/strict';
import type { Decision } from '../../../src/containment/decision.ts';
import { decide } from '../../../src/containment/decide.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { deepFreeze } from './deep-freeze.ts';
import { events, inState, now, stateNames } from './situations.ts';

/**
 * For each event: what it leads to, and in which states. `label: effects` is a change, `no: code` a refusal, and
 * `remembered` a change that no card shows. In every other state the event changes nothing at all.
 */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'device read': {
    'Awaiting approval: sync-card': 'awaiting',
  },
  'impossible device read': {
    'Needs attention: sync-card, notify Needs attention': 'awaiting',
  },
  'approve by alex': {
    'Awaiting approval: check-approval, sync-card': 'awaiting',
    'no: already-checking': 'awaiting-click',
    'no: already-decided': 'denied expired withdrawn attention-os',
    'no: already-approved-by-you':
      'approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-unknown',
  },
  'approve by sam': {
    'Awaiting approval: check-approval, sync-card': 'awaiting awaiting-click',
    'no: already-decided':
      'denied expired withdrawn approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-os attention-unknown',
  },
  'approve by the requestor': {
    'no: own-request':
      'awaiting awaiting-click denied expired withdrawn approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-os attention-unknown',
  },
  'click verified': {
    'Approved: sync-card, submit': 'awaiting-click',
  },
  'click verified, impossible': {
    'Needs attention: sync-card, notify Needs attention': 'awaiting-click',
  },
  'click refused': {
    'Awaiting approval: sync-card, tell Alex Moreno': 'awaiting-click',
  },
  'deny by sam': {
    'Denied: sync-card, notify Denied': 'awaiting',
    'Denied: sync-card, tell Alex Moreno, notify Denied': 'awaiting-click',
    'no: already-decided':
      'denied expired withdrawn approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-os attention-unknown',
  },
  'deny without a comment': {
    'no: comment-missing': 'awaiting awaiting-click',
    'no: already-decided':
      'denied expired withdrawn approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-os attention-unknown',
  },
  'deny by the requestor': {
    'no: own-request-deny':
      'awaiting awaiting-click denied expired withdrawn approved submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped pending in-progress in-progress-cancel-asked in-progress-cancel-accepted succeeded attention-os attention-unknown',
  },
  'cancel by the requestor': {
    'Withdrawn: sync-card, notify Withdrawn': 'awaiting approved submitting-throttled',
    'Withdrawn: sync-card, tell Alex Moreno, notify Withdrawn': 'awaiting-click',
    'no: nothing-to-cancel': 'denied expired withdrawn succeeded attention-os attention-unknown',
    'Submitting: sync-card': 'submitting submitting-checking',
    'no: cancel-under-way': 'submitting-stopped in-progress-cancel-accepted',
    'Submitting: sync-card, tell Sam Okafor': 'submitting-cancel-asked',
    'In progress: sync-card, cancel-action, tell Sam Okafor': 'in-progress-cancel-asked',
    'Pending: sync-card, cancel-action': 'pending',
    'In progress: sync-card, cancel-action': 'in-progress',
  },
  'cancel by alex': {
    'no: not-requestor': 'awaiting awaiting-click',
    'no: nothing-to-cancel': 'denied expired withdrawn succeeded attention-os attention-unknown',
    'Withdrawn: sync-card, notify Withdrawn': 'approved submitting-throttled',
    'Submitting: sync-card': 'submitting submitting-checking',
    'no: cancel-under-way': 'submitting-stopped in-progress-cancel-accepted',
    'Submitting: sync-card, tell Sam Okafor': 'submitting-cancel-asked',
    'In progress: sync-card, cancel-action, tell Sam Okafor': 'in-progress-cancel-asked',
    'Pending: sync-card, cancel-action': 'pending',
    'In progress: sync-card, cancel-action': 'in-progress',
  },
  'cancel by sam': {
    'no: not-requestor': 'awaiting awaiting-click approved',
    'no: nothing-to-cancel': 'denied expired withdrawn succeeded attention-os attention-unknown',
    'Submitting: sync-card': 'submitting submitting-throttled submitting-checking',
    'no: cancel-under-way':
      'submitting-cancel-asked submitting-stopped in-progress-cancel-asked in-progress-cancel-accepted',
    'Pending: sync-card, cancel-action': 'pending',
    'In progress: sync-card, cancel-action': 'in-progress',
  },
  'cancel accepted': {
    'In progress: sync-card, track': 'in-progress-cancel-asked',
  },
  'cancel refused': {
    'In progress: sync-card, track, tell Sam Okafor': 'in-progress-cancel-asked',
  },
  'time passed': {},
  'attempt started': {
    'Submitting: sync-card': 'approved submitting-throttled',
  },
  'attempt postponed': {
    'Submitting: sync-card, submit':
      'submitting submitting-throttled submitting-checking submitting-cancel-asked',
    'Withdrawn: sync-card, notify Withdrawn': 'submitting-stopped',
  },
  'nothing begun, postponed': {
    'Submitting: sync-card, submit': 'approved',
  },
  'older attempt postponed': {},
  'attempt void': {
    'Awaiting approval: sync-card, tell Alex Moreno, expire':
      'submitting submitting-throttled submitting-checking',
    'Awaiting approval: sync-card, tell Alex Moreno, expire, tell Sam Okafor': 'submitting-cancel-asked',
    'Withdrawn: sync-card, tell Alex Moreno, notify Withdrawn': 'submitting-stopped',
  },
  'nothing begun, void': {
    'Awaiting approval: sync-card, tell Alex Moreno, expire': 'approved',
  },
  'nothing begun again, void': {
    'Awaiting approval: sync-card, tell Alex Moreno, expire': 'submitting-throttled',
  },
  'attempt unclear': {
    'Submitting: sync-card, submit':
      'submitting submitting-throttled submitting-checking submitting-cancel-asked submitting-stopped',
  },
  'attempt stuck': {
    'Needs attention: sync-card, notify Needs attention':
      'submitting submitting-throttled submitting-checking',
    'Needs attention: sync-card, notify Needs attention, tell Sam Okafor': 'submitting-cancel-asked',
    'Needs attention: sync-card, notify Needs attention, tell Riley Chen': 'submitting-stopped',
  },
  'action found': {
    'Pending: sync-card, track':
      'approved submitting submitting-throttled submitting-checking attention-unknown',
    'Pending: sync-card, track, cancel-action': 'submitting-cancel-asked submitting-stopped',
  },
  'ended action found': {
    'Failed: sync-card, notify Failed':
      'approved submitting submitting-throttled submitting-checking attention-unknown',
    'Failed: sync-card, notify Failed, tell Sam Okafor': 'submitting-cancel-asked',
    'Failed: sync-card, notify Failed, tell Riley Chen': 'submitting-stopped',
  },
  'action absent': {
    'Submitting: sync-card, submit': 'submitting submitting-checking submitting-cancel-asked',
    'Withdrawn: sync-card, notify Withdrawn': 'submitting-stopped',
    'Awaiting approval: sync-card, tell Alex Moreno, expire': 'attention-unknown',
  },
  'seen pending': {
    remembered: 'pending',
  },
  'seen in progress': {
    'In progress: sync-card': 'pending',
    remembered: 'in-progress in-progress-cancel-asked in-progress-cancel-accepted',
  },
  'seen succeeded': {
    'Succeeded: sync-card, untrack, notify Succeeded': 'pending in-progress in-progress-cancel-accepted',
    'Succeeded: sync-card, untrack, notify Succeeded, tell Sam Okafor': 'in-progress-cancel-asked',
  },
  'another action seen': {},
  'not confirmed': {
    'Pending: sync-card': 'pending',
    'In progress: sync-card': 'in-progress in-progress-cancel-asked in-progress-cancel-accepted',
  },
};

describe('every event in every state', () => {
  it('is in the table', () => {
    assert.deepEqual(Object.keys(table), Object.keys(events));
  });

  for (const [name, event] of Object.entries(events)) {
    const outcomes = table[name] ?? {};
    const expected = new Map(
      Object.entries(outcomes).flatMap(([outcome, states]) =>
        states.split(' ').map((state) => [state, outcome] as const),
      ),
    );

    it(`decides ${name}`, () => {
      for (const state of stateNames) {
        const request = deepFreeze(inState(state));

        const decision = decide(request, deepFreeze(event), now);

        assert.equal(outcomeOf(request, decision), expected.get(state) ?? 'nothing', `in ${state}`);
      }
    });
  }
});

function outcomeOf(before: ContainmentRequest, { request, effects, refusal }: Decision): string {
  if (refusal !== undefined) return `no: ${refusal.code}`;
  if (request === before) return effects.length === 0 ? 'nothing' : 'effects without a change';
  if (request.revision === before.revision) return 'remembered';
  const words = effects.map((effect) => {
    if (effect.kind === 'notify') return `notify ${effect.about}`;
    return effect.kind === 'tell' ? `tell ${effect.to.name}` : effect.kind;
  });
  return `${labelOf(request.state)}: ${words.join(', ')}`;
}
