import assert from 'node:assert/strict';
import { offlineAsRead, readFacts } from '../../../src/containment/read-facts.ts';
import type { DeviceFacts } from '../../../src/containment/device.ts';
import type { DeviceRequest } from '../../../src/containment/request.ts';
import { aRequest, alex, anApproval } from '../../support/requests.ts';

const restriction = aRequest().id;
const device: DeviceFacts = { name: 'ws-1', health: 'Active', lastSeen: '2026-11-21T04:00:00.000Z' };
const lift = (given: Partial<DeviceRequest> = {}): DeviceRequest =>
  aRequest({ action: 'unrestrict', lifts: restriction, device, ...given });
const approved = (given: object): DeviceRequest['state'] => ({
  status: 'approved',
  approval: anApproval({ at: '2026-11-23T06:00:00.000Z', ...given }),
});

describe('the facts of a device that were read for its request', () => {
  it('are all that is known of it, where somebody asked for that action', () => {
    assert.equal(readFacts(aRequest({ device })), device);
    assert.equal(readFacts(aRequest({ action: 'unrestrict', device })), device);
    assert.equal(readFacts(aRequest({ device, state: approved({}) })), device);
    assert.equal(readFacts(aRequest()), undefined);
  });

  it('are none of the restriction, whose lift began with them', () => {
    assert.equal(readFacts(lift()), undefined);
    assert.equal(readFacts(lift({ state: approved({ inAdvance: true }) })), undefined);
    assert.equal(readFacts(lift({ state: approved({ by: alex }) })), undefined, 'released before its end');
  });

  it('are those that a look, or whoever approved such a lift themselves, has read since', () => {
    const looked = { ...device, stakes: { at: '2026-11-23T03:12:00.000Z' } };
    assert.equal(readFacts(lift({ device: looked })), looked);
    assert.equal(readFacts(lift({ state: approved({ again: true }) })), device);
  });
});

describe('a device that was offline when its facts were read', () => {
  it('is judged by that moment, and not by when the request was made', () => {
    const stakes = { at: '2026-11-23T05:00:00.000Z' };
    assert.equal(offlineAsRead(aRequest({ device })), undefined, '47 hours before the request');
    assert.equal(offlineAsRead(aRequest({ device: { ...device, stakes } })), device.lastSeen);
    assert.equal(offlineAsRead(aRequest({ device, state: approved({}) })), device.lastSeen);
  });

  it('is judged by no approval that was given long before or after', () => {
    const earlier = { ...device, stakes: { at: '2026-11-23T03:30:00.000Z' } };
    assert.equal(offlineAsRead(aRequest({ device: earlier, state: approved({}) })), undefined);
    assert.equal(offlineAsRead(lift({ device: earlier, state: approved({ inAdvance: true }) })), undefined);
  });

  it('is unknown of a lift for which nothing was read', () => {
    const silent = { ...device, lastSeen: '2026-11-15T20:00:00.000Z' };
    assert.equal(offlineAsRead(aRequest({ device: silent })), silent.lastSeen);
    assert.equal(offlineAsRead(lift({ device: silent })), undefined);
    assert.equal(offlineAsRead(lift({ device: silent, state: approved({ inAdvance: true }) })), undefined);
  });
});
