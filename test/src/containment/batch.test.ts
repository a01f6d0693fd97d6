import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cardEnding, cardLabel, faceOf, isLeftOut, momentToTell } from '../../../src/containment/batch.ts';
import { decide } from '../../../src/containment/decide.ts';
import { endingOf } from '../../../src/containment/ending.ts';
import type { Event } from '../../../src/containment/event.ts';
import { type Label, type State, labelOf } from '../../../src/containment/state.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest, alex, riley, sam } from '../../support/requests.ts';
import { aBatch, memberEnded, memberRunning } from '../../support/several-states.ts';
import { histories } from './histories.ts';

const now = '2026-11-23T03:17:20.000Z';
const states = Object.values(requestStates).map(({ state }) => state);
const leftOut: State = { status: 'denied', by: alex, at: now, comment: '', leftOut: 'not-chosen' };
const member = fc.constantFrom<State>(...states, leftOut);
const members = fc.array(member, { minLength: 2, maxLength: 8 });

const running: readonly Label[] = ['Awaiting approval', 'Approved', 'Submitting', 'Pending', 'In progress'];
const worst: readonly Label[] = ['Needs attention', 'Failed', 'Timed out', 'Cancelled'];

describe('the label of several devices', () => {
  const labelOfAll = (all: readonly State[]): Label => cardLabel(aBatch(all.map((state) => ({ state }))));

  it('is that of the least advanced while any runs', () => {
    fc.assert(
      fc.property(members, (all) => {
        const labels = all.map(labelOf).filter((label) => running.includes(label));
        fc.pre(labels.length > 0);
        const least = labels.toSorted((one, other) => running.indexOf(one) - running.indexOf(other))[0];
        assert.equal(labelOfAll(all), least);
      }),
    );
  });

  it('is success only if all that was approved has it, and otherwise the worst', () => {
    const ended = fc.array(
      member.filter((state) => !running.includes(labelOf(state))),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(ended, (all) => {
        const counted = all.filter((state) => !isLeftOut(state)).map(labelOf);
        const label = labelOfAll(all);
        const isSuccess = counted.length > 0 && counted.every((each) => each === 'Succeeded');
        assert.equal(label === 'Succeeded', isSuccess);
        const found = worst.find((each) => counted.includes(each));
        if (found !== undefined) assert.equal(label, found);
        else if (!isSuccess && counted.includes('Succeeded')) assert.equal(label, 'Cancelled');
        else if (!isSuccess) assert.ok(['Denied', 'Expired', 'Withdrawn'].includes(label));
      }),
    );
  });

  it('does not depend on the order of the devices', () => {
    fc.assert(
      fc.property(members, (all) => {
        assert.equal(labelOfAll(all), labelOfAll(all.toReversed()));
      }),
    );
  });

  it('counts what was not chosen for nothing', () => {
    assert.equal(labelOfAll([memberEnded('Succeeded'), leftOut]), 'Succeeded');
    assert.equal(labelOfAll([memberRunning('Pending'), leftOut]), 'Pending');
  });
});

describe('the end of several devices', () => {
  it('is there when all have come to rest, and is that of the last', () => {
    fc.assert(
      fc.property(members, (all) => {
        const endings = all.map(endingOf);
        const ending = cardEnding(aBatch(all.map((state) => ({ state }))));
        if (endings.includes(undefined)) assert.equal(ending, undefined);
        else assert.equal(ending, endings.toSorted().at(-1));
      }),
    );
  });

  it('is told before as well: once for those that come to wait for somebody at about the same time, and anew for later ones', () => {
    const stuck = requestStates['attention-sign-in']?.state;
    assert.ok(stuck?.status === 'attention');
    const waitingSince = (...moments: string[]) =>
      momentToTell(
        aBatch([
          { state: memberRunning('Pending') },
          ...moments.map((at) => ({ state: { ...stuck, at: `2026-11-23T${at}.000Z` } })),
        ]),
      )?.slice(11, 19);

    assert.equal(waitingSince(), undefined);
    assert.equal(waitingSince('03:10:20', '03:10:00'), '03:10:00');
    assert.equal(waitingSince('03:10:00', '03:10:15', '03:10:30'), '03:10:30');
    assert.equal(waitingSince('03:10:00', '03:10:30', '03:10:45', '04:00:00', '04:00:20'), '04:00:00');
  });

  it('leaves in lists the one that somebody has to see to', () => {
    const all = [
      memberEnded('Failed'),
      memberRunning('Pending'),
      requestStates['attention-sign-in']?.state,
    ].map((state) => ({ ...(state === undefined ? {} : { state }) }));
    assert.equal(faceOf(aBatch(all).members ?? [])?.state.status, 'attention');
    assert.equal(faceOf(aBatch(all.slice(0, 2)).members ?? [])?.state.status, 'running');
  });
});

