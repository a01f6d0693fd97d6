import assert from 'node:assert/strict';
import { askView, renderAskCard } from '../../../bot/render/ask-card.ts';
import { chooseDeviceView, renderChooseDeviceCard } from '../../../bot/render/choose-device-card.ts';
import { helpView, renderHelpCard } from '../../../bot/render/help-card.ts';
import { listView } from '../../../bot/render/list-card.ts';
import { actionCenter, devicePage } from '../../../bot/render/portal-links.ts';
import { requestStatus } from '../../../bot/render/request-status.ts';
import { requestView } from '../../../bot/render/request-view.ts';
import { summaryOf } from '../../../bot/render/summary.ts';
import { utc, utcShort } from '../../../bot/render/utc.ts';
import { renderWelcomeCard, welcomeView } from '../../../bot/render/welcome-card.ts';
import { candidatesText, approverText, askButton, approveButton } from '../../../bot/texts/devices.ts';
import { askedText, buttonTitles, whoamiText } from '../../../bot/texts/private-answers.ts';
import * as typed from '../../../bot/texts/typed-approval.ts';
import { textsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import { inState } from '../../support/list-answers.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { requestStates } from '../../support/request-states.ts';
import { aDeviceId, aRequest, alex, riley } from '../../support/requests.ts';
import { severalStakesStates } from '../../support/several-stakes-states.ts';

const help = {
  heading: 'What Cordon does.',
  entries: [
    {
      usage: '/restrict <device> <reason>',
      summary: 'Asks for approval',
      example: '/restrict 0a1b Beaconing',
    },
    { usage: '/help [command]', summary: 'Lists the commands' },
  ],
  hint: '<device> is the device id.',
};
const known = inState('pending');
const portalUrl = 'https://security.microsoft.com';

describe('help card', () => {
  it('is what was reviewed, and sound', () => {
    const card = renderHelpCard(help);

    assertGolden('test/golden/cards/help.json', card);
    assertSoundCard(card);
  });

  it('shows angle brackets as they are', () => {
    assert.ok(textsOf(renderHelpCard(help)).includes('/restrict <device> <reason>'));
  });
});

describe('welcome card', () => {
  for (const place of ['shared', 'personal'] as const) {
    it(`is what was reviewed, and sound (${place})`, () => {
      const card = renderWelcomeCard(place);

      assertGolden(`test/golden/cards/welcome-${place}.json`, card);
      assertSoundCard(card);
    });
  }
});

const question = {
  ...askedText('whoami', alex, false),
  button: { title: buttonTitles.whoami, questionId: `ask_${'A'.repeat(22)}` },
};

describe('card of a question that its asker alone is answered', () => {
  const answer = whoamiText(alex, {
    ok: true,
    token: 'never shown',
    upn: 'alex.moreno@contoso.example',
    scopes: ['Machine.Read', 'Machine.RestrictExecution'],
    expiresAt: new Date('2026-11-24T03:00:00Z'),
  });
  const approval = {
    ...typed.askedApproval(known, alex),
    button: { title: typed.approveButton(known.number), questionId: question.button.questionId },
  };
  const approved = typed.answeredApproval(requestStates['approved'] ?? known, 'Approved.');
  const cards = {
    asked: question,
    answered: answer,
    'approve-asked': approval,
    'approve-answered': approved,
  };
  for (const [name, content] of Object.entries(cards)) {
    it(`is what was reviewed, and sound (${name})`, () => {
      const card = renderAskCard(content);

      assertGolden(`test/golden/cards/ask-${name}.json`, card);
      assertSoundCard(card);
      assert.ok(!JSON.stringify(card).includes('never shown'));
    });
  }

  it('shows a name as it is, whatever stands in it', () => {
    const name = '**[x](https://evil.example)** <at>all</at> ${title} {{DATE()}}';
    const { title, lines } = askedText('signout', { ...alex, name }, false);

    assert.ok(textsOf(renderAskCard({ title, lines })).join('').includes('**[x](https://evil.example)**'));
  });

  it('names what would be approved, whatever stands in it, its number before any of it', () => {
    const forged = '#99 ${title} <at>all</at>\n\u202E{{DATE()}}';
    const requestor = { ...riley, name: forged };
    const device = { ...known.device, name: forged };
    const card = renderAskCard(
      typed.askedApproval(
        { ...known, requestor, device, reason: `${forged} ${'long '.repeat(1_000)}` },
        alex,
      ),
    );

    const texts = textsOf(card);
    assert.equal(texts[0], 'Approve #12?');
    assert.equal(/#\d+/.exec(texts.join('\n'))?.[0], '#12');
    assert.ok(texts.every((text) => !/[\n\u202E]/.test(text) && text.length <= 1_008));
    assertSoundCard(card);
  });
});

const twin = {
  id: aDeviceId(),
  computerDnsName: 'ws-finance-017.contoso.example',
  osPlatform: 'Windows11',
  version: '24H2',
  healthStatus: 'Active',
  rbacGroupName: 'Workstations',
  machineTags: [],
  lastSeen: '2026-11-23T03:09:41.1234567Z',
};
const found = {
  fit: 'exact' as const,
  isCut: false,
  machines: [
    twin,
    { ...twin, id: 'b'.repeat(40), osPlatform: 'Windows10', isPotentialDuplication: true },
    { ...twin, id: 'c'.repeat(40), healthStatus: 'Inactive', mergedIntoMachineId: twin.id },
  ],
};
const { machines } = found;
const forAsker = {
  ...candidatesText('ws-finance-017', found),
  machines,
  requestId: `ask_${'A'.repeat(22)}`,
  verb: 'choose' as const,
  button: askButton,
};
const forApprover = {
  ...approverText({ number: 12, name: 'ws-finance-017', found }),
  machines,
  requestId: `req_${'A'.repeat(22)}`,
  verb: 'approve' as const,
  button: approveButton,
  comment: 'Go on, “now”',
};

describe('card of devices to choose from', () => {
  for (const [name, content] of Object.entries({ asker: forAsker, approver: forApprover })) {
    it(`is what was reviewed, and sound (${name})`, () => {
      const card = renderChooseDeviceCard(content);

      assertGolden(`test/golden/cards/choose-device-${name}.json`, card);
      assertSoundCard(card);
    });
  }

  it('stays small with as many devices as anybody may choose from, whatever they are called', () => {
    const long = { ...twin, computerDnsName: 'n'.repeat(253), rbacGroupName: 'g'.repeat(500) };
    const many = Array.from({ length: 25 }, () => long);

    const card = renderChooseDeviceCard({ ...forApprover, machines: many, comment: 'c'.repeat(1_000) });

    assert.ok(JSON.stringify(card).length < 28_000);
  });

  it('gives nothing of a name or a group to Markdown, and leaves an underscore inside a name', () => {
    const odd = {
      ...twin,
      computerDnsName: 'srv_01',
      rbacGroupName: '**[x](http://evil.example)** <at>all</at>',
    };

    const text = JSON.stringify(chooseDeviceView({ ...forAsker, machines: [odd] }));

    assert.match(text, /srv_01/);
    assert.doesNotMatch(text, /\*\*|\[x\]|:\/\/|<at>/);
  });

  it('offers no record that has no proper id', () => {
    const view = chooseDeviceView({ ...forAsker, machines: [{ ...twin, id: 'pc-1' }] });
    assert.deepEqual([view.choiceSets, view.buttonSets], [[], []]);
  });
});

describe('samples for the card designer', () => {
  const views = {
    request: requestView(known, { portalUrl, note: 'Recorded. Defender is checking your rights.' }),
    'request-several': requestView(severalStakesStates['several-stakes'] ?? known, { portalUrl }),
    help: helpView(help),
    welcome: welcomeView('shared'),
    ask: askView(question),
    list: listView(requestStatus(known, '2026-11-23T05:42:00.000Z', portalUrl)),
    'choose-device': chooseDeviceView(forAsker),
  };
  for (const [name, view] of Object.entries(views)) {
    it(`${name}.sample.json holds what the template is given`, () => {
      assertGolden(`cards/${name}.sample.json`, view);
    });
  }
});

describe('summary for the toast', () => {
  it('says number, label, what, which device and who in one line', () => {
    assert.equal(
      summaryOf(known),
      '#12 Pending: restrict ws-finance-017.contoso.example, asked by Riley Chen',
    );
  });

  it('says whose sign-in is waited for, and what is closed', () => {
    assert.match(
      summaryOf(requestStates['attention-sign-in'] ?? known),
      /^#12 Needs attention \(waiting for Alex Moreno to sign in\): restrict/,
    );
    assert.match(summaryOf(requestStates['closed-sign-in'] ?? known), /^#12 Needs attention \(closed\): /);
  });

  it('names the id of a device whose name is not known yet', () => {
    assert.equal(
      summaryOf(aRequest({ action: 'unrestrict' })),
      `#12 Awaiting approval: lift the restriction of ${aDeviceId()}, asked by Riley Chen`,
    );
  });
});

describe('links to the portal', () => {
  it('lead to the device and to the Action center, with or without a slash at the end', () => {
    assert.deepEqual(
      devicePage(`${portalUrl}/`, aDeviceId()).map((link) => link.url),
      [`${portalUrl}/machines/v2/${aDeviceId()}/overview`],
    );
    assert.equal(actionCenter(portalUrl).url, `${portalUrl}/action-center/history`);
  });

  it('are not made of anything that is no device id', () => {
    assert.deepEqual(devicePage(portalUrl, '../../evil?x='), []);
  });
});

describe('times', () => {
  it('are written in UTC, without the date on the same day', () => {
    assert.equal(utc('2026-11-23T05:12:30+02:00'), '2026-11-23 03:12 UTC');
    assert.equal(utcShort('2026-11-23T03:12:30Z', '2026-11-23T23:59:59Z'), '03:12 UTC');
    assert.equal(utcShort('2026-11-24T00:00:00Z', '2026-11-23T23:59:59Z'), '2026-11-24 00:00 UTC');
  });

  it('that nobody can read are unknown', () => {
    assert.equal(utc('yesterday'), 'unknown time');
    assert.equal(utcShort('+275760-09-13T00:00:00.000Z', '2026-11-23T23:59:59Z'), 'unknown time');
  });
});
