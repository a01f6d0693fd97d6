import assert from 'node:assert/strict';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { outcomeReply } from '../../../bot/texts/outcomes.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { nameOrId } from '../../../src/containment/request.ts';
import { requestStates } from '../../support/request-states.ts';
import { aPerson, aRequest, alex, riley, sam } from '../../support/requests.ts';

const outcomes = Object.entries(requestStates).filter(([, { state }]) =>
  ['denied', 'expired', 'withdrawn', 'ended', 'attention'].includes(state.status),
);

describe('reply at the end of a request', () => {
  for (const [name, request] of outcomes) {
    it(`mentions whoever is concerned and states number, device and outcome (${name})`, () => {
      const { text, mentions } = outcomeReply(request);

      const approved = 'approval' in request.state && request.state.approval !== undefined;
      assert.deepEqual(
        mentions.map(({ person }) => person),
        approved ? [riley, alex] : [riley],
      );
      assert.ok(mentions.every((mention) => text.includes(mention.text)));
      assert.ok(text.includes(`#${request.number} ${labelOf(request.state)}: `));
      assert.ok(text.includes(request.device?.name ?? nameOrId(request)));
    });
  }

  /** Defender itself, or its device, has said that it cannot be. */
  const impossible = ['os-not-supported', 'not-onboarded', 'client-too-old', 'refused-by-defender'];

  for (const [name, request] of Object.entries(requestStates)) {
    const { state } = request;
    if (state.status === 'attention' && impossible.includes(state.reason.code)) continue;
    it(`claims no more than is known after a restored backup, like its card (${name})`, () => {
      const unchecked = { ...request, unchecked: true };

      for (const text of [outcomeReply(unchecked).text, nextStep(unchecked)])
        assert.doesNotMatch(text, /nothing (was|happens)/i);
      if (['denied', 'expired', 'withdrawn'].includes(state.status)) {
        assert.match(outcomeReply(unchecked).text, /not certain: look in the Action center\.$/);
        assert.match(
          outcomeReply(request).text,
          name.endsWith('unchecked') ? /not certain/ : /Nothing was changed\.$/,
        );
      }
    });
  }

  it('says from when on a retry is of use, like its card', () => {
    const later = requestStates['attention-sign-in-later'] ?? aRequest();

    assert.match(
      nextStep(later),
      /^Nothing was sent to Defender.*before 04:02 UTC.*presses Retry after that/,
    );
    assert.match(
      outcomeReply(later).text,
      /Nothing was sent\. The approver presses Retry .* after 04:02 UTC\.$/,
    );
  });

  it('promises nobody an approval kept whose sign-in is not', () => {
    for (const name of ['approved-held', 'submitting-held']) {
      const kept = requestStates[name] ?? aRequest();
      const { state } = kept;
      if (!('approval' in state) || state.approval === undefined) assert.fail(name);
      const approval = { ...state.approval, steppedUp: true } as const;
      const steppedUp = { ...kept, state: { ...state, approval } } as typeof kept;

      assert.match(nextStep(kept), /hands the action to Defender when submission is resumed/);
      assert.match(nextStep(steppedUp), /^The approval is kept\..* may have to sign in once more/);
    }
  });

  it('says whose action was followed', () => {
    const request = requestStates['succeeded-followed'] ?? aRequest();
    assert.match(outcomeReply(request).text, /the action that priya\.nair@contoso\.example had started/);
  });

  it('tells who closed it and with which remark, and never claims what was not confirmed', () => {
    const unclear = outcomeReply(requestStates['closed-unknown'] ?? aRequest()).text;
    const certain = outcomeReply(requestStates['closed-sign-in'] ?? aRequest()).text;

    assert.match(unclear, /Sam Okafor closed the request to .*: “Isolated by hand, ticket INC-1042”\./);
    assert.match(unclear, /never confirmed whether Defender took the action/);
    assert.doesNotMatch(unclear, /Nothing was changed/);
    assert.match(certain, /Nothing was changed\.$/);
  });

  it('lets a remark be neither a mention nor a link', () => {
    const closed = {
      by: sam,
      at: '2026-11-23T03:12:00.000Z',
      comment: '<at>all</at> [x](https://evil.example)\n# hi',
    };
    const { text } = outcomeReply(
      aRequest({ state: { status: 'attention', reason: { code: 'not-onboarded' }, at: closed.at, closed } }),
    );

    assert.equal(text.match(/<at>/g)?.length, 1);
    assert.doesNotMatch(text, /\]\(|:\/\/|\n/);
  });

  it('lets neither a remark nor a name become a link by characters that nobody sees', () => {
    for (const gap of ['\u200B', '\u202E', '\u2060', '\u00AD']) {
      const link = `https:${gap}//evil.example`;
      const closed = { by: aPerson(link), at: '2026-11-23T03:12:00.000Z', comment: link };
      const state = {
        status: 'attention',
        reason: { code: 'not-onboarded' },
        at: closed.at,
        closed,
      } as const;

      const { text } = outcomeReply(aRequest({ requestor: aPerson(link), state }));

      assert.doesNotMatch(text, /:\/\//);
      assert.ok(text.includes('“https evil.example”'), text);
    }
  });

  it('lets nothing from outside be more than a name', () => {
    const requestor = aPerson('</at>[Click](https://evil.example)<at>');
    const { text } = outcomeReply(
      aRequest({
        requestor,
        device: { name: '[x](https://evil.example)' },
        state: {
          status: 'denied',
          by: { ...sam, name: '**Sam**' },
          at: '2026-11-23T03:12:00.000Z',
          comment: '<at>all</at>',
        },
      }),
    );

    assert.equal(text.match(/<at>/g)?.length, 1);
    assert.equal(text.match(/<\/at>/g)?.length, 1);
    assert.doesNotMatch(text, /\]\(|\*\*|all/);
    assert.match(text, /device 0a1b2c3d/);
  });
});

describe('the next step of a card', () => {
  const inState = (name: string) => requestStates[name] ?? assert.fail(name);

  it('does not say that Defender is checking while every click waits for a sign-in', () => {
    const waiting = inState('awaiting-sign-in');
    const checking = inState('awaiting-click');
    if (waiting.state.status !== 'awaiting' || checking.state.status !== 'awaiting') assert.fail();
    const clicks = [...waiting.state.clicks, ...checking.state.clicks];

    assert.match(nextStep(waiting), /one more sign-in step.*[Ss]omebody else/);
    assert.doesNotMatch(nextStep(waiting), /checking/);
    assert.match(nextStep({ ...waiting, state: { ...waiting.state, clicks } }), /Defender is checking/);
  });
});
