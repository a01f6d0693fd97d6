import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import { renderListCard } from '../../../bot/render/list-card.ts';
import { requestStatus } from '../../../bot/render/request-status.ts';
import { roomsFor } from '../../../bot/render/several-view.ts';
import type { DeviceFacts, DeviceStakes } from '../../../src/containment/device.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { ofType, textsOf, verbsOf } from '../../support/card-parts.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { severalStakesInCjk, severalStakesStates } from '../../support/several-stakes-states.ts';
import { aBatch, known, memberRunning } from '../../support/several-states.ts';

const portalUrl = 'https://security.microsoft.com';
const cardOf = (request: ContainmentRequest) => renderRequestCard(request, { portalUrl });
const shownOf = (request: ContainmentRequest): string => textsOf(cardOf(request)).join('\n');
const inState = (name: string): ContainmentRequest => severalStakesStates[name] ?? assert.fail(name);
const at = '2026-11-23T03:12:00.000Z';
const none: DeviceStakes = { at, restriction: { state: 'none' } };
const well: DeviceFacts = {
  osPlatform: 'Windows11',
  value: 'Normal',
  risk: 'Low',
  health: 'Active',
  onboarding: 'Onboarded',
  antivirus: 'Updated',
  lastSeen: '2026-11-23T03:09:41.000Z',
  stakes: none,
};

describe('the row of one of several devices, while it is to be decided', () => {
  /** What it says besides label, name and id. */
  function rowOf(given: DeviceFacts, action: 'restrict' | 'unrestrict' = 'restrict'): string {
    const request = aBatch(
      ['ws-1', 'ws-2'].map((name) => ({ ...known(name, { ...well, ...given }), action })),
    );
    const [, below = ''] = /ws-1\n[0-9a-f]{40}(?: · )?(.*)\n/.exec(shownOf(request)) ?? [];
    return below;
  }

  for (const [what, given, row] of [
    ['its system alone, of a workstation that is well', {}, 'Windows11'],
    ['nothing, of a device that is well and of which no system is known', { osPlatform: undefined }, ''],
    [
      'what makes it another one',
      { osPlatform: 'WindowsServer2022', value: 'High', risk: 'High' },
      'WindowsServer2022 · value High · risk High',
    ],
    [
      'a value that we do not know',
      { value: 'VeryHigh', risk: 'Medium' },
      'Windows11 · value VeryHigh · risk Medium',
    ],
    ['nothing of what is low', { value: 'low', risk: 'INFORMATIONAL' }, 'Windows11'],
    [
      'that its sensor is not well',
      { health: 'ImpairedCommunication' },
      'Windows11 · health ImpairedCommunication',
    ],
    [
      'since when it is offline, once',
      { health: 'Inactive', lastSeen: '2026-11-19T08:00:00Z' },
      'Windows11 · offline since 2026-11-19 08:00 UTC or so',
    ],
    [
      'that it is inactive, where nobody knows since when',
      { health: 'Inactive', lastSeen: undefined },
      'Windows11 · health Inactive',
    ],
    [
      'what is not certain of its onboarding and its antivirus',
      { onboarding: 'InsufficientInfo', antivirus: 'Disabled' },
      'Windows11 · onboarding InsufficientInfo · antivirus Disabled',
    ],
    [
      'that it may be no device of its own',
      { mergedInto: 'a'.repeat(40), isPotentialDuplicate: true },
      'Windows11 · merged into another record · possibly a duplicate',
    ],
  ] as const)
    it(`says ${what}`, () => {
      assert.equal(rowOf(given), row);
    });

  const since = '2026-11-23T03:02:00Z';
  const stand = (state: 'in-force' | 'restricting' | 'lifting', by?: string) => ({
    stakes: { at, restriction: { state, since, ...(by === undefined ? {} : { by }) } },
  });
  for (const [action, given, row] of [
    [
      'restrict',
      stand('in-force', 'ann@contoso.example'),
      'restricted already since 03:02 UTC by ann@contoso.example',
    ],
    ['restrict', stand('restricting'), 'restriction under way already since 03:02 UTC'],
    ['restrict', stand('lifting'), 'lift of a restriction under way since 03:02 UTC'],
    [
      'unrestrict',
      stand('in-force', 'ann@contoso.example'),
      'restricted since 03:02 UTC by ann@contoso.example',
    ],
    ['unrestrict', stand('restricting'), 'restriction still under way since 03:02 UTC'],
    ['unrestrict', stand('lifting'), 'lift under way already since 03:02 UTC'],
    ['unrestrict', {}, 'no restriction known to Defender'],
  ] as const)
    it(`says before a ${action} “${row}”`, () => {
      assert.equal(rowOf(given, action), `Windows11 · ${row}`);
    });

  it('counts alerts and names the worst, and those since the restriction before a lift', () => {
    const worst = [{ severity: 'High', title: 'Beacon' }];
    const open = { stakes: { ...none, alerts: { count: 2, worst } } };
    assert.equal(rowOf(open), 'Windows11 · 2 open alerts, worst High');
    const many = { stakes: { at, alerts: { count: 100, worst, isCut: true, sinceRestriction: 3 } } };
    assert.equal(
      rowOf(many, 'unrestrict'),
      'Windows11 · 100 or more open alerts, worst High · 3 or more since the restriction',
    );
    assert.equal(rowOf({ stakes: { ...none, alerts: { count: 0, worst: [] } } }), 'Windows11');
  });

  it('says no more of it once it is decided', () => {
    const state = memberRunning('Pending');
    const decided = shownOf(aBatch(['ws-1', 'ws-2'].map((name) => ({ ...known(name, well), state }))));
    assert.doesNotMatch(decided, /Windows11|Defender’s facts/);
  });

  it('is the same in the answer to /status', () => {
    const [content, ...smaller] = roomsFor(inState('several-stakes')).map((room) =>
      requestStatus(inState('several-stakes'), at, portalUrl, room),
    );
    const shown = textsOf(renderListCard(content ?? assert.fail(), ...smaller)).join('\n');
    assert.match(shown, /restricted already since 2026-11-22 21:40 UTC by priya\.nair@contoso\.example/);
  });
});

