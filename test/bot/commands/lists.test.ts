import assert from 'node:assert/strict';
import type { ListReply } from '../../../bot/commands/list-page.ts';
import { runActive } from '../../../bot/commands/run-active.ts';
import { runHistory } from '../../../bot/commands/run-history.ts';
import { runPending } from '../../../bot/commands/run-pending.ts';
import { runStatus } from '../../../bot/commands/run-status.ts';
import { type ContainmentRequest, nameOrId } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { cardLabel } from '../../../sandbox/card-reading.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import {
  asking,
  deviceRecord,
  deviceStatus,
  inState,
  listAnswers,
  listParts,
  now,
  requestStatus,
} from '../../support/list-answers.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { requestStates } from '../../support/request-states.ts';
import { aDeviceId, aNamedRequest } from '../../support/requests.ts';

function cardOf(reply: ListReply) {
  return 'card' in reply ? reply.card : assert.fail(reply.text);
}

const shownBy = (reply: ListReply): string => ('text' in reply ? reply.text : textsOf(reply.card).join('\n'));
const bytesOf = (reply: ListReply): number => Buffer.byteLength(JSON.stringify(cardOf(reply)), 'utf8');

function pendingOf(requests: readonly ContainmentRequest[], total = requests.length, page = 1) {
  const waiting = { requests, total, awaiting: total, needAttention: 0, passedOver: 0, now };
  return runPending(listParts({ waiting: () => Promise.resolve(waiting) }), asking, page);
}

const device = { by: 'id', deviceId: aDeviceId() } as const;

function historyOf(requests: readonly ContainmentRequest[], total = requests.length, page = 1) {
  const listed = { requests, name: undefined, total, passedOver: 0, now };
  const parts = listParts({ ofDevice: () => Promise.resolve(listed) });
  return runHistory(parts, asking, { kind: 'history', device, page });
}

describe('the answer of a command that only shows something', () => {
  for (const [name, answer] of Object.entries(listAnswers)) {
    describe(name, () => {
      it('is what was reviewed, and sound', async () => {
        const card = cardOf(await answer());

        assertGolden(`test/golden/cards/list-${name}.json`, card);
        assertSoundCard(card);
      });

      it('is small, has no button of Cordon’s, and is never taken for the card of a request', async () => {
        const reply = await answer();

        assert.ok(bytesOf(reply) < 20_000);
        assert.deepEqual(ofType(cardOf(reply), 'Action.Execute'), []);
        assert.equal(cardLabel(cardOf(reply)), undefined);
      });
    });
  }
});

