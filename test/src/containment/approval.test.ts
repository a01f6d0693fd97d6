import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import type { Effect, Event } from '../../../src/containment/event.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { aRequest, alex, riley, sam } from '../../support/requests.ts';
import { afterExpiry, inState, now, theClick } from './situations.ts';

const device = { name: 'ws-017', osPlatform: 'Windows11', onboarding: 'Onboarded' };

function after(request: ContainmentRequest, ...happened: readonly Event[]): ContainmentRequest {
  return happened.reduce((state, event) => decide(state, event, now).request, request);
}

const tells = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'tell' ? [[effect.to.name, effect.note.why.code]] : []));

describe('an approval', () => {
  it('keeps who pressed, when, what they wrote, and the name that Defender will know them by', () => {
    const clicked = after(aRequest(), {
      kind: 'approve-clicked',
      by: alex,
      clickId: theClick,
      comment: 'Go ahead',
    });

    const { state, device: known } = after(clicked, {
      kind: 'approve-verified',
      clickId: theClick,
      device,
      upn: 'alex.moreno@contoso.example',
    });

    assert.deepEqual(state, {
      status: 'approved',
      approval: { by: alex, at: now, comment: 'Go ahead', upn: 'alex.moreno@contoso.example' },
    });
    assert.deepEqual(known, device);
  });

  it('leaves Defender 3 seconds before the card says anything of a check, and 4 before the job asks', () => {
    const decision = decide(aRequest(), { kind: 'approve-clicked', by: alex, clickId: theClick }, now);

    assert.deepEqual(decision.effects, [
      { kind: 'check-approval', clickId: theClick, afterSeconds: 4 },
      { kind: 'sync-card', afterSeconds: 3, press: true },
    ]);
  });

  it('that waits for another sign-in stays a click, and is checked again when its time is over', () => {
    const clicked = after(aRequest(), { kind: 'approve-clicked', by: alex, clickId: theClick });
    const until = '2099-01-01T00:00:00.000Z';

    const { request, effects } = decide(
      clicked,
      { kind: 'approve-needs-sign-in', clickId: theClick, until },
      now,
    );

    assert.ok(request.state.status === 'awaiting' && request.state.clicks[0]?.signInUntil === until);
    const check = effects.find(({ kind }) => kind === 'check-approval');
    assert.ok(check?.kind === 'check-approval');
    assert.equal(check.afterSeconds, (Date.parse(until) - Date.parse(now)) / 1000);
  });

  it('by another sign-in gives the process that holds its token 30 seconds before the job', () => {
    const clicked = after(aRequest(), { kind: 'approve-clicked', by: alex, clickId: theClick });

    const { effects } = decide(
      clicked,
      { kind: 'approve-verified', clickId: theClick, device, steppedUp: true },
      now,
    );

    const submit = effects.find(({ kind }) => kind === 'submit');
    assert.ok(submit?.kind === 'submit' && submit.at !== undefined);
    assert.equal(Date.parse(submit.at) - Date.parse(now), 30_000);
  });

  it('whose sign-in comes after the end of its time changes nothing', () => {
    const clicked = after(aRequest(), { kind: 'approve-clicked', by: alex, clickId: theClick });

    const late = decide(clicked, { kind: 'approve-needs-sign-in', clickId: theClick, until: now }, now);

    assert.equal(late.request, clicked);
  });

  it('is decided by the first of two clicks that Defender confirms; the other one is told', () => {
    const two = after(
      aRequest(),
      { kind: 'approve-clicked', by: alex, clickId: 'of-alex' },
      { kind: 'approve-clicked', by: sam, clickId: 'of-sam' },
    );

    const decision = decide(two, { kind: 'approve-verified', clickId: 'of-sam', device }, now);

    assert.equal(decision.request.state.status === 'approved' && decision.request.state.approval.by, sam);
    assert.deepEqual(tells(decision.effects), [['Alex Moreno', 'decided-meanwhile']]);
    const late = decide(decision.request, { kind: 'approve-verified', clickId: 'of-alex', device }, now);
    assert.equal(late.request, decision.request);
  });

  it('stays with the person who pressed first when a second click bears the same id', () => {
    const request = after(aRequest(), { kind: 'approve-clicked', by: alex, clickId: theClick });

    const decision = decide(request, { kind: 'approve-clicked', by: sam, clickId: theClick }, now);

    assert.equal(decision.request, request);
    assert.equal(decision.refusal?.code, 'already-checking');
  });

  it('of one person that is refused leaves the other person’s check alone', () => {
    const two = after(
      aRequest(),
      { kind: 'approve-clicked', by: alex, clickId: 'of-alex' },
      { kind: 'approve-clicked', by: sam, clickId: 'of-sam' },
    );

    const { state } = after(two, {
      kind: 'approve-refused',
      clickId: 'of-sam',
      why: { code: 'device-not-visible' },
      tell: false,
    });

    assert.ok(state.status === 'awaiting');
    assert.deepEqual(
      state.clicks.map((click) => click.by),
      [alex],
    );
    assert.deepEqual(state.voided, { by: sam, at: now, why: { code: 'device-not-visible' } });
  });

  it('that was refused in the click’s own turn is not told again by a message', () => {
    const refused = { kind: 'approve-refused', clickId: theClick, why: { code: 'not-permitted' } } as const;

    const inTurn = decide(inState('awaiting-click'), { ...refused, tell: false }, now);
    const byJob = decide(inState('awaiting-click'), { ...refused, tell: true }, now);

    assert.deepEqual(tells(inTurn.effects), []);
    assert.deepEqual(tells(byJob.effects), [['Alex Moreno', 'not-permitted']]);
  });

  it('that its turn may not come to tell is told by a message, unless the turn takes that back', () => {
    const unlessTold = '0199a5c0-0000-7000-8000-000000000001';
    const why = { code: 'not-permitted' } as const;
    const approve: Event = { kind: 'approve-refused', clickId: theClick, why, tell: { unlessTold } };
    const cancel: Event = { kind: 'cancel-refused', by: sam, why: { code: 'failed' }, tell: { unlessTold } };

    for (const [name, event] of [
      ['awaiting-click', approve],
      ['in-progress-cancel-asked', cancel],
    ] as const) {
      const tell = decide(inState(name), event, now).effects.find(({ kind }) => kind === 'tell');
      assert.equal(tell?.kind === 'tell' && tell.unlessTold, unlessTold);
    }
  });

  it('may be tried again by the person whose click was void', () => {
    const again = decide(
      inState('awaiting-voided'),
      { kind: 'approve-clicked', by: alex, clickId: 'again' },
      now,
    );

    assert.equal(again.refusal, undefined);
  });

  it('is nobody’s to give in a personal chat', () => {
    const event: Event = { kind: 'approve-clicked', by: alex, clickId: theClick };

    const decision = decide(inState('awaiting-personal'), event, now);

    assert.deepEqual(decision.refusal, { code: 'nobody-here' });
  });

  it('is not the requestor’s, whatever the case of their ids', () => {
    const shouting = { ...riley, objectId: riley.objectId.toUpperCase(), name: 'Somebody else' };

    const decision = decide(aRequest(), { kind: 'approve-clicked', by: shouting, clickId: theClick }, now);

    assert.deepEqual(decision.refusal, { code: 'own-request' });
  });

  it('is somebody else’s who has the requestor’s object id in another tenant', () => {
    const namesake = { ...riley, tenantId: 'another-tenant' };

    const decision = decide(aRequest(), { kind: 'approve-clicked', by: namesake, clickId: theClick }, now);

    assert.equal(decision.refusal, undefined);
  });
});

