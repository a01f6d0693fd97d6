import assert from 'node:assert/strict';
import { renderDigest } from '../../../bot/render/digest-card.ts';
import type { Some } from '../../../src/store/digest.ts';
import { textsOf } from '../../support/card-parts.ts';
import { digest, inState } from '../../support/list-answers.ts';
import { assertSoundCard } from '../../support/official-parser.ts';

describe('/digest', () => {
  it('stays a message that Teams takes, with the longest names and as many rows as there can be', () => {
    const name = '測'.repeat(300);
    const given = (number: number) => ({ number, device: { name, value: 'High', risk: 'High' } });
    const five = (state: string): Some => ({
      requests: Array.from({ length: 5 }, (_, place) => {
        const request = inState(state, given(100_000 + place));
        return { ...request, requestor: { ...request.requestor, name } };
      }),
      total: 9_999,
    });
    const inForce = {
      requests: Array.from({ length: 5 }, (_, place) => inState('succeeded', given(200_000 + place))),
      total: 9_999,
    };
    const full = {
      ...digest,
      awaiting: five('awaiting-device-known'),
      attention: five('attention-unknown'),
      running: five('pending'),
      failed: five('failed'),
      elsewhere: five('drifted-restricted'),
      inForce,
    };

    const reply = renderDigest(full, [0, 180, 360, 540, 720, 900, 1_080, 1_260]);

    assert.ok(Buffer.byteLength(JSON.stringify(reply.card), 'utf8') < 28_000);
    assertSoundCard(reply.card);
    const shown = textsOf(reply.card).join('\n');
    assert.match(shown, /Awaiting approval \(9999\)[^]*#100001[^]*and 9997 more: \/pending/);
    assert.match(
      shown,
      /Restricted, and held by no request \(9999\)[^]*#100001[^]*since restricted again outside Cordon/,
    );
    assert.match(shown, /#200001[^]*and 9997 more: \/active/);
  });

  it('says when not all devices could be compared with Defender of late', () => {
    const shown = (comparedAt: string | undefined) =>
      textsOf(renderDigest({ ...digest, comparedAt }, undefined).card).join('\n');
    assert.doesNotMatch(shown(digest.now), /compared/);
    assert.match(
      shown('2026-11-23T03:10:00.000Z'),
      /Not all devices were compared with Defender since 03:10 UTC/,
    );
    assert.match(shown(undefined), /Not all devices were compared with Defender yet/);
  });
});
