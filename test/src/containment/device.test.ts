import assert from 'node:assert/strict';
import { impossibility, offlineSince } from '../../../src/containment/device.ts';
import { parseDeviceId, parseRequestId } from '../../../src/containment/ids.ts';
import { newAttemptId, newClickId, newRequestId } from '../../../src/platform/ids.ts';

describe('what certainly cannot be restricted', () => {
  const never = [
    'macOS',
    'MacOS',
    'Linux',
    'Android',
    'iOS',
    'ChromeOS',
    'Windows7',
    'Windows8.1',
    'WindowsServer2008',
    'WindowsServer2012R2',
    'Windows Server 2012 R2',
    'WindowsServer2016',
  ];
  for (const osPlatform of never) {
    it(`is a device with ${osPlatform}`, () => {
      assert.equal(impossibility({ osPlatform }), 'os-not-supported');
    });
  }

  for (const onboarding of ['CanBeOnboarded', 'canBeOnboarded', 'Unsupported']) {
    it(`is a device that is ${onboarding}`, () => {
      assert.equal(impossibility({ osPlatform: 'Windows11', onboarding }), 'not-onboarded');
    });
  }

  for (const osPlatform of [
    'Windows10',
    'Windows11',
    'WindowsServer2019',
    'WindowsServer2022',
    'Windows13',
  ]) {
    it(`is not a device with ${osPlatform}`, () => {
      assert.equal(impossibility({ osPlatform, onboarding: 'onboarded' }), undefined);
    });
  }

  it('is nothing of which nobody knows anything: Defender decides then', () => {
    assert.equal(impossibility({}), undefined);
    assert.equal(impossibility({ osPlatform: '', onboarding: 'InsufficientInfo' }), undefined);
  });
});

describe('ids', () => {
  it('of devices have 40 hex characters and are written in lower case', () => {
    const id = 'ABCDEF0123456789abcdef0123456789ABCDEF01';

    assert.equal(parseDeviceId(id), id.toLowerCase());
    for (const bad of [
      id.slice(1),
      `${id}0`,
      id.replace('A', 'G'),
      ` ${id}`,
      `${id}\n`,
      '',
      40,
      null,
      [id],
    ]) {
      assert.equal(parseDeviceId(bad), undefined, JSON.stringify(bad));
    }
  });

  it('of requests have at least 22 characters of base64url', () => {
    const id = newRequestId();

    assert.match(id, /^req_[A-Za-z0-9_-]{22}$/);
    assert.equal(parseRequestId(id), id);
    for (const bad of [id.slice(0, 21), `${id}!`, `${id}\n`, 'a'.repeat(65), '', undefined, {}, [id]]) {
      assert.equal(parseRequestId(bad), undefined, JSON.stringify(bad));
    }
  });

  it('say what they name and never repeat', () => {
    assert.match(newClickId(), /^clk_/);
    assert.match(newAttemptId(), /^att_/);
    const many = new Set(Array.from({ length: 1_000 }, () => newRequestId()));
    assert.equal(many.size, 1_000);
  });
});

describe('a device that is offline', () => {
  const at = '2026-11-23T03:10:00.000Z';
  const seen = (hours: number) => new Date(Date.parse(at) - hours * 3_600_000).toISOString();

  it('is one that Defender calls inactive, or has had no daily report of for two days', () => {
    const cases = [
      [{ health: 'Active', lastSeen: seen(47) }, undefined],
      [{ health: 'Active', lastSeen: seen(49) }, seen(49)],
      [{ health: 'inactive', lastSeen: seen(1) }, seen(1)],
      [{ health: 'Inactive' }, undefined],
      [{ lastSeen: 'yesterday' }, undefined],
      [{}, undefined],
    ] as const;
    for (const [facts, since] of cases) assert.equal(offlineSince(facts, at), since);
  });
});
