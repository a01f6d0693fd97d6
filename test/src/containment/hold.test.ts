import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import { isBeforeDefender } from '../../../src/containment/hold.ts';
import { hasDevice } from '../../../src/containment/request.ts';
import { aMachineAction, alex, sam } from '../../support/requests.ts';
import { inState, now, stateNames } from './situations.ts';

const hold = { reason: 'False positives', since: '2026-11-23T03:16:00.000Z' };
const pause: Event = { kind: 'submission-paused', hold };
const resume: Event = { kind: 'submission-resumed' };
const held = (name: string) => ({ ...inState(name), hold });

describe('a pause of submission', () => {
  it('is shown by whatever Defender has not taken, as far as is known, and by nothing else', () => {
    for (const name of stateNames) {
      const before = inState(name);
      const { request, effects } = decide(before, pause, now);
      if (isBeforeDefender(before.state)) {
        assert.deepEqual(request.hold, hold, name);
        assert.equal(request.state, before.state);
        assert.deepEqual(effects, [{ kind: 'sync-card' }]);
      } else {
        assert.equal(request, before, name);
      }
    }
  });

  it('that is told again changes nothing; another one is shown instead', () => {
    const request = held('approved');
    const other = { reason: 'Still not right', since: '2026-11-23T03:17:00.000Z' };

    assert.equal(decide(request, pause, now).request, request);
    const { request: next } = decide(request, { kind: 'submission-paused', hold: other }, now);
    assert.deepEqual(next.hold, other);
  });

  it('keeps no click from being taken', () => {
    const { request } = decide(held('awaiting'), { kind: 'approve-clicked', by: alex, clickId: 'c' }, now);
    assert.ok(request.state.status === 'awaiting' && request.state.clicks.length === 1);
    assert.deepEqual(request.hold, hold);

    const denied = decide(held('awaiting'), { kind: 'deny-clicked', by: sam, comment: 'No' }, now).request;
    assert.equal(denied.state.status, 'denied');
  });

  it('ends for a request that Defender turns out to have, or that came to its end', () => {
    const found: Event = { kind: 'action-found', machineAction: aMachineAction() };
    const close: Event = { kind: 'close-clicked', by: sam, comment: 'Settled' };

    assert.equal(decide(held('submitting-checking'), found, now).request.hold, undefined);
    assert.equal(decide(held('attention-unknown'), found, now).request.hold, undefined);
    assert.equal(decide(held('attention-sign-in'), close, now).request.hold, undefined);
    const late = '2026-11-24T03:17:00.000Z';
    assert.equal(decide(held('awaiting'), { kind: 'time-passed' }, late).request.hold, undefined);
  });
});

describe('the end of a pause', () => {
  it('queues the submission of what was kept, and of nothing else', () => {
    const submits = stateNames.filter((name) =>
      decide(held(name), resume, now).effects.some(({ kind }) => kind === 'submit'),
    );

    assert.deepEqual(submits, ['approved', 'submitting-throttled']);
  });

  it('leaves what only one process can send to that process for half a minute', () => {
    const request = held('approved');
    const { state } = request;
    if (!hasDevice(request) || state.status !== 'approved') assert.fail(state.status);
    const steppedUp = {
      ...request,
      state: { ...state, approval: { ...state.approval, steppedUp: true as const } },
    };

    const submits = decide(steppedUp, resume, now).effects.filter(({ kind }) => kind === 'submit');

    assert.deepEqual(submits, [{ kind: 'submit', at: later(now, 30) }]);
  });

  it('is shown where the pause was, and changes no other request', () => {
    const { request, effects } = decide(held('awaiting'), resume, now);

    assert.ok(!('hold' in request));
    assert.deepEqual(effects, [{ kind: 'sync-card' }]);
    const untouched = inState('awaiting');
    assert.equal(decide(untouched, resume, now).request, untouched);
  });
});
