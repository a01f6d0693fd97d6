import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInForce } from '../../../src/containment/box-in-force.ts';
import { driftOf } from '../../../src/containment/drift.ts';
import { type ChangeElsewhere } from '../../../src/containment/elsewhere.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { standingAfter } from '../../../src/containment/standing.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest, alex } from '../../support/requests.ts';
import { now, second, own, elsewhere, lifted, restricted, changedBy } from './changes.ts';

interface Happening {
  readonly ours: boolean;
  readonly became: ChangeElsewhere['became'];
  readonly where: string;
  readonly isListed: boolean;
}

/** Which requests it concerns, and with what. */
const found = (register: readonly ContainmentRequest[], foreign: readonly ChangeElsewhere[]) =>
  driftOf(register, foreign).map(({ request, changes, quiet }) => [
    request.number,
    changes.map(({ actionId }) => actionId),
    ...(quiet ? ['quiet'] : []),
  ]);

describe('what was changed elsewhere', () => {
  it('is a lift that took effect after the restriction', () => {
    assert.deepEqual(found([own(5)], [lifted(9)]), [[5, ['foreign-9']]]);
    assert.deepEqual(found([own(5)], [lifted(4)]), []);
    assert.deepEqual(found([own(5)], []), []);
  });

  it('is no second restriction of what is restricted, and no second lift of what is lifted', () => {
    assert.deepEqual(found([own(5)], [restricted(9)]), []);
    assert.deepEqual(found([own(5, { action: 'unrestrict' })], [lifted(9)]), []);
    assert.deepEqual(found([own(5)], [lifted(9), lifted(10)]), [[5, ['foreign-9']]]);
  });

  it('is a restriction anew, after a lift elsewhere or one of ours', () => {
    assert.deepEqual(found([own(5)], [restricted(9), lifted(8)]), [[5, ['foreign-8', 'foreign-9']]]);
    assert.deepEqual(found([own(5), own(7, { action: 'unrestrict' })], [restricted(9)]), [
      [7, ['foreign-9']],
    ]);
  });

  it('concerns nothing that a request of ours has undone since', () => {
    assert.deepEqual(found([own(5), own(9, { action: 'unrestrict' })], [lifted(7)]), []);
    assert.deepEqual(found([own(5), own(7, { action: 'unrestrict' }), own(9)], [restricted(8)]), []);
  });

  it('concerns the restriction of every thread, and is told once in each', () => {
    const register = [own(5), own(6), own(7, { where: 'there' })];
    assert.deepEqual(found(register, [lifted(9)]), [
      [5, ['foreign-9']],
      [6, ['foreign-9']],
      [7, ['foreign-9']],
    ]);
    const thread = 'here;messageid=1';
    assert.deepEqual(found([own(5, { thread }), own(6, { thread })], [lifted(9)]), [
      [5, ['foreign-9'], 'quiet'],
      [6, ['foreign-9']],
    ]);
  });

  it('is told by an earlier request of the thread if the later one does not say it, or if it ends a time box', () => {
    const thread = 'here;messageid=1';
    const later = own(10, { thread });
    assert.deepEqual(found([own(5, { thread }), later], [lifted(9)]), [[5, ['foreign-9']]]);
    assert.deepEqual(found([own(5, { thread }), later], [lifted(9), lifted(12)]), [
      [5, ['foreign-9']],
      [10, ['foreign-12']],
    ]);
    const running = requestStates['boxed-pressed']?.box?.running ?? assert.fail();
    const boxed = { ...own(5, { thread }), box: { duration: running.duration, running } };
    assert.deepEqual(found([boxed, own(6, { thread })], [lifted(9)]), [
      [5, ['foreign-9']],
      [6, ['foreign-9'], 'quiet'],
    ]);
  });

  it('is told on to whoever heard of a lift: elsewhere, or of a request of another conversation', () => {
    const both = [own(5), own(6, { where: 'there' })].map((one) => changedBy(one, lifted(9)).request);
    assert.deepEqual(found(both, [lifted(9), restricted(11)]), [
      [5, ['foreign-11']],
      [6, ['foreign-11']],
    ]);
    // Restricted by a request since, nothing before that is news, and what comes after is that one's.
    assert.deepEqual(found([...both, own(12, { where: 'third' })], [restricted(11), lifted(14)]), [
      [12, ['foreign-14']],
    ]);

    const lift = own(7, { action: 'unrestrict', where: 'there' });
    const released = { ...own(5), released: { by: alex, at: now } };
    assert.deepEqual(found([released, lift], [restricted(6), restricted(9)]), [
      [5, ['foreign-9']],
      [7, ['foreign-9']],
    ]);
    const again = changedBy(released, restricted(9)).request;
    assert.deepEqual(again.elsewhere?.length, 1);
    assert.deepEqual(found([again, lift], [restricted(9), lifted(11)]), [
      [5, ['foreign-11']],
      [7, ['foreign-9', 'foreign-11']],
    ]);
    const inThread = own(7, { action: 'unrestrict' });
    assert.deepEqual(
      found([{ ...own(5), released: { by: alex, at: now, number: 7 } }, inThread], [restricted(9)]),
      [[7, ['foreign-9']]],
    );
  });

  it('is told on to whoever heard of a lift, whoever else restricted and lifted the device since', () => {
    const released = { ...own(5), released: { by: alex, at: now } };
    const [restrict, lift] = [own(6, { where: 'there' }), own(7, { where: 'there', action: 'unrestrict' })];
    assert.deepEqual(found([released, restrict, lift], [restricted(9)]), [
      [5, ['foreign-9']],
      [7, ['foreign-9']],
    ]);
    assert.deepEqual(found([own(5, { action: 'unrestrict' }), lift], [restricted(9)]), [
      [5, ['foreign-9']],
      [7, ['foreign-9']],
    ]);
    // A later request of their own conversation tells them, and what others have restricted is those people's.
    const own8 = own(8, { action: 'unrestrict' });
    assert.deepEqual(found([released, restrict, lift, own8], [restricted(9)]), [
      [7, ['foreign-9']],
      [8, ['foreign-9']],
    ]);
    assert.deepEqual(found([released, lift, own(8, { where: 'there' })], [restricted(9)]), []);
  });

  it('is a lift to whoever was told that it is restricted again, though a request of ours restricted it since', () => {
    const again = changedBy(changedBy(own(5), lifted(6)).request, restricted(7)).request;
    assert.deepEqual(found([again, own(8)], [lifted(9)]), [
      [5, ['foreign-9']],
      [8, ['foreign-9']],
    ]);
    const lift = changedBy(own(5, { action: 'unrestrict' }), restricted(7)).request;
    assert.deepEqual(found([lift, own(8)], [lifted(9)]), [
      [5, ['foreign-9']],
      [8, ['foreign-9']],
    ]);
  });

  it('is folded to how it stands now when it was changed again and again before anybody looked', () => {
    const many = [lifted(6), restricted(7), lifted(8), restricted(9), lifted(10)];
    const foldedOf = (count: number) =>
      driftOf([own(5)], many.slice(0, count)).flatMap(({ changes }) =>
        changes.map(({ actionId, skipped }) => [actionId, skipped]),
      );
    assert.deepEqual(foldedOf(2), [
      ['foreign-6', undefined],
      ['foreign-7', undefined],
    ]);
    assert.deepEqual(foldedOf(5), [['foreign-10', 4]]);
    assert.deepEqual(foldedOf(4), [
      ['foreign-8', 2],
      ['foreign-9', undefined],
    ]);
  });

  it('goes on from what was found before', () => {
    const { request } = changedBy(own(5), lifted(9));
    assert.deepEqual(found([request], [lifted(9)]), []);
    assert.deepEqual(found([request], [lifted(9), restricted(11)]), [[5, ['foreign-11']]]);
  });

  it('goes by the time of creation where Defender names no other, and never by what is no time', () => {
    const { state } = own(5);
    assert.ok(state.status === 'ended');
    const at = (createdAt: string, updatedAt?: string) =>
      aRequest({
        state: { ...state, machineAction: { ...state.machineAction, createdAt, updatedAt } },
      });
    assert.deepEqual(found([at(second(5))], [lifted(9)]).length, 1);
    assert.deepEqual(found([at(second(12), 'yesterday')], [lifted(9)]).length, 0);
    assert.deepEqual(found([at('', 'yesterday')], [lifted(9)]).length, 0);
    assert.deepEqual(found([own(5)], [{ ...lifted(9), at: 'soon' }]), []);
  });

  describe('whatever the history', () => {
    const history = fc.array(
      fc.record<Happening>({
        ours: fc.boolean(),
        became: fc.constantFrom('restricted' as const, 'lifted' as const),
        where: fc.constantFrom('here', 'there'),
        isListed: fc.boolean(),
      }),
      { minLength: 1, maxLength: 14 },
    );

    function play(events: readonly Happening[]) {
      const register: ContainmentRequest[] = [];
      const all: ChangeElsewhere[] = [];
      const listed: ChangeElsewhere[] = [];
      for (const [index, { ours, became, where, isListed }] of events.entries()) {
        const at = 2 * index;
        if (ours) {
          const action = became === 'restricted' ? 'restrict' : 'unrestrict';
          register.push(own(at, { number: index + 1, action, where }));
          continue;
        }
        all.push(elsewhere(at, became));
        if (isListed) listed.push(elsewhere(at, became));
      }
      return { register, all, listed };
    }

    function settle(register: readonly ContainmentRequest[], foreign: readonly ChangeElsewhere[]) {
      const changed = new Map(register.map((request) => [request.number, request]));
      for (const { request, changes } of driftOf(register, foreign)) {
        for (const change of changes) {
          const before = changed.get(request.number) ?? request;
          const decision = changedBy(before, change);
          assert.notEqual(decision.request, before, 'what was found is taken');
          changed.set(request.number, decision.request);
        }
      }
      return [...changed.values()];
    }

    it('the last request stands as the device does, once all of it is listed', () => {
      fc.assert(
        fc.property(history, (events) => {
          const { register, all } = play(events);
          const last = settle(register, all).at(-1);
          if (last !== undefined) assert.equal(standingAfter(last)?.became, events.at(-1)?.became);
        }),
        { numRuns: 500 },
      );
    });

    it('nothing is said but what is listed, and only what came after the request', () => {
      fc.assert(
        fc.property(history, (events) => {
          const { register, listed } = play(events);
          for (const { request, changes } of driftOf(register, listed)) {
            for (const change of changes) {
              assert.ok(listed.some(({ actionId }) => actionId === change.actionId));
              assert.ok(change.at > (standingAfter(request)?.at ?? ''));
            }
          }
        }),
        { numRuns: 500 },
      );
    });

    it('no restriction is in force that a later lift, ours or listed, has ended', () => {
      fc.assert(
        fc.property(history, (events) => {
          const { register, all } = play(events);
          const after = settle(register, all);
          const lifts = [
            ...all.filter(({ became }) => became === 'lifted').map(({ at }) => at),
            ...register.flatMap((one) => (one.action === 'unrestrict' ? [standingAfter(one)?.at ?? ''] : [])),
          ];
          for (const request of after.filter(isInForce)) {
            const since = standingAfter(request)?.at ?? '';
            const ownLift = register.some(
              (one) => one.action === 'unrestrict' && (standingAfter(one)?.at ?? '') > since,
            );
            assert.ok(ownLift || !lifts.some((at) => at > since));
          }
        }),
        { numRuns: 500 },
      );
    });

    it('a second look finds nothing more, in whatever order', () => {
      fc.assert(
        fc.property(history, (events) => {
          const { register, all } = play(events);
          assert.deepEqual(driftOf(register.toReversed(), all.toReversed()), driftOf(register, all));
          assert.deepEqual(driftOf(settle(register, all), all), []);
        }),
        { numRuns: 500 },
      );
    });
  });
});