describe('a device that an approval leaves out', () => {
  const awaiting = aBatch([{}, {}]).members?.[1] ?? assert.fail();
  const event: Event = { kind: 'left-out', by: alex };

  it('ends as not chosen', () => {
    const { request, effects } = decide(awaiting, event, now);

    assert.deepEqual(request.state, leftOut);
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      ['sync-card', 'notify'],
    );
  });

  it('is left alone where somebody has pressed Approve for it, whoever that is', () => {
    for (const by of [sam, alex]) {
      const clicks = [{ id: 'click-9', by, at: now }];
      const pressed: typeof awaiting = { ...awaiting, state: { status: 'awaiting', clicks } };
      assert.equal(decide(pressed, event, now).request, pressed);
    }
  });

  it('is left alone once it is decided, and so is a request that stands alone', () => {
    const state = { status: 'approved', approval: { by: sam, at: now } } as const;
    const approved = aBatch([{}, { state }]).members?.[1] ?? assert.fail();
    assert.equal(decide(approved, event, now).request, approved);
    const { batch: _none, ...alone } = awaiting;
    assert.equal(decide(alone, event, now).request, alone);
  });

  it('is named by the click, and only if that holds', () => {
    const lead = aBatch([{}, {}]).members?.[0] ?? assert.fail();
    const clicked = decide(
      lead,
      { kind: 'approve-clicked', by: alex, clickId: 'c', leavesOut: [awaiting.id] },
      now,
    ).request;
    const device = { osPlatform: 'Windows11' };
    const held = decide(clicked, { kind: 'approve-verified', clickId: 'c', device }, now);
    const why = { code: 'not-permitted' } as const;
    const void_ = decide(clicked, { kind: 'approve-refused', clickId: 'c', why, tell: false }, now);

    assert.ok(
      held.effects.some((effect) => effect.kind === 'leave-out' && effect.requests[0] === awaiting.id),
    );
    assert.ok(!void_.effects.some(({ kind }) => kind === 'leave-out'));
  });

  it('that turns out to be another one of the same request ends as that', () => {
    const named = aBatch([{}, { deviceName: 'ws-1' }]).members?.[1] ?? assert.fail();
    const device = { osPlatform: 'Windows11' };
    const { request } = decide(named, { kind: 'device-read', by: riley, device, isTwin: true }, now);
    assert.ok(request.state.status === 'denied' && request.state.leftOut === 'same-device');
  });

  it('that turns out to be another one of the same request tells everybody who has pressed for it', () => {
    const named = aBatch([{}, { deviceName: 'ws-1' }]).members?.[1] ?? assert.fail();
    const clicks = [alex, sam].map((by, index) => ({ id: `click-${index}`, by, at: now }));
    const pressed: typeof named = { ...named, state: { status: 'awaiting', clicks } };
    const device = { osPlatform: 'Windows11' };
    const event: Event = {
      kind: 'approve-verified',
      clickId: 'click-0',
      deviceId: aRequest().deviceId,
      device,
      isTwin: true,
      tell: true,
    };
    const { effects } = decide(pressed, event, now);
    const told = effects.flatMap((effect) => (effect.kind === 'tell' ? [effect] : []));
    assert.deepEqual(told.map(({ to, note }) => [to.name, note.why.code]).toSorted(), [
      [alex.name, 'already-requested'],
      [sam.name, 'already-requested'],
    ]);
  });
});

describe('several devices with histories of their own', () => {
  it('never show success that one of them does not have, nor an end before the last', () => {
    fc.assert(
      fc.property(fc.array(histories, { minLength: 2, maxLength: 3 }), (stories) => {
        let all = aBatch(stories.map(() => ({}))).members ?? [];
        const longest = Math.max(...stories.map(({ length }) => length));
        let moment = Date.parse('2026-11-23T03:11:00.000Z');
        for (let turn = 0; turn < longest; turn += 1) {
          moment += 1_000;
          all = all.map((one, index) => {
            const step = stories[index]?.[turn];
            if (step === undefined) return one;
            return decide(one, step.eventIn(one.state, turn), new Date(moment).toISOString()).request;
          });
          const [lead] = all;
          if (lead === undefined) return;
          const shown = { ...lead, members: all };
          const labels = all.filter(({ state }) => !isLeftOut(state)).map(({ state }) => labelOf(state));
          if (cardLabel(shown) === 'Succeeded') assert.ok(labels.every((label) => label === 'Succeeded'));
          if (cardEnding(shown) !== undefined) assert.ok(!labels.some((label) => running.includes(label)));
        }
      }),
    );
  });
});
