import assert from 'node:assert/strict';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import { requestStatus } from '../../../bot/render/request-status.ts';
import { renderListCard } from '../../../bot/render/list-card.ts';
import { roomsFor } from '../../../bot/render/several-view.ts';
import { summaryOf } from '../../../bot/render/summary.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { outcomeReply } from '../../../bot/texts/outcomes.ts';
import { cardLabel } from '../../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { ofType, textsOf, verbsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { severalBoxedStates } from '../../support/several-boxed-states.ts';
import { severalStakesStates } from '../../support/several-stakes-states.ts';
import { aBatch, deviceIdOf, memberEnded, severalStates } from '../../support/several-states.ts';

const portalUrl = 'https://security.microsoft.com';
const states = { ...severalStates, ...severalBoxedStates, ...severalStakesStates };
const inState = (name: string): ContainmentRequest => states[name] ?? assert.fail(name);
const cardOf = (request: ContainmentRequest) => renderRequestCard(request, { portalUrl });
const shownOn = (name: string): string => textsOf(cardOf(inState(name))).join('\n');

describe('the card of several devices', () => {
  for (const [name, request] of Object.entries(states)) {
    describe(name, () => {
      const card = cardOf(request);

      it('is what was reviewed', () => {
        assertGolden(`test/golden/cards/${name}.json`, card);
      });

      it('is a card that the official parser takes without a complaint, below 28 kB', () => {
        assertSoundCard(card);
        assert.ok(Buffer.byteLength(JSON.stringify(card), 'utf8') < 28_000);
      });

      it('says its own label in one element, before any device', () => {
        const texts = textsOf(card);
        const label = cardLabel(request);

        assert.deepEqual(
          texts.filter((text) => text === label),
          [label],
        );
        const rows = texts.findIndex((text) => /^\d+ devices: /.test(text));
        assert.ok(texts.indexOf(label) < rows);
        const shown = texts.join('\n');
        assert.ok(shown.slice(shown.indexOf('#')).startsWith(`#${request.number}\n`));
      });

      it('has a row for each device, with the label of that device', () => {
        const rows = textsOf(card);

        for (const member of request.members ?? []) {
          const device = (member.device?.name ?? member.deviceName ?? '').slice(0, 11);
          assert.ok(rows.some((row) => row.startsWith(labelOf(member.state)) && row.includes(device)));
        }
      });
    });
  }

  it('never says that Defender has what was not sent', () => {
    assert.match(shownOn('several-stuck'), /For 1 device Defender has the action/);
    assert.match(shownOn('several-stuck'), /2 devices need somebody/);
    assert.doesNotMatch(shownOn('several-stuck'), /Defender has the actions/);
    assert.match(shownOn('several-held'), /The approval is kept/);
    assert.doesNotMatch(shownOn('several-held'), /Cordon hands the actions to Defender, with/);
    assert.match(
      shownOn('several-running'),
      /For 1 device Cordon hands the action.*For 2 devices Defender has/,
    );
  });

  it('says what was lifted since, by whom, and of what it follows, who started it', () => {
    assert.match(shownOn('several-released'), /Released by Sam .* at 05:40 UTC, #14/);
    assert.match(shownOn('several-released'), /for 1 device that was lifted since/);
    assert.match(
      shownOn('several-followed'),
      /follows the action that priya\.nair@contoso\.example started at/,
    );
  });

  it('says of each device what was changed without any request, and claims no restriction that is lifted', () => {
    const shown = shownOn('several-drifted');
    assert.match(shown, /1 device still is, and for 1 device app execution was restricted again since/);
    assert.match(shown, /Lifted outside Cordon by portal\.operator@contoso\.example at 05:01 UTC/);
    assert.match(shown, /Restricted again outside Cordon by portal\.operator@contoso\.example at 06:02 UTC/);
    const [first, second] = inState('several-drifted').members ?? [];
    assert.ok(first !== undefined && second !== undefined);
    const lifted = (members: ContainmentRequest[]) => nextStep({ ...first, members });
    assert.match(lifted([first, second]), /for 1 device that was lifted since\. To lift the others/);
    assert.match(lifted([second, second]), /restricted, and later that the restriction was lifted\.$/);
    const { text } = outcomeReply(inState('several-drifted'));
    assert.match(
      text,
      /Restricted: ws-finance-017.*Restricted, since lifted outside Cordon: ws-reception-02/,
    );
  });

  it('says of a device that was given up that Defender lists its action after all, and no more that nothing was changed', () => {
    const shown = shownOn('several-late');
    assert.match(shown, /^Closed\. Defender now lists the action of 1 device as succeeded/m);
    assert.match(shown, /Defender now lists this action as succeeded at 03:52 UTC/);
    const [, late] = inState('several-late').members ?? [];
    assert.ok(late !== undefined);
    const [denied] = inState('several-denied').members ?? [];
    assert.ok(denied !== undefined);
    const { elsewhere } = late;
    const step = nextStep({ ...denied, members: [denied, { ...denied, unchecked: true, elsewhere }] });
    assert.match(step, /^Defender now lists the action of 1 device as succeeded/);
  });

  it('names nobody whose own action a lift was not', () => {
    const [released, other] = inState('several-released').members ?? [];
    assert.ok(released?.released !== undefined && other !== undefined);
    const followed = { ...released, released: { ...released.released, followed: true as const } };
    const shown = textsOf(cardOf({ ...released, members: [followed, other] })).join('\n');
    assert.match(shown, /Released by somebody else’s action at 05:40 UTC, #14/);
  });

  it('tells the thread what waits for somebody while others go on, and which button helps', () => {
    const { text } = outcomeReply(inState('several-stuck'));
    assert.match(text, /#12 Pending: 3 devices to restrict\. 2 devices wait for somebody\./);
    assert.match(text, /the approver has to sign in; nothing was sent, and the approver presses Retry/);
    assert.match(outcomeReply(inState('several-closed')).text, /closed by Sam/);
  });

  it('says of all that were closed that nobody need see to them any more', () => {
    assert.match(shownOn('several-closed'), /^Closed\. /m);
    assert.doesNotMatch(shownOn('several-closed'), /Somebody has to see/);
  });

  it('has a line for each of fifty', () => {
    const heading = /^50 devices: /;
    for (const name of ['several-fifty-awaiting', 'several-fifty-running', 'several-fifty-ended']) {
      const texts = textsOf(cardOf(inState(name)));
      const labels = /^(Awaiting approval|Pending|In progress|Succeeded|Failed|Timed out|Cancelled) {2}\S/;
      assert.equal(texts.filter((text) => labels.test(text)).length, 50);
      assert.ok(texts.some((text) => heading.test(text)));
    }
  });

  it('offers a choice of those that await approval, all chosen, which may not be left empty', () => {
    const card = cardOf(inState('several-awaiting'));
    const [choice] = ofType(card, 'Input.ChoiceSet');
    const [approve] = ofType(card, 'Action.Execute').filter((action) => action['verb'] === 'approve');

    assert.equal(choice?.['id'], 'devices');
    assert.equal(choice['value'], `${deviceIdOf(0)},:2`);
    const { id: requestId } = inState('several-awaiting');
    // Clients leave an empty choice out, which would read as no choice at all: for all of them.
    assert.equal(choice['isRequired'], true);
    assert.deepEqual(approve?.['data'], { requestId, offered: ':1,:2' });
  });

  it('offers no choice of one, and sends with the press which one it shows', () => {
    const card = cardOf(inState('several-awaiting-some'));
    const [approve] = ofType(card, 'Action.Execute').filter((action) => action['verb'] === 'approve');

    assert.deepEqual(ofType(card, 'Input.ChoiceSet'), []);
    assert.deepEqual((approve?.['data'] as { devices?: string }).devices, deviceIdOf(1));
  });

  it('offers Approve and Deny only while any awaits approval, and Cancel while any can be stopped', () => {
    assert.deepEqual(verbsOf(cardOf(inState('several-awaiting'))), ['approve', 'deny', 'cancel']);
    assert.deepEqual(verbsOf(cardOf(inState('several-running'))), ['cancel']);
    assert.deepEqual(verbsOf(cardOf(inState('several-ended'))), []);
    assert.deepEqual(verbsOf(cardOf(inState('several-attention'))), ['retry', 'close']);
  });

  it('says what was looked at before anybody approves, and what was not', () => {
    assert.match(shownOn('several-awaiting'), /facts were read of 1 of 2 devices/);
    assert.match(shownOn('several-awaiting'), /Alerts and who .* are not looked up for several devices/);
    assert.doesNotMatch(shownOn('several-running'), /looked up/);
  });

  it('says of what was not chosen that nothing is done there, and by whom', () => {
    const shown = shownOn('several-chosen');

    assert.match(shown, /^Succeeded$/m);
    assert.match(shown, /1 device was not chosen: nothing is done there/);
    assert.match(shown, /srv-files-01.*\n.*not chosen by Alex Moreno/);
  });

  it('says who approved, once for all, and the machine action of each', () => {
    const shown = shownOn('several-running');

    assert.equal(shown.split('Approved by').length, 2);
    assert.match(shown, /action 5382f7ea-7557-4ab7-9782-000000000001/);
    assert.match(shown, /waits for its turn 03:14 UTC/);
  });

  it('does not tell others why an approval did not hold', () => {
    assert.match(shownOn('several-awaiting-some'), /an approval did not hold/);
    assert.doesNotMatch(JSON.stringify(cardOf(inState('several-awaiting-some'))), /not found|no access/);
  });

  it('draws no Markdown of a name, neither in its row nor in the choice', () => {
    const evil = '**x** [a](https://evil.example)';
    const request = aBatch([{ device: { name: evil } }, { device: { name: evil } }]);
    const [choice] = ofType(cardOf(request), 'Input.ChoiceSet');

    assert.doesNotMatch(JSON.stringify(choice), /\*\*|\]\(|:\/\//);
    assert.ok(textsOf(cardOf(request)).some((text) => text.includes(evil)));
  });

  it('is told in one line by number, label and how many', () => {
    assert.equal(
      summaryOf(inState('several-running')),
      '#12 Submitting: restrict 4 devices, asked by Riley Chen',
    );
  });

  it('is told in the thread once for all, with the outcome of each', () => {
    const { text, mentions } = outcomeReply(inState('several-ended'));

    assert.equal(mentions.length, 2);
    assert.match(text, /#12 Failed: 4 devices to restrict\./);
    assert.match(text, /Restricted: ws-finance-017\.contoso\.example\./);
    assert.match(text, /Failed: ws-reception-02.*Timed out: ws-design-044.*Withdrawn: srv-files-01/);
  });

  it('is told by /status with a row for each, small enough for a message', () => {
    for (const name of ['several-running', 'several-fifty-ended', 'several-stakes-fifty']) {
      const [content, ...smaller] = roomsFor(inState(name)).map((room) =>
        requestStatus(inState(name), '2026-11-23T05:42:00.000Z', portalUrl, room),
      );
      const card = renderListCard(content ?? assert.fail(), ...smaller);
      assertSoundCard(card);
      assert.ok(textsOf(card).some((text) => /^\d+ devices: /.test(text)));
    }
  });

  it('keeps the device of a lift in words for lifts', () => {
    const lift = aBatch([
      { action: 'unrestrict', state: memberEnded('Succeeded') },
      { action: 'unrestrict', state: memberEnded('Succeeded', 1) },
    ]);

    assert.match(outcomeReply(lift).text, /2 devices to lift the restriction of\. Lifted: /);
  });

  it('says before the click that approving authorises the end of each, and with whose sign-in', () => {
    assert.match(
      shownOn('several-boxed-awaiting'),
      /Time box\n4 h {2}for each, from Defender’s confirmation\nApproving also approves the end for each device.*approver’s own sign-in then/,
    );
  });

  it('offers Release and Extend only while a restriction for a time holds and its lift is not asked for', () => {
    const offering = Object.keys(states).filter((name) => verbsOf(cardOf(inState(name))).includes('release'));
    assert.deepEqual(offering, [
      'several-boxed-in-force',
      'several-boxed-warned',
      'several-boxed-some',
      'several-boxed-begun',
      'several-boxed-pressed',
      'several-boxed-followed',
      'several-boxed-lift-asked',
      'several-boxed-lift-failed',
      'several-boxed-fifty',
      'several-boxed-fifty-mixed',
    ]);
    for (const name of offering) {
      const fields = ofType(cardOf(inState(name)), 'Input.Text').map(({ id }) => id);
      assert.deepEqual(fields, ['comment', 'duration']);
      assert.ok(
        ofType(cardOf(inState(name)), 'ActionSet').every(({ actions }) => (actions as unknown[]).length <= 6),
      );
    }
  });

  it('offers a choice of those that can be moved, and where others await approval of both, named apart', () => {
    const [choice] = ofType(cardOf(inState('several-boxed-in-force')), 'Input.ChoiceSet');
    assert.equal(choice?.['label'], 'Release or extend these');
    assert.equal(choice['value'], [0, 1, 2].map(deviceIdOf).join(','));
    const [mixed] = ofType(cardOf(inState('several-boxed-begun')), 'Input.ChoiceSet');
    const titles = (mixed?.['choices'] as { title: string }[]).map(({ title }) => title);
    assert.match(
      titles.join('\n'),
      /ws-finance\S+ \(in force\)\n.*\(in force\)\n.*\(to approve\)\n.*\(to approve\)$/,
    );
    const only = cardOf(inState('several-boxed-lift-asked'));
    assert.deepEqual(ofType(only, 'Input.ChoiceSet'), []);
    const [release] = ofType(only, 'Action.Execute').filter(({ verb }) => verb === 'release');
    assert.deepEqual((release?.['data'] as { devices?: string }).devices, deviceIdOf(2));
  });

  it('says until when each is in force, who extended it and who pressed, once for all', () => {
    const some = shownOn('several-boxed-some');
    assert.match(some, /Extended by Priya Nair at 06:58 UTC until 11:00 UTC: 1 device/);
    assert.match(some, /ws-reception-02.*\n.*03:15 UTC · until 11:00 UTC · extended · action/);
    assert.match(
      some,
      /1 device until 07:20 UTC, then lifted with the sign-in of Alex Moreno\n1 device until 11:00 UTC, then lifted with the sign-in of Priya Nair/,
    );
    const pressed = shownOn('several-boxed-pressed');
    assert.match(pressed, /Priya Nair’s Extend did not hold for 2 devices \(04:59 UTC\)/);
    assert.match(pressed, /Sam Okafor pressed Release 05:00 UTC for 2 devices, checking/);
    assert.doesNotMatch(pressed, /permitted|role/);
    assert.equal(pressed.split('Sam Okafor').length, 2);
  });

  it('says before the click what a lift of them ends besides, and as of when the press has shown that', () => {
    const shown = shownOn('several-lift-awaits');
    assert.match(
      shown,
      /ws-finance\S+: Also restricted by jordan@contoso\.example since 05:30 UTC; approving lifts that, too/,
    );
    assert.match(shown, /ws-reception\S+: Also restricted; approving lifts that, too/);
    assert.doesNotMatch(shown, /restrictions already in force are not looked up/);
    const [approve] = ofType(cardOf(inState('several-lift-awaits')), 'Action.Execute');
    assert.equal((approve?.['data'] as { seen?: string }).seen, '2026-11-23T07:20:10.000Z');
    assert.match(
      shownOn('several-lift-approved'),
      /Approved by\nAlex Moreno.*\nin advance, with the time box/,
    );
  });
});
