import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxCardBytes } from '../../../bot/render/expand.ts';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import type { Person } from '../../../src/containment/person.ts';
import { type State, labelOf } from '../../../src/containment/state.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import { aMachineAction, aRequest, anApproval } from '../../support/requests.ts';

const portalUrl = 'https://security.microsoft.com/';
const at = '2026-11-23T03:12:00.000Z';

describe('text from outside on a card', () => {
  const literal = [
    '${requestId} ${$root.label} ${json("{}")}',
    '**bold** [here](https://evil.example) # head `code`',
    '<at>Alex Moreno</at> <b>html</b> &lt;',
    '{"type":"Action.OpenUrl","url":"https://evil.example"}',
    'Succeeded',
    '\uE0000\uE001 \uE0001\uE001',
    'back`tick and ${a`b}',
    'नमस्ते 🧑‍🚀 é 日本',
  ];
  for (const reason of literal) {
    it(`shows ${JSON.stringify(reason)} as it is`, () => {
      assert.ok(textsOf(renderRequestCard(aRequest({ reason }), { portalUrl })).includes(reason));
    });
  }

  it('breaks date macros between two runs, so that both braces are seen', () => {
    const reason = 'due {{DATE(2026-11-23T03:12:00Z, SHORT)}} {{{TIME(2026-11-23T03:12:00Z)}}';

    const card = renderRequestCard(aRequest({ reason }), { portalUrl });

    assert.ok(textsOf(card).includes(reason));
    assert.doesNotMatch(JSON.stringify(card), /\{\{\s*(DATE|TIME)/i);
  });

  it('loses what would lie to the eye', () => {
    const reason = 'a\u202Egpj.exe\u2066 b\u200B\uFEFF c\u0000d\r\n\r\ne\u2028f';

    const texts = textsOf(renderRequestCard(aRequest({ reason }), { portalUrl }));

    assert.ok(texts.includes('agpj.exe b c d ↵ e ↵ f'));
  });

  it('shortens a long reason to 1,000 characters, says so, and splits no character', () => {
    const reason = '🦊'.repeat(2500);

    const texts = textsOf(renderRequestCard(aRequest({ reason }), { portalUrl }));

    const shown = texts.find((text) => text.startsWith('🦊')) ?? '';
    assert.ok(shown.length <= 1000 && shown.endsWith('🦊…') && shown.isWellFormed());
    assert.ok(texts.includes('(shortened; the record has all of it)'));
  });

  it('stays a sound card of bearable size whatever the text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 1600 });
    const runs = fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), fc.nat(2000));
    const long = runs.map(([unit, times]) => unit.repeat(times));
    const heavy = fc
      .array(
        fc.constantFrom('{', '{{DATE(', '{{ time', '🧑‍🚀', '🦊', '日', '\u0000', '\u202E', '"', '\\', '\n'),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((units) => units.join('').repeat(5_000).slice(0, 5_000));
    const any = fc.oneof(
      text,
      long,
      heavy,
      fc.constantFrom('${x}', '', '\uD800', '{{DATE(', '"\\'.repeat(900)),
    );
    const fields = fc.record({ a: any, b: any, c: any, d: any, e: any });

    fc.assert(
      fc.property(fields, fc.nat(4), fc.nat(80), ({ a, b, c, d, e }, which, clicks) => {
        const person = (teamsId: string, name: string): Person => ({
          objectId: a,
          tenantId: b,
          teamsId,
          name,
        });
        const states: State[] = [
          {
            status: 'awaiting',
            voided: { by: person(a, b), at: c, why: { code: 'denied-meanwhile', by: d } },
            clicks: Array.from({ length: clicks }, (_none, index) => ({
              id: d,
              by: person(`29:${index}${'x'.repeat(110)}`, d),
              at: e,
            })),
          },
          { status: 'denied', by: person(a, b), at, comment: c },
          {
            status: 'running',
            approval: anApproval({ by: person(a, b), comment: c }),
            machineAction: aMachineAction({ id: d, ours: false, requestor: e, createdAt: a }),
            submittedAt: at,
            confirmedAt: at,
            unconfirmed: true,
            cancel: { by: person(c, d), at, comment: e, stage: 'requested' },
          },
          {
            status: 'attention',
            reason: { code: 'refused-by-defender', detail: a },
            at,
            approval: anApproval({ by: person(b, c), comment: d }),
            closed: { by: person(d, e), at, comment: e },
          },
          {
            status: 'attention',
            reason: { code: 'sign-in-needed' },
            at,
            approval: anApproval({ by: person(a, d), comment: c }),
          },
        ];
        const state = states[which] ?? aRequest().state;
        const device = {
          name: a,
          osPlatform: b,
          osVersion: c,
          health: d,
          onboarding: e,
          risk: a,
          exposure: b,
          value: c,
          group: d,
          lastSeen: e,
        };
        // In a personal chat the reason stands on the card twice.
        const kind = clicks % 2 === 0 ? 'personal' : 'channel';
        const place = { conversation: '19:a', thread: '19:a', kind } as const;
        const hold = { reason: b, since: at };
        const request = aRequest({ reason: e, requestor: person(c, d), device, state, place, hold });

        const card = renderRequestCard(request, { portalUrl, note: a });

        assert.ok(Buffer.byteLength(JSON.stringify(card), 'utf8') < maxCardBytes);
        assert.ok(ofType(card, 'TextBlock').some((block) => block['text'] === labelOf(state)));
        assert.ok(ofType(card, 'Input.Text').length <= 1);
        assert.ok(JSON.stringify(card).isWellFormed());
        const urls = ofType(card, 'Action.OpenUrl').map((link) => String(link['url']));
        assert.ok(urls.every((url) => url.startsWith('https://security.microsoft.com/')));
        // Untrusted text must not add an element: every block of Markdown is one of ours.
        assert.ok(ofType(card, 'TextBlock').every((block) => !String(block['text']).includes('${')));
      }),
      { numRuns: 150 },
    );
  });
});
