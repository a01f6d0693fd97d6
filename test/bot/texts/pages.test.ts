import assert from 'node:assert/strict';
import * as pages from '../../../bot/texts/pages.ts';
import type { Continued } from '../../../src/jobs/continue-click.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest } from '../../support/requests.ts';

const inState = (name: string) => requestStates[name] ?? assert.fail(name);
const said = (verb: 'approve' | 'retry', continued: Continued): string => {
  const { title, lines } = pages.pageOf(verb, continued);
  return [title, ...lines].join('\n');
};
const counts = (name: string): Continued => ({
  kind: 'counts',
  request: inState(name),
  onwards: Promise.resolve(),
});

describe('the page after a sign-in on Cordon’s own page', () => {
  for (const verb of ['approve', 'retry'] as const) {
    it(`says what happens now with what counts (${verb})`, () => {
      assert.match(said(verb, counts('approved')), /counts\nCordon now hands the action to Defender/);
      assert.match(said(verb, counts('submitting')), /counts\nCordon now hands the action to Defender/);
      assert.match(said(verb, counts('pending')), /counts\nDefender has the action already/);
    });
  }

  it('claims of a pause no more than is known of its end', () => {
    const page = said('approve', counts('approved-held'));

    assert.match(page, /paused, so nothing is sent yet.*asks you for this sign-in once more/s);
    assert.match(page, /unless (it|the pause) ends within a minute/);
  });

  it('says of an approval that came to a stop or its end where it stands', () => {
    const refused = (name: string): Continued => ({
      kind: 'refused',
      request: inState(name),
      refusal: { code: 'already-approved-by-you' },
    });

    assert.match(said('approve', refused('attention-os')), /approved #12 already, and it needs attention/);
    assert.match(said('approve', refused('succeeded')), /approved #12 already, its status is “Succeeded”/);
    // The click did count, by another link.
    assert.doesNotMatch(said('approve', refused('succeeded')), /Your click changed nothing/);
  });

  it('claims of a second link no more than that nothing waits for it: the first may have used the click', () => {
    const gone = said('approve', { kind: 'gone', request: inState('awaiting-voided') });

    assert.match(
      gone,
      /given up, or another sign-in used it.*This sign-in sent nothing\. #12 awaits approval/s,
    );
    assert.doesNotMatch(gone, /nothing was sent for it/);
  });

  it('claims of a sign-in that came to nothing only that this one sent nothing: another link may have', () => {
    const codes = ['extra-sign-in-needed', 'blocked-by-policy', 'not-assigned', 'sign-in-gone'] as const;
    const texts = [
      pages.signInCancelled,
      pages.wrongAccount,
      pages.tryAgain,
      ...codes.map((code) => pages.signInRefused({ code }, 'Approve')),
      pages.pageOf('approve', { kind: 'no-answer', request: undefined }),
    ].map(({ lines }) => lines.join('\n'));

    for (const text of texts) {
      assert.match(text, /This sign-in sent nothing\./);
      assert.doesNotMatch(text, /nothing was (sent|changed)/i);
    }
    assert.doesNotMatch(pages.entraAway.lines.join('\n'), /nothing was sent/i);
  });

  it('asks nobody for the setting that the page itself stands for', () => {
    const why = { code: 'extra-sign-in-needed' } as const;
    const request = aRequest();
    const gone = { code: 'sign-in-gone', why } as const;
    const texts = [
      said('approve', { kind: 'void', request, why }),
      said('retry', { kind: 'looked', request, outcome: { kind: 'no-token', why } }),
      said('retry', { kind: 'not-cancelled', request, why: gone }),
    ];

    for (const text of texts) assert.doesNotMatch(text, /PUBLIC_URL/);
  });

  it('says of what is not counted that it changed nothing', () => {
    const refused = { kind: 'refused', request: aRequest(), refusal: { code: 'expired' } } as const;
    assert.match(said('approve', refused), /changed nothing/);
  });
});
