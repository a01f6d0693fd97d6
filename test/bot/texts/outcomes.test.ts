import assert from 'node:assert/strict';
import { outcomeReply } from '../../../bot/texts/outcomes.ts';
import { labelOf } from '../../../src/containment/state.ts';
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
      assert.ok(text.includes('ws-finance-017.contoso.example'));
    });
  }

  it('says whose action was followed', () => {
    const request = requestStates['succeeded-followed'] ?? aRequest();
    assert.match(outcomeReply(request).text, /the action that priya\.nair@contoso\.example had started/);
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