describe('what the card of several devices says of what it tells', () => {
  it('is when it was read, that what is offline waits, and what was not looked up', () => {
    assert.match(
      shownOf(inState('several-stakes')),
      /facts were read of every device at 03:12 UTC\. An action on a device that is offline stays Pending until it connects\. Alerts and who was logged on are not looked up/,
    );
    assert.match(shownOf(inState('several-stakes-two')), /UTC\. Who was logged on is not looked up/);
  });

  it('is of how many devices the alerts were not read, where those of others are shown', () => {
    const alerts = { count: 3, worst: [{ severity: 'High', title: 'Beacon' }] };
    const some = aBatch([known('a', { ...well, stakes: { ...none, alerts } }), known('b', well)]);
    assert.match(shownOf(some), /Alerts of 1 device were not read\. Who was logged on is not looked up for/);
    assert.doesNotMatch(shownOf(some), /Alerts and/);
  });

  it('is before a lift that the last scans were not looked up, which one device shows', () => {
    assert.match(
      shownOf(inState('several-stakes-lift')),
      /Alerts, the last scans and who was logged on are not looked up for several devices/,
    );
    const alerts = { count: 0, worst: [] };
    const lifts = ['a', 'b'].map((name) => known(name, { ...well, stakes: { ...none, alerts } }));
    assert.match(
      shownOf(aBatch(lifts.map((member) => ({ ...member, action: 'unrestrict' as const })))),
      /UTC\. The last scans and who was logged on are not looked up for several devices/,
    );
  });

  it('is of how many devices nobody has read whether they are restricted already', () => {
    assert.match(
      shownOf(inState('several-stakes-unread')),
      /Whether 1 device is restricted already was not read/,
    );
    const older = aBatch([known('ws-1'), known('ws-2')]);
    assert.match(shownOf(older), /every device\. Whether 2 devices are restricted already was not read/);
  });

  it('is one word where nothing is known of fifty', () => {
    const card = shownOf(aBatch(Array.from({ length: 50 }, (_, at) => ({ deviceName: `ws-${at}` }))));
    assert.match(card, /facts were not read of any device yet; they are read when somebody approves/);
    assert.doesNotMatch(card, /as typed|not looked at/);
  });

  it('is that it tells only what is unusual, or nothing, where there is no room', () => {
    const fifty = (name: string, given: DeviceFacts) =>
      shownOf(
        aBatch(
          Array.from({ length: 50 }, (_, at) => ({
            ...known(`${name}${at}`, { ...well, ...given }),
            reason: 'Ransomware '.repeat(500),
          })),
        ),
      );
    const by = '窓際の端末'.repeat(12);
    const stakes: DeviceStakes = { at, restriction: { state: 'in-force', since: at, by } };
    const notable = fifty('財務部門の窓際の端末その番号', { stakes });
    assert.match(notable, /There is room here only for what is unusual/);
    assert.equal(notable.split('restricted already\n').length, 51);
    const [health, antivirus] = ['窓際の端末'.repeat(6), '窓際の端末'.repeat(6)];
    const full = fifty('財務部門の窓際の端末その番号', { stakes, health, antivirus });
    assert.match(full, /There is no room for them here/);
    assert.doesNotMatch(full, /not looked up|restricted already/);
  });
});

