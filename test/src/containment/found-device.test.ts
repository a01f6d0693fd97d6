import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import type { Effect, Event } from '../../../src/containment/event.ts';
import { hasDevice } from '../../../src/containment/request.ts';
import { aDeviceId, aNamedRequest, aRequest, alex, riley } from '../../support/requests.ts';
import { always } from './model.ts';
import { now } from './situations.ts';

const device = { name: 'ws-finance-017.contoso.example', osPlatform: 'Windows11' };
const deviceId = aDeviceId();
const other = aDeviceId('b'.repeat(40));
const clicks = [{ id: 'clk', by: alex, at: now }];
const clicked = aNamedRequest({ state: { status: 'awaiting', clicks } });
const verified = (more: object = {}): Event => ({
  kind: 'approve-verified',
  clickId: 'clk',
  deviceId,
  device,
  ...more,
});
const tells = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.note.why.code] : []));

describe('a device that was typed by name', () => {
  it('is what somebody’s token found, and where else it is asked for', () => {
    const { request } = decide(
      aNamedRequest(),
      { kind: 'device-read', deviceId, device, by: riley, openElsewhere: 7 },
      now,
    );
    assert.ok(hasDevice(request));
    assert.deepEqual(
      [request.deviceId, request.device, request.deviceName, request.alsoRequestedIn],
      [deviceId, device, 'ws-finance-017', 7],
    );
  });

  it('is found by the approval itself', () => {
    const { request } = decide(clicked, verified(), now);
    assert.deepEqual([request.state.status, request.deviceId], ['approved', deviceId]);
  });

  it('is approved only by whose press says which device it showed, where a beginning of the name was typed', () => {
    const near = aRequest({ deviceId, deviceName: 'ws-fin', device });
    const press = (more: object) =>
      decide(near, { kind: 'approve-clicked', by: alex, clickId: 'clk', ...more }, now);

    assert.equal(press({}).refusal?.code, 'device-found-since');
    assert.equal(press({ deviceId }).refusal, undefined);
  });

  it('is approved as ever where it was known before the first card', () => {
    const known = aRequest({ deviceId, deviceName: 'ws-fin' });

    const { refusal } = decide(known, { kind: 'approve-clicked', by: alex, clickId: 'clk' }, now);

    assert.equal(refusal, undefined);
  });

  it('is not approved by a click from before it was found by a beginning of its name', () => {
    const near = aRequest({ deviceId, deviceName: 'ws-fin', device, state: { status: 'awaiting', clicks } });

    const { request, effects } = decide(near, verified({ tell: true }), now);

    assert.equal(request.state.status, 'awaiting');
    assert.deepEqual(tells(effects), ['other-device']);
  });

  it('is approved as ever where the whole name was typed', () => {
    const exact = aRequest({ deviceId, deviceName: 'ws-finance-017', device });

    const { refusal } = decide(exact, { kind: 'approve-clicked', by: alex, clickId: 'clk' }, now);

    assert.equal(refusal, undefined);
  });

  it('is not the one of a check when its click was renewed for another meanwhile', () => {
    const renewed = [{ id: 'clk', by: alex, at: now, deviceId: other }];
    const waiting = aNamedRequest({ state: { status: 'awaiting', clicks: renewed } });

    const { request } = decide(waiting, verified(), now);

    assert.deepEqual(request.state, waiting.state);
  });

  it('keeps no mention of a request that only had a similar name', () => {
    const similar = aNamedRequest({ alsoRequestedIn: 9 });

    const { request } = decide(similar, { kind: 'device-read', deviceId, device, by: riley }, now);

    assert.equal(request.alsoRequestedIn, undefined);
  });

  it('that cannot be restricted ends the request, now that it is known', () => {
    const { request } = decide(clicked, verified({ device: { osPlatform: 'macOS' } }), now);
    assert.ok(request.state.status === 'attention');
    assert.equal(request.deviceId, deviceId);
  });

  for (const [what, request, event, code] of [
    ['is asked for here already', clicked, verified({ openHere: 3 }), 'already-requested'],
    [
      'is another than was found meanwhile',
      aRequest({ state: { status: 'awaiting', clicks } }),
      verified({ deviceId: other }),
      'other-device',
    ],
  ] as const) {
    for (const tell of [true, false]) {
      it(`that ${what} is not approved; its presser is told ${tell ? 'by message' : 'in their turn'}`, () => {
        const decision = decide(request, { ...event, tell } as Event, now);
        const { state } = decision.request;
        assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
        assert.equal(state.voided?.why.code, code);
        assert.deepEqual(tells(decision.effects), tell ? [code] : []);
        assert.equal(decision.request.deviceId, request.deviceId);
      });
    }
  }

  it('is not found by a look without an id, or one that is asked for here already', () => {
    for (const event of [
      { kind: 'device-read', device },
      { kind: 'device-read', device, deviceId, openHere: 3 },
    ] as const) {
      const request = aNamedRequest();
      assert.equal(decide(request, event, now).request, request);
    }
  });

  it('and has to be chosen is nobody else’s business; by message it is said on the card', () => {
    const why = { code: 'device-unclear' } as const;
    const [inTurn, byJob] = [false, true].map(
      (tell) => decide(clicked, { kind: 'approve-refused', clickId: 'clk', why, tell }, now).request.state,
    );
    assert.ok(inTurn?.status === 'awaiting' && byJob?.status === 'awaiting');
    assert.deepEqual([inTurn.clicks, inTurn.voided], [[], undefined]);
    assert.equal(byJob.voided?.why.code, 'device-unclear');
  });

  it('can be denied, withdrawn, expire, and be held', () => {
    const events: readonly Event[] = [
      { kind: 'deny-clicked', by: alex, comment: 'no' },
      { kind: 'cancel-clicked', by: riley, comment: 'no' },
      { kind: 'submission-paused', hold: { reason: 'x', since: now } },
    ];
    assert.deepEqual(
      events.map((event) => decide(aNamedRequest(), event, now).request.state.status),
      ['denied', 'withdrawn', 'awaiting'],
    );
  });

  it('is certain before anything is approved, whatever happens, and never changes afterwards', () => {
    always((moments) => {
      for (const { before, decision } of moments) {
        const { request } = decision;
        if ('approval' in request.state && request.state.approval !== undefined)
          assert.ok(hasDevice(request));
        if (hasDevice(before)) assert.equal(request.deviceId, before.deviceId);
      }
    });
  });
});
