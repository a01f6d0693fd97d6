import assert from 'node:assert/strict';
import { boxInForce, isInForce } from '../../../src/containment/box-in-force.ts';
import { decide } from '../../../src/containment/decide.ts';
import { untold } from '../../../src/containment/elsewhere.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest, alex, riley, sam } from '../../support/requests.ts';
import { now, own, lifted, restricted, changedBy } from './changes.ts';

describe('a change made elsewhere, behind a request', () => {
  it('changes the card and has the thread told, once', () => {
    const { request, effects } = changedBy(own(5), lifted(9));
    assert.deepEqual(effects, [{ kind: 'sync-card' }, { kind: 'tell-elsewhere', change: 'foreign-9' }]);
    assert.deepEqual(request.elsewhere, [{ ...lifted(9), foundAt: now }]);
    assert.equal(isInForce(request), false);
    assert.equal(changedBy(request, lifted(9)).request, request);
    assert.equal(changedBy(request, lifted(11)).request, request);
    assert.equal(changedBy(request, restricted(8)).request, request);
    const again = changedBy(request, restricted(11)).request;
    assert.equal(again.elsewhere?.length, 2);
    assert.equal(isInForce(again), false);
  });

  it('changes the card alone where another request has the thread', () => {
    const { request, effects } = changedBy(own(5), lifted(9), true);
    assert.deepEqual(effects, [{ kind: 'sync-card' }]);
    assert.deepEqual(untold(request.elsewhere, undefined), []);
  });

  it('ends its time box: nobody may move it, it is not lifted, and who pressed learns why', () => {
    const boxed = requestStates['boxed-pressed'] ?? assert.fail();
    const { request, effects } = changedBy(boxed, { ...lifted(0), at: '2026-11-23T05:10:00.0000000Z' });
    assert.equal(boxInForce(request), undefined);
    assert.deepEqual(request.box?.running?.wishes, []);
    assert.deepEqual(
      effects.flatMap((effect) => (effect.kind === 'tell' ? [[effect.to.name, effect.note.why.code]] : [])),
      [[sam.name, 'lifted-elsewhere']],
    );
    const until = boxInForce(boxed)?.until ?? assert.fail();
    const lift = { id: aRequest().id, number: 77 };
    for (const event of [
      { kind: 'box-ended', until, lift },
      { kind: 'box-warned', until },
      { kind: 'restriction-released', by: alex, at: now, number: 70 },
    ] as const)
      assert.equal(decide(request, event, '2026-11-25T00:00:00.000Z').request, request, event.kind);
    assert.equal(
      decide(request, { kind: 'release-clicked', by: alex, clickId: 'clk' }, now).refusal?.code,
      'no-time-box',
    );
  });

  it('is nothing to one that has changed nothing, or was released by a request', () => {
    const released = { ...own(5), released: { by: alex, at: now, number: 9 } };
    const others = ['awaiting', 'pending', 'failed', 'denied', 'attention-unknown'].map(
      (name) => requestStates[name] ?? assert.fail(name),
    );
    for (const request of [released, ...others]) assert.equal(changedBy(request, lifted(9)).request, request);
  });

  it('is kept four times at most, the latest', () => {
    let request: ContainmentRequest = own(1, { number: 1 });
    for (let at = 2; at < 9; at += 1)
      request = changedBy(request, at % 2 === 0 ? lifted(at) : restricted(at)).request;
    assert.deepEqual(
      request.elsewhere?.map(({ actionId }) => actionId),
      ['foreign-5', 'foreign-6', 'foreign-7', 'foreign-8'],
    );
    assert.deepEqual(untold(request.elsewhere, 'foreign-7').length, 1);
    assert.deepEqual(untold(request.elsewhere, 'foreign-2').length, 4);
    assert.equal(request.requestor, riley);
  });

  it('is kept for ever, and told once, when it is the action of the request itself', () => {
    const origin = { kind: 'own', number: 12, itself: true } as const;
    const closed = requestStates['closed-unknown'] ?? assert.fail();
    let { request, effects } = changedBy(closed, { ...restricted(1), origin });
    // A lift of ours may have come before it was found.
    assert.ok(effects.some(({ kind }) => kind === 'time-box'));
    for (let at = 2; at < 9; at += 1)
      ({ request, effects } = changedBy(request, at % 2 === 0 ? lifted(at) : restricted(at)));
    assert.deepEqual(
      request.elsewhere?.map(({ actionId }) => actionId),
      ['foreign-1', 'foreign-6', 'foreign-7', 'foreign-8'],
    );
    assert.deepEqual(effects, [{ kind: 'sync-card' }, { kind: 'tell-elsewhere', change: 'foreign-8' }]);
    assert.deepEqual(untold(request.elsewhere, 'foreign-2').length, 3);
    assert.deepEqual(untold(request.elsewhere, undefined).length, 4);
    assert.deepEqual(
      decide(request, { kind: 'restriction-released', by: alex, at: now }, now).request,
      request,
      'it is lifted',
    );
  });
});
