import assert from 'node:assert/strict';
import { renderAskCard } from '../../../bot/render/ask-card.ts';
import { renderChooseDeviceCard } from '../../../bot/render/choose-device-card.ts';
import { maxCardBytes } from '../../../bot/render/expand.ts';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import { noRightsText, recordedText, refusalText } from '../../../bot/texts/decisions.ts';
import { approveButton, approverText } from '../../../bot/texts/devices.ts';
import { earlierPressText, earlierPressWaitsText, takenBackText } from '../../../bot/texts/earlier-press.ts';
import { approvedSeveralText, notForText } from '../../../bot/texts/several-devices.ts';
import * as typed from '../../../bot/texts/typed-approval.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { textsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { aDeviceId, alex, riley } from '../../support/requests.ts';
import { type MemberGiven, aBatch, deviceIdOf, known } from '../../support/several-states.ts';

const questionId = `ask_${'A'.repeat(22)}`;
const asked = (request: ContainmentRequest) =>
  renderAskCard({ ...typed.askedApproval(request, alex), button: { title: 'Approve #12', questionId } });
const many = (count: number, of: (index: number) => MemberGiven) =>
  aBatch(Array.from({ length: count }, (_, index) => of(index)));
const hostName = (index: number): string =>
  `ws-finance-${String(index).padStart(3, '0')}.emea.contoso.example`;

describe('the question of a typed /approve of several devices', () => {
  it('names ten devices whole, by name and id, a line each, behind how many there are and who asked', () => {
    const request = many(10, (index) => known(`${'n'.repeat(90)}${index}`));

    const texts = textsOf(asked(request));

    assert.equal(texts[1], 'Restrict app execution: 10 devices, asked by Riley Chen.');
    assert.deepEqual(
      texts.slice(2, 12),
      membersOf(request).map((_, index) => `${'n'.repeat(90)}${index} (${deviceIdOf(index)})`),
    );
  });

  it('names each of ten that are known by their ids alone', () => {
    const texts = textsOf(asked(many(10, () => ({}))));

    for (let index = 0; index < 10; index += 1) assert.equal(texts[2 + index], deviceIdOf(index));
  });

  const fifty: Readonly<Record<string, (index: number) => MemberGiven>> = {
    'by their names': (index) => known(hostName(index)),
    'by their ids': () => ({}),
    'as they were typed': (index) => ({ deviceName: hostName(index) }),
  };
  for (const [how, of] of Object.entries(fifty)) {
    it(`names every one of fifty devices that its button approves, ${how}`, () => {
      const request = many(50, of);

      const card = asked(request);

      const texts = textsOf(card);
      assert.match(texts[1] ?? '', /50 devices, asked by Riley Chen\.$/);
      for (const [index, member] of membersOf(request).entries()) {
        const name = member.device?.name ?? member.deviceName ?? deviceIdOf(index);
        assert.equal(texts.filter((text) => text.includes(name)).length, 1, name);
      }
      assert.doesNotMatch(texts.join('\n'), /more|…/);
      if (how === 'as they were typed') assert.match(texts.join('\n'), /nobody has looked them up yet/);
      assertSoundCard(card);
    });
  }

  it('tells fifty devices of one name apart by their ids', () => {
    const shown = textsOf(
      asked(many(50, (index) => known(index < 2 ? 'WS-1.contoso.example' : hostName(index)))),
    );

    assert.ok(shown.includes(`WS-1.contoso.example (${deviceIdOf(0)})`));
    assert.ok(shown.includes(`WS-1.contoso.example (${deviceIdOf(1)})`));
    assert.ok(shown.includes(hostName(2)));
  });

  it('names all of them and fits, whatever they are called and why', () => {
    for (const name of ['財'.repeat(300), '{{DATE(}} {{TIME(}} '.repeat(20), '"\\'.repeat(200)]) {
      const given = { reason: name.repeat(30), requestor: { ...riley, name } };
      const request = { ...many(50, () => known(name)), ...given };

      const card = asked(request);

      assert.ok(Buffer.byteLength(JSON.stringify(card)) < maxCardBytes);
      const texts = textsOf(card);
      for (const index of Array.from({ length: 50 }).keys())
        assert.ok(texts.some((text) => text.endsWith(`… (${deviceIdOf(index)})`)));
      assert.ok((texts.find((text) => text.startsWith('Reason: ')) ?? '').length > 900);
    }
  });

  it('is what was reviewed, and sound, for a dozen', () => {
    const request = many(12, (index) =>
      index === 11 ? { deviceName: 'srv-new-01' } : known(hostName(index)),
    );
    const card = asked(request);

    assertGolden('test/golden/cards/ask-approve-asked-many.json', card);
    assertSoundCard(card);
  });
});

describe('what one press comes to for several devices in several ways', () => {
  const setup = { hasSignInPage: true };
  const request = many(12, (index) => known(hostName(index)));
  const [first = assert.fail(), second = assert.fail(), third = assert.fail(), fourth = assert.fail()] =
    membersOf(request);
  const outcomes = [
    approvedSeveralText(request, {
      approved: 3,
      refused: [
        { request: first, text: noRightsText({ code: 'device-not-visible' }, 'Approve', setup) },
        { request: second, text: noRightsText({ code: 'could-not-check' }, 'Approve', setup) },
      ],
      unanswered: 2,
    }),
    notForText([
      { request: third, text: refusalText({ code: 'device-found-since' }, third) },
      { request: fourth, text: recordedText() },
    ]),
    takenBackText('Approve', [third]),
    earlierPressText(1),
    earlierPressWaitsText('Approve', 1, request),
  ];
  const note = outcomes.join(' ');
  const twin = { id: aDeviceId(), computerDnsName: 'ws-1', machineTags: [] };
  const cards = {
    'the answer to what was typed': () => renderAskCard(typed.answeredApproval(request, note)),
    'the choice of a device': () =>
      renderChooseDeviceCard({
        ...approverText({
          number: request.number,
          name: 'ws-1',
          found: { fit: 'exact', isCut: false, machines: [twin] },
          others: note,
        }),
        machines: [twin],
        requestId: questionId,
        verb: 'choose',
        button: approveButton,
      }),
    'the card of the request': () =>
      renderRequestCard(request, { portalUrl: 'https://security.microsoft.com', note }),
  };

  for (const [name, render] of Object.entries(cards)) {
    it(`is told to its end on ${name}`, () => {
      assert.ok(note.length > 1_000, 'more than any line of a person may have');

      const card = render();

      const shown = textsOf(card).join('\n');
      for (const outcome of outcomes) assert.ok(shown.includes(outcome), outcome);
      assert.ok(Buffer.byteLength(JSON.stringify(card)) < maxCardBytes);
      assertSoundCard(card);
    });
  }

  it('leaves room for as many devices to choose from as there may be, whatever they are called', () => {
    const long = {
      ...twin,
      computerDnsName: 'n'.repeat(253),
      rbacGroupName: '群'.repeat(500),
      osPlatform: 'o'.repeat(100),
      version: 'v'.repeat(100),
      healthStatus: 'h'.repeat(100),
    };
    const card = renderChooseDeviceCard({
      title: 'Which device?',
      lines: [note.repeat(4)],
      machines: Array.from({ length: 25 }, () => long),
      requestId: questionId,
      verb: 'choose',
      button: approveButton,
    });

    assert.ok(Buffer.byteLength(JSON.stringify(card)) < maxCardBytes);
  });
});