describe('the facts of up to fifty devices', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 80, unit: 'grapheme' }),
    fc.constantFrom(
      '窓'.repeat(80),
      '**x** [a](https://evil.example)',
      '{{DATE(2026-01-01,SHORT)}}'.repeat(4),
    ),
  );
  const facts = fc.record({
    osPlatform: text,
    value: text,
    risk: text,
    health: text,
    antivirus: text,
    onboarding: text,
    stakes: fc.record({
      at: fc.constant(at),
      restriction: fc.record({
        state: fc.constantFrom('in-force' as const, 'restricting' as const, 'lifting' as const),
        since: fc.constant(at),
        by: text,
      }),
    }),
  });
  const name = fc.constantFrom(
    'ws-1',
    'ws-emea-finance-second-floor-window-side-desk-17.branch.example',
    '財務部門の窓際の端末',
  );

  it('are the first to shrink: label, names, choice and buttons are those of a card without them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 50 }), name, facts, (count, of, device) => {
        const batch = (given: DeviceFacts) =>
          aBatch(
            Array.from({ length: count }, (_, at) => ({
              device: { name: `${at}-${of}`, ...given },
              reason: 'Ransomware notes. '.repeat(280),
            })),
          );
        const [without, card] = [cardOf(batch({})), cardOf(batch(device))];
        const rowsOf = (texts: readonly string[]) =>
          texts.filter((row) => row.startsWith('Awaiting approval  '));
        assertSoundCard(card);
        assert.ok(Buffer.byteLength(JSON.stringify(card)) < 28_000);
        assert.deepEqual(ofType(card, 'Input.ChoiceSet'), ofType(without, 'Input.ChoiceSet'));
        assert.deepEqual(verbsOf(card), verbsOf(without));
        const plain = rowsOf(textsOf(without));
        assert.equal(plain.length, count);
        for (const [index, row] of rowsOf(textsOf(card)).entries())
          assert.ok(
            row.startsWith(plain[index] ?? assert.fail()),
            `${row} begins not with ${plain[index] ?? ''}`,
          );
      }),
      { numRuns: 40 },
    );
  });

  for (const [count, request] of Object.entries(severalStakesInCjk))
    it(`fit with names of letters that weigh three bytes each (${count})`, () => {
      const card = cardOf(request);
      assertSoundCard(card);
      assert.ok(Buffer.byteLength(JSON.stringify(card)) < 28_000);
      const shown = textsOf(card).join('\n');
      for (const [index] of (request.members ?? []).entries())
        assert.match(
          shown,
          new RegExp(`(Awaiting approval|Needs attention) {2}財\\S+番号${index + 1}号機\\.contoso`),
        );
      assert.match(shown, /WindowsServer2022 · value High · risk High · restricted already/);
    });

  it('are text from outside that no client draws as anything else', () => {
    const evil = '{{DATE(2026-01-01,SHORT)}} **x**';
    const request = aBatch(
      Array.from({ length: 9 }, () => known('ws-1', { ...well, osPlatform: evil, health: evil })),
    );
    const card = JSON.stringify(cardOf(request));
    assert.doesNotMatch(card, /\{\{DATE/);
    assert.ok(
      ofType(cardOf(request), 'TextBlock').every(({ text: shown }) => !String(shown).includes('**x')),
    );
  });
});