describe('/status of a request', () => {
  for (const [name, request] of Object.entries(requestStates)) {
    it(`tells what, who, state and next, and from when that is: ${name}`, async () => {
      const reply = await requestStatus(name);
      const shown = shownBy(reply);

      assert.ok(shown.includes(`\n${labelOf(request.state)}  at 05:42 UTC\n`), shown);
      assert.ok(shown.slice(shown.indexOf('#')).startsWith(`#${request.number}\n`));
      for (const part of [request.requestor.name, request.reason, nameOrId(request)]) {
        assert.ok(shown.includes(part), part);
      }
      assertSoundCard(cardOf(reply));
    });
  }

  const goesOn: readonly (readonly [state: string, says: RegExp])[] = [
    ['awaiting', /Approve or Deny on its card decides; \/cancel #12 <reason>/],
    ['awaiting-personal', /Nobody can approve in this chat.*\/cancel #12/],
    ['approved', /\/cancel #12 <reason> takes it back/],
    ['pending', /Cancel action on its card, or \/cancel #12 <reason>/],
    ['succeeded', /\/unrestrict [0-9a-f]{40} <reason> asks to lift it/],
    ['succeeded-lift', /Nothing is left to do/],
    ['boxed-in-force', /Release lifts it now, and Extend moves the end/],
    ['boxed-lift-asked', /#13 asks to lift it/],
    ['boxed-released', /\/restrict [0-9a-f]{40} <reason> asks anew/],
    ['failed', /\/restrict [0-9a-f]{40} <reason> asks anew/],
    ['denied', /\/restrict [0-9a-f]{40} <reason> asks anew/],
    ['attention-unknown', /Check again on its card asks Defender/],
    ['attention-sign-in', /Retry on its card is for the approver/],
    ['attention-os', /Close on its card, with a remark/],
    ['closed-os', /asks anew/],
  ];
  for (const [state, says] of goesOn) {
    it(`says how to go on: ${state}`, async () => assert.match(shownBy(await requestStatus(state)), says));
  }

  it('names the machine action, its approver and its outcome', async () => {
    const shown = shownBy(await requestStatus('failed'));

    assert.match(shown, /Approved by\nAlex Moreno {2}03:12 UTC/);
    assert.match(shown, /Machine action\n5382f7ea-7557-4ab7-9782-d50480024a4e/);
    assert.match(shown, /Error code\n0x80070005/);
  });

  it('answers an unknown number, and one that only a newer program can read, in a line', async () => {
    const of = { by: 'number', number: 12 } as const;
    const answer = (found: 'newer' | undefined) =>
      runStatus(listParts({ byNumber: () => Promise.resolve(found) }), asking, { kind: 'status', of });

    assert.match(shownBy(await answer(undefined)), /^There is no request #12 in this conversation/);
    assert.match(shownBy(await answer('newer')), /^#12 was written by a newer version of Cordon/);
  });
});

describe('/status of a device', () => {
  it('tells since when it is restricted, by whom and by which request', async () => {
    const shown = shownBy(await deviceStatus(deviceRecord));

    assert.match(shown, /^Device\nRestriction in force {2}at 05:42 UTC\nws-finance-017\.contoso\.example\n/);
    assert.match(shown, /#12 restricts it\nno end set · since 03:15 UTC, 2 h 26 min · asked by Riley Chen/);
    assert.match(shown, /approved by Alex Moreno/);
    assert.match(shown, /Under way \(2\)\n#44 Lift · Awaiting approval\n/);
    assert.match(shown, /Last ended\n#40 Restrict · Denied\n/);
    assert.match(shown, /\/history ws-finance-017 shows all 9 requests made here\. From Cordon’s own record/);
  });

  it('claims nothing where no restriction from here has succeeded', async () => {
    const shown = shownBy(await deviceStatus({ ...deviceRecord, restriction: undefined, passedOver: 2 }));

    assert.match(shown, /^Device\nNot restricted from here/);
    assert.match(shown, /2 requests were written by a newer version of Cordon and are left out/);
  });

  it('claims nothing of a name that nobody has looked up', async () => {
    const names = ['ws-finance-017', 'ws-finance-017.contoso.example'];
    const open = [aNamedRequest({ number: 46 })];
    const unknown = { deviceId: undefined, name: undefined, restriction: undefined, last: undefined };

    const reply = await deviceStatus({ ...deviceRecord, ...unknown, names, open, openCount: 1, total: 1 });

    const shown = shownBy(reply);
    assert.match(shown, /^Device\nNot looked up yet {2}at .*\nws-finance-017 \(as typed, not looked up\)\n/);
    assert.match(shown, /\nws-finance-017\.contoso\.example \(as typed, not looked up\)\n/);
    assert.match(
      shown,
      /#46 Restrict · Awaiting approval\nws-finance-017 \(as typed, not looked up\) · asked by/,
    );
    assert.match(shown, /\/history ws-finance-017 shows the one request made here/);
    assert.deepEqual(ofType(cardOf(reply), 'Action.OpenUrl'), []);
  });

  it('is one line where nothing was asked, or nothing that can be read', async () => {
    const none = {
      ...deviceRecord,
      restriction: undefined,
      open: [],
      openCount: 0,
      last: undefined,
      total: 0,
    };

    assert.match(shownBy(await deviceStatus(none)), /^Nothing was asked for this device here/);
    assert.match(shownBy(await deviceStatus({ ...none, passedOver: 1 })), /1 request was written by a newer/);
  });

  it('takes none of several devices, and more of them are said to be there', async () => {
    const devices = Array.from({ length: 11 }, (_, index) => {
      const deviceId = aDeviceId(index.toString(16).padStart(40, '0'));
      return { deviceId, request: inState('succeeded', { deviceId }) };
    });
    const parts = listParts({ devicesNamed: () => Promise.resolve({ devices, wishes: [], now }) });

    const reply = await runStatus(parts, asking, { kind: 'status', of: { by: 'name', name: 'ws' } });

    const shown = shownBy(reply);
    assert.match(
      shown,
      /^Many devices have this name\nNothing was chosen for you: send \/status with the id/,
    );
    assert.equal(shown.match(/[0-9a-f]{40}/g)?.length, 10);
    assert.match(shown, /There are more of them/);
  });
});

describe('/pending', () => {
  it('is one friendly line where nothing waits', async () => {
    assert.equal(shownBy(await pendingOf([])), 'Nothing awaits approval here, and nothing needs attention.');
  });

  it('shows what makes a decision urgent, and none of what is not known', async () => {
    const shown = shownBy(await pendingOf([inState('awaiting-device-known'), inState('awaiting')]));

    assert.match(
      shown,
      /asked by Riley Chen · 2 h 31 min ago · expires in 1 h 28 min · value High · risk High\n/,
    );
    assert.match(shown, new RegExp(`#12 Restrict · ${aDeviceId()}\nasked by [^\n]*expires in 1 h 28 min$`));
  });

  it('does not count down below nothing', async () => {
    const request = inState('awaiting', { expiresAt: '2026-11-23T05:00:00.000Z' });

    assert.match(shownBy(await pendingOf([request])), /its time is over/);
  });

  it('leads from page to page by words', async () => {
    const rows = Array.from({ length: 8 }, () => inState('awaiting'));

    assert.match(shownBy(await pendingOf(rows, 17, 1)), /Page 1 of 3: \/pending 2 shows more$/);
    assert.match(shownBy(await pendingOf(rows, 17, 2)), /Page 2 of 3: \/pending 3 shows more$/);
    assert.match(shownBy(await pendingOf(rows.slice(7), 17, 3)), /Page 3 of 3$/);
    assert.doesNotMatch(shownBy(await pendingOf(rows, 8, 1)), /Page/);
  });

  it('says which pages there are to whom asks for another', async () => {
    assert.equal(shownBy(await pendingOf([], 17, 4)), 'There are only 3 pages: /pending to /pending 3.');
    assert.equal(shownBy(await pendingOf([], 1, 999_999_999)), 'There is only one page: /pending shows it.');
  });

  it('says that there is something which it cannot read', async () => {
    const waiting = { requests: [], total: 0, awaiting: 0, needAttention: 0, passedOver: 3, now };

    const reply = await runPending(listParts({ waiting: () => Promise.resolve(waiting) }), asking, 1);

    assert.match(shownBy(reply), /^Nothing that this version of Cordon can read\. 3 requests were written/);
  });
});

describe('/history', () => {
  for (const [name, request] of Object.entries(requestStates)) {
    it(`has a row of two lines for what is ${name}`, async () => {
      const lines = shownBy(await historyOf([request])).split('\n');
      const head = `#${request.number} ${request.action === 'restrict' ? 'Restrict' : 'Lift'} · `;

      const at = lines.indexOf(`${head}${labelOf(request.state)}`);
      assert.ok(at > 0, lines.join('\n'));
      assert.match(lines[at + 1] ?? '', /UTC · asked by Riley Chen/);
      assert.equal(lines.length, at + 2);
    });
  }

  it('says who decided, who took back and who closed', async () => {
    const shown = shownBy(
      await historyOf(
        ['denied', 'withdrawn', 'closed-sign-in', 'succeeded-followed'].map((name) => inState(name)),
      ),
    );

    assert.match(shown, /denied by Sam Okafor/);
    assert.match(shown, /withdrawn by Riley Chen/);
    assert.match(shown, /approved by Alex Moreno · the approver has to sign in · closed by Sam Okafor/);
    assert.match(shown, /approved by Alex Moreno · follows an action started elsewhere/);
  });

  it('leads on with the device as it was asked for', async () => {
    const rows = Array.from({ length: 8 }, () => inState('denied'));

    assert.match(shownBy(await historyOf(rows, 9)), new RegExp(`: /history ${aDeviceId()} 2 shows more$`));
    assert.match(shownBy(await historyOf([], 9, 3)), /^There are only 2 pages: \/history [0-9a-f]{40} to/);
    assert.match(shownBy(await historyOf([])), /^Nothing was asked for this device here/);
  });
});

describe('/active', () => {
  for (const [state, left] of [
    ['succeeded', 'no end set'],
    ['boxed-in-force', '1 h 33 min left, until 07:15 UTC'],
    ['boxed-extended', '1 d 1 h left, until 2026-11-24 06:58 UTC'],
    ['boxed-lift-asked', '#13 asks to lift it'],
    ['boxed-lift-failed', 'its time was over 07:15 UTC'],
  ] as const) {
    it(`says how long a restriction still holds: ${state}`, async () => {
      const restrictions = [inState(state)];
      const inForce = () => Promise.resolve({ restrictions, total: 1, passedOver: 0, now });

      const shown = shownBy(await runActive(listParts({ inForce }), asking, 1));

      assert.ok(shown.includes(`\n${left} · since 03:15 UTC, 2 h 26 min · asked by`), shown);
    });
  }

  it('says when not all devices could be compared with Defender of late', async () => {
    const shownAt = async (comparedAt: string | undefined) => {
      const inForce = { restrictions: [inState('succeeded')], total: 1, passedOver: 0, comparedAt, now };
      return shownBy(await runActive(listParts({ inForce: () => Promise.resolve(inForce) }), asking, 1));
    };
    assert.doesNotMatch(await shownAt(now), /compared/);
    assert.match(await shownAt(undefined), /Not all devices were compared with Defender yet: a change/);
    assert.match(
      await shownAt('2026-11-23T03:10:00.000Z'),
      /compared with Defender since 03:10 UTC: a change/,
    );
  });

  it('is one friendly line where no restriction is in force', async () => {
    const nothing = { restrictions: [], total: 0, passedOver: 0, comparedAt: now, now };

    const reply = await runActive(listParts({ inForce: () => Promise.resolve(nothing) }), asking, 1);

    assert.equal(shownBy(reply), 'No restriction that was asked for here is in force.');
    // That nobody could look is of no less interest then.
    const old = { ...nothing, comparedAt: '2026-11-23T03:10:00.000Z' };
    assert.equal(
      shownBy(await runActive(listParts({ inForce: () => Promise.resolve(old) }), asking, 1)),
      'No restriction that was asked for here is in force. Not all devices were compared with Defender since 03:10 UTC: a change in the portal may be missing.',
    );
  });
});

describe('lists of names that want to be something else', () => {
  const hostile =
    '{{DATE(2026-11-23T03:10:20Z)}} <at>all</at> **bold** [x](https://evil.example) ${title} #99 ‮';
  const names = { requestor: { ...asking.person, name: hostile.repeat(20) } };
  const request = inState('pending', {
    ...names,
    device: { name: `${hostile}${'𝒳'.repeat(5_000)}`, value: hostile, risk: hostile },
  });
  const rows = Array.from({ length: 8 }, () => request);

  it('show them as they are, without macros, and fit', async () => {
    const reply = await historyOf(rows);

    assert.match(shownBy(reply), /\*|<at>all/);
    for (const run of ofType(cardOf(reply), 'TextRun'))
      assert.doesNotMatch(String(run['text']), /\{\{(DATE|TIME)/);
    assert.ok(bytesOf(reply) < 20_000, String(bytesOf(reply)));
    assertSoundCard(cardOf(reply));
  });

  it('keep number and label first however long the names are', async () => {
    const shown = shownBy(await historyOf(rows));

    assert.equal(shown.match(/^#12 Restrict · Pending$/gm)?.length, 8);
  });

  it('fit with macros in every place', async () => {
    const name = '{{DATE'.repeat(50);
    const waiting = inState('awaiting', {
      requestor: { ...asking.person, name },
      device: { name, value: name, risk: name },
    });

    const reply = await pendingOf(Array.from({ length: 8 }, () => waiting));

    assert.ok(bytesOf(reply) < 28_000, String(bytesOf(reply)));
    assert.match(shownBy(reply), /#12 Restrict/);
  });
});
