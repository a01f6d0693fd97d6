import assert from 'node:assert/strict';
import template from '../../../cards/request.json' with { type: 'json' };
import { cutHarder, harderCuts } from '../../../bot/render/cut-harder.ts';
import { expandCard, expandFirstThatFits } from '../../../bot/render/expand.ts';
import { requestView } from '../../../bot/render/request-view.ts';
import { textsOf } from '../../support/card-parts.ts';
import { aPerson, aRequest } from '../../support/requests.ts';

const portalUrl = 'https://security.microsoft.com/';

describe('a view that is cut harder', () => {
  const place = { conversation: 'a:1', thread: 'a:1', kind: 'personal' as const };
  const view = requestView(aRequest({ place, reason: '日'.repeat(990) }), { portalUrl });
  const [first, , last] = harderCuts;
  const [mild, hardest] = [first ?? assert.fail(), last ?? assert.fail()];

  it('keeps state, number and buttons, and shortens what people wrote', () => {
    const texts = textsOf(expandCard('request', template, cutHarder(view, mild)));

    assert.ok(texts.includes('Awaiting approval'));
    assert.ok(texts.some((text) => text.includes('#12')));
    assert.ok(texts.includes(`${'日'.repeat(199)}…`));
  });

  it('repeats no command whose reason is not whole', () => {
    assert.ok(textsOf(expandCard('request', template, view)).some((text) => text.includes('@Cordon')));
    for (const cut of harderCuts) {
      const texts = textsOf(expandCard('request', template, cutHarder(view, cut)));
      assert.ok(!texts.some((text) => text.includes('@Cordon')));
    }
  });

  it('fits even if every line held a thousand runs and everybody were to be refreshed', () => {
    const runs = Array.from({ length: 1_000 }, () => ({
      text: '"日'.repeat(500),
      weight: 'Bolder',
      subtle: false,
      size: 'Default',
    }));
    const swollen = {
      ...view,
      deviceSets: view.deviceSets.map(({ lines }) => ({ lines: lines.map(() => ({ runs })) })),
      reason: [{ runs }],
      rows: Array.from({ length: 10 }, () => ({ label: 'Approved by', lines: [{ runs }, { runs }] })),
      refreshUsers: Array.from({ length: 60 }, () => aPerson('x'.repeat(80)).teamsId),
    };

    const card = expandFirstThatFits('request', template, [swollen, cutHarder(swollen, hardest)]);

    assert.ok(textsOf(card).includes('Awaiting approval'));
  });
});