describe('a denial', () => {
  it('during a check wins, and tells the person whose check it was by whom', () => {
    const decision = decide(
      inState('awaiting-click'),
      { kind: 'deny-clicked', by: sam, comment: '  planned test ' },
      now,
    );

    assert.deepEqual(decision.request.state, { status: 'denied', by: sam, at: now, comment: 'planned test' });
    assert.deepEqual(tells(decision.effects), [['Alex Moreno', 'denied-meanwhile']]);
    const late = decide(decision.request, { kind: 'approve-verified', clickId: theClick, device }, now);
    assert.equal(late.request, decision.request);
  });
});

describe('the end of the time', () => {
  const request = inState('awaiting-click');

  it('comes to the second, tells the thread and whoever is being checked', () => {
    const early = decide(request, { kind: 'time-passed' }, '2026-11-23T07:10:19.999Z');
    const due = decide(request, { kind: 'time-passed' }, afterExpiry);

    assert.equal(early.request, request);
    assert.deepEqual(due.request.state, { status: 'expired', at: afterExpiry });
    assert.deepEqual(tells(due.effects), [['Alex Moreno', 'ended-meanwhile']]);
    assert.ok(due.effects.some((effect) => effect.kind === 'notify' && effect.about === 'Expired'));
  });

  const clicks: readonly Event[] = [
    { kind: 'approve-clicked', by: sam, clickId: 'late' },
    { kind: 'approve-verified', clickId: theClick, device },
    { kind: 'deny-clicked', by: sam, comment: 'late' },
    { kind: 'cancel-clicked', by: riley, comment: 'late' },
  ];
  for (const event of clicks) {
    it(`is noticed by ${event.kind}, should the job be late`, () => {
      const decision = decide(request, event, afterExpiry);

      assert.deepEqual(decision.refusal, { code: 'expired' });
      assert.equal(decision.request.state.status, 'expired');
    });
  }

  it('leaves alone what is approved', () => {
    const approved = inState('approved');

    assert.equal(decide(approved, { kind: 'time-passed' }, afterExpiry).request, approved);
  });
});
