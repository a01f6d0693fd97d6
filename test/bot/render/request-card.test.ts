import assert from 'node:assert/strict';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import { type ContainmentRequest, nameOrId } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { ofType, textsOf, verbsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest, alex, anApproval, riley } from '../../support/requests.ts';

const portalUrl = 'https://security.microsoft.com';

/** Everything that the card says, a line for each element. */
function shownOn(request: ContainmentRequest): string {
  return textsOf(renderRequestCard(request, { portalUrl })).join('\n');
}

describe('request card', () => {
  for (const [name, request] of Object.entries(requestStates)) {
    const card = renderRequestCard(request, { portalUrl });
    const label = labelOf(request.state);

    describe(name, () => {
      it('is what was reviewed', () => {
        assertGolden(`test/golden/cards/${name}.json`, card);
      });

      it('is a card that the official parser takes without a complaint', () => {
        assertSoundCard(card);
      });

      it('says its label in exactly one element, before the device', () => {
        const texts = textsOf(card);

        assert.deepEqual(
          texts.filter((text) => text === label),
          [label],
        );
        const device = texts.findIndex((text) => text.includes(nameOrId(request)));
        assert.ok(texts.indexOf(label) < device);
        const blocks = ofType(card, 'TextBlock').map((block) => block['text']);
        assert.ok(blocks.includes(label));
      });

      it('has its number as the first #', () => {
        const shown = textsOf(card).join('\n');
        assert.ok(shown.slice(shown.indexOf('#')).startsWith(`#${request.number}\n`));
      });

      it('has one comment field where there is something to comment on, and a duration where there is one to move', () => {
        const fields = ofType(card, 'Input.Text').map((field) => field['id']);
        const verbs = verbsOf(card);
        const takesComment = verbs.some((verb) =>
          ['approve', 'deny', 'cancel', 'close', 'release', 'extend'].includes(verb),
        );
        const duration = verbs.includes('extend') ? ['duration'] : [];
        assert.deepEqual(fields, [...(takesComment ? ['comment'] : []), ...duration]);
      });

      it('gives its buttons nothing but the id of the request, and to Approve what it shows besides', () => {
        const seen = request.alsoRestricted && { seen: request.alsoRestricted.at };
        for (const action of ofType(card, 'Action.Execute')) {
          const shown = action['verb'] === 'approve' ? seen : {};
          assert.deepEqual(action['data'], { requestId: request.id, ...shown });
        }
      });
    });
  }

  it('offers Approve and Deny only while approval is awaited and somebody may give it', () => {
    const offering = Object.entries(requestStates)
      .filter(([, request]) => verbsOf(renderRequestCard(request, { portalUrl })).includes('approve'))
      .map(([name]) => name);

    assert.ok(offering.length > 0);
    assert.ok(offering.every((name) => /^(boxed-)?awaiting/.test(name) && name !== 'awaiting-personal'));
  });

  it('says before the click what a lift ends besides', () => {
    const again = requestStates['boxed-awaiting-again'] ?? assert.fail();
    assert.match(
      shownOn(again),
      /Also restricted.* by .*jordan@contoso.example since 05:30 UTC; approving lifts that, too/,
    );
    const followed = requestStates['boxed-followed'] ?? assert.fail();
    assert.match(shownOn(followed), /does not lift it by itself/);
    assert.doesNotMatch(shownOn(followed), /Then lifted with the sign-in/);
  });

  it('offers to cancel from Awaiting approval to In progress', () => {
    const cancellable = ['Awaiting approval', 'Approved', 'Submitting', 'Pending', 'In progress'];

    for (const request of Object.values(requestStates)) {
      const verbs = verbsOf(renderRequestCard(request, { portalUrl }));
      assert.equal(verbs.includes('cancel'), cancellable.includes(labelOf(request.state)));
    }
  });

  it('offers a way out of whatever needs attention, until it is closed', () => {
    const offered = Object.entries(requestStates)
      .filter(([, { state }]) => state.status === 'attention')
      .map(([name, request]) => [name, verbsOf(renderRequestCard(request, { portalUrl })).join(' ')]);

    assert.deepEqual(Object.fromEntries(offered), {
      'attention-os': 'close',
      'attention-not-onboarded': 'close',
      'attention-old-client': 'close',
      'attention-refused': 'close',
      'attention-unknown': 'recheck close',
      'attention-sign-in': 'retry close',
      'attention-sign-in-later': 'retry close',
      'attention-step-failed': 'retry close',
      'attention-held': 'retry close',
      'closed-os': '',
      'closed-sign-in': '',
      'closed-unknown': '',
      'drifted-given-up': '',
    });
  });

  it('offers nothing in a personal chat that its only reader may not press', () => {
    const place = { conversation: 'a:1', thread: 'a:1', kind: 'personal' } as const;
    const request = { ...(requestStates['attention-os'] ?? aRequest()), place };

    assert.deepEqual(verbsOf(renderRequestCard(request, { portalUrl })), []);
  });

  it('offers Release and Extend only while a time-boxed restriction holds and its lift is not asked for', () => {
    const offering = Object.entries(requestStates)
      .filter(([, request]) => verbsOf(renderRequestCard(request, { portalUrl })).includes('release'))
      .map(([name]) => name);

    assert.deepEqual(offering, [
      'boxed-in-force',
      'boxed-pressed',
      'boxed-extended',
      'boxed-lift-failed',
      'boxed-release-failed',
      'boxed-followed',
    ]);
  });

  it('says before the click that approving a time box approves its end, and with whose sign-in', () => {
    const shown = shownOn(requestStates['boxed-awaiting'] ?? aRequest());

    assert.match(shown, /Time box\n4 h .*\nApproving also approves its end.*approver’s own sign-in then/);
  });

  it('says until when the restriction is in force, who extended it and who released it', () => {
    assert.match(shownOn(requestStates['boxed-in-force'] ?? aRequest()), /In force until 07:15 UTC/);
    assert.match(
      shownOn(requestStates['boxed-extended'] ?? aRequest()),
      /Extended by Priya Nair at 06:58 UTC until 2026-11-24 06:58 UTC/,
    );
    const released = shownOn(requestStates['boxed-released'] ?? aRequest());
    assert.match(released, /Released by Priya Nair at 06:02 UTC/);
    assert.doesNotMatch(released, /In force until|in force until/);
  });

  it('does not tell others why somebody’s Extend did not hold', () => {
    const shown = JSON.stringify(
      renderRequestCard(requestStates['boxed-pressed'] ?? aRequest(), { portalUrl }),
    );

    assert.match(shown, /’s Extend did not hold \(04:59 UTC\)/);
    assert.doesNotMatch(shown, /permitted|role/);
  });

  it('says who is waited for when a sign-in is gone', () => {
    const request = requestStates['attention-sign-in'] ?? aRequest();

    assert.match(shownOn(request), /Waiting for Alex Moreno to sign in/);
  });

  it('says who closed it, with which remark, and what was never confirmed', () => {
    const shown = shownOn(requestStates['closed-unknown'] ?? aRequest());

    assert.match(shown, /Closed by\nSam Okafor {2}03:40 UTC\n“Isolated by hand, ticket INC-1042”/);
    assert.match(shown, /never confirmed whether Defender took the action/);
  });

  it('says that and why nothing is submitted, and that an approval is kept', () => {
    const paused =
      /Submission to Defender is paused since 03:05 UTC: False positives after the 14:00 rule update/;

    for (const name of ['awaiting-held', 'approved-held', 'submitting-held']) {
      const shown = shownOn(requestStates[name] ?? aRequest());
      assert.match(shown, paused);
      assert.match(shown, /approval is kept/);
    }
  });

  it('says nothing of a pause where Defender has the action', () => {
    const hold = { reason: 'drill', since: '2026-11-23T03:05:00.000Z' };
    const request = { ...(requestStates['pending'] ?? aRequest()), hold };

    assert.doesNotMatch(shownOn(request), /paused/);
  });

  it('says once that it stands for a card that was deleted', () => {
    const card = renderRequestCard(aRequest(), { portalUrl, replacesDeleted: true });

    assert.equal(textsOf(card).filter((text) => /deleted/.test(text)).length, 1);
    assert.doesNotMatch(shownOn(aRequest()), /deleted/);
  });

  it('shows in a personal chat what to send in the incident channel', () => {
    const request = aRequest({ place: { conversation: 'a:1', thread: 'a:1', kind: 'personal' } });

    const texts = textsOf(renderRequestCard(request, { portalUrl }));

    assert.ok(texts.includes(`@Cordon /restrict ${request.deviceId} ${request.reason}`));
  });

  it('does not tell others why an approval did not hold', () => {
    const request = requestStates['awaiting-voided'] ?? aRequest();

    const shown = JSON.stringify(renderRequestCard(request, { portalUrl }));

    assert.match(shown, /did not hold \(03:13 UTC\); still open/);
    assert.doesNotMatch(shown, /not found|no access|visible/);
  });

  it('puts a private note below the header, as text only', () => {
    const card = renderRequestCard(aRequest(), { portalUrl, note: '*Alex* denied #99' });

    const texts = textsOf(card);

    assert.ok(texts.indexOf('Awaiting approval') < texts.indexOf('*Alex* denied #99'));
  });

  it('names everybody with a part in the request for refreshing, once', () => {
    const click = { id: 'c1', by: alex, at: '2026-11-23T03:12:00.000Z' };
    const card = renderRequestCard(
      aRequest({
        state: {
          status: 'awaiting',
          clicks: [click],
          voided: { by: alex, at: click.at, why: { code: 'not-permitted' } },
        },
      }),
      { portalUrl },
    );

    assert.deepEqual(card['refresh'], {
      action: {
        type: 'Action.Execute',
        verb: 'refresh',
        title: 'Refresh',
        data: { requestId: aRequest().id },
      },
      userIds: [riley.teamsId, alex.teamsId],
    });
  });

  it('writes the date where the day is another one', () => {
    const late = { ...anApproval(), at: '2026-11-24T00:01:00.000Z' };

    const texts = textsOf(
      renderRequestCard(aRequest({ state: { status: 'approved', approval: late } }), { portalUrl }),
    );

    assert.ok(texts.some((text) => text.includes('2026-11-24 00:01 UTC')));
  });
});
