import assert from 'node:assert/strict';
import * as texts from '../../../bot/texts/decisions.ts';
import type { CancelRefusal, Refusal } from '../../../src/containment/event.ts';
import type { VoidReason } from '../../../src/containment/state.ts';
import { requestStates } from '../../support/request-states.ts';
import { aRequest } from '../../support/requests.ts';

const refusals: readonly Refusal['code'][] = [
  'own-request',
  'own-request-deny',
  'nobody-here',
  'comment-missing',
  'expired',
  'already-decided',
  'already-checking',
  'already-approved-by-you',
  'not-requestor',
  'cancel-under-way',
  'nothing-to-cancel',
  'nothing-to-retry',
  'only-approver-retries',
  'nothing-to-close',
  'own-request-close',
  'own-request-recheck',
  'stale',
];

const reasons: readonly VoidReason[] = [
  { code: 'device-not-visible' },
  { code: 'device-unclear' },
  { code: 'device-unclear', steppedUp: true },
  { code: 'not-permitted' },
  { code: 'token-rejected' },
  { code: 'feature-disabled' },
  { code: 'operation-disallowed' },
  { code: 'missing-permission', permission: 'Machine.RestrictExecution' },
  { code: 'sign-in-gone' },
  { code: 'wrong-account' },
  { code: 'extra-sign-in-needed', aadsts: '50076' },
  { code: 'blocked-by-policy', aadsts: 'AADSTS53003' },
  { code: 'account-unusable', aadsts: '50057' },
  { code: 'consent-missing' },
  { code: 'defender-not-in-tenant' },
  { code: 'not-assigned' },
  { code: 'could-not-check' },
  { code: 'could-not-check', callsUsedUp: true },
  { code: 'defender-unreachable' },
  { code: 'denied-meanwhile', by: 'Sam Okafor' },
  { code: 'decided-meanwhile', by: 'Priya Nair' },
  { code: 'ended-meanwhile' },
];

const cancelRefusals: readonly CancelRefusal['code'][] = [
  'not-permitted',
  'already-final',
  'not-found',
  'sign-in-gone',
  'failed',
  'never-sent',
  'taken-over',
  'paused',
  'closed',
];

const request = aRequest();
const waitingForAlex = requestStates['attention-sign-in'] ?? request;
const withoutPage = { hasSignInPage: false };
const withPage = { hasSignInPage: true };
const voided = (why: VoidReason): string => texts.voidText(why, request, withoutPage);

describe('sentences for the one who pressed', () => {
  it('says of one device by two names of a list that it is not done twice', () => {
    const twice = voided({ code: 'already-requested', number: 12, byAnotherName: true });
    assert.match(twice, /among those of #12 by another name.*nothing is done twice/);
    assert.doesNotMatch(twice, /Decide that one instead/);
  });

  it('differ for every refusal', () => {
    const said = refusals.map((code) => texts.refusalText({ code }, request));
    assert.equal(new Set(said).size, refusals.length);
  });

  it('differ for every approval that did not hold', () => {
    assert.equal(new Set(reasons.map(voided)).size, reasons.length);
  });

  it('differ for every cancellation that did not work', () => {
    const said = cancelRefusals.map((code) => texts.cancelRefusalText({ code }, withoutPage));
    assert.equal(new Set(said).size, cancelRefusals.length);
  });

  it('name the permission together with the consent that is missing', () => {
    assert.match(
      voided({ code: 'missing-permission', permission: 'Machine.RestrictExecution' }),
      /consent is missing for Machine\.RestrictExecution\./,
    );
  });

  it('do not claim to know whether a device is missing or hidden', () => {
    assert.match(voided({ code: 'device-not-visible' }), /not found, or you have no access/);
  });

  it('point the requestor who wants to deny to /cancel', () => {
    assert.match(texts.refusalText({ code: 'own-request-deny' }, request), /\/cancel #12/);
  });

  it('name the approver who alone can retry, and what everybody else can do', () => {
    const said = texts.refusalText({ code: 'only-approver-retries' }, waitingForAlex);
    assert.match(
      said,
      /Only Alex Moreno can retry #12.*Nothing was changed.*Close with a remark.*new request/,
    );
  });

  it('ask for what is missing: a reason to deny, a remark to close', () => {
    assert.match(texts.refusalText({ code: 'comment-missing' }, request), /press Deny/);
    assert.match(texts.refusalText({ code: 'comment-missing' }, waitingForAlex), /press Close/);
  });

  it('send nobody back to a button that would only say no', () => {
    const said = texts.refusalText({ code: 'already-approved-by-you' }, waitingForAlex);
    assert.match(said, /needs attention now/);
    assert.doesNotMatch(said, /need not press/);
  });

  it('say who has closed it already', () => {
    const closed = requestStates['closed-os'] ?? request;
    assert.match(
      texts.refusalText({ code: 'nothing-to-close' }, closed),
      /^Sam Okafor has closed #12 already/,
    );
  });

  it('promise of a retry no more than a pause allows', () => {
    assert.match(texts.retriedText(request), /now hands the action to Defender/);
    const paused = { ...request, hold: { reason: 'drill', since: '2026-11-23T03:05:00.000Z' } };
    assert.match(texts.retriedText(paused), /^Recorded\. Submission to Defender is paused.*kept/);
  });

  it('give the number of Entra’s demand and the setting that would meet it', () => {
    const said = voided({ code: 'extra-sign-in-needed', aadsts: '50076' });
    assert.match(said, /AADSTS50076.*Nothing was sent.*PUBLIC_URL/);
  });

  it('do not ask for a setting that is made: they say how to sign in on the page that there is', () => {
    const why = { code: 'extra-sign-in-needed', aadsts: '50076' } as const;
    const cancel = { code: 'sign-in-gone', why } as const;
    const said = [
      texts.voidText(why, request, withPage),
      texts.noRightsText(why, 'Retry', withPage),
      texts.cancelRefusalText(cancel, withPage),
      texts.privateNoteText({ about: 'approval', why }, request, withPage),
      texts.privateNoteText({ about: 'cancellation', why: cancel }, request, withPage),
    ];

    for (const text of said) {
      assert.doesNotMatch(text, /PUBLIC_URL/);
      assert.match(text, /AADSTS50076.*Nothing was sent.* again.*page.*10 minutes/);
    }
    for (const text of [
      texts.cancelRefusalText(cancel, withoutPage),
      texts.noRightsText(why, 'Retry', withoutPage),
    ])
      assert.match(text, /PUBLIC_URL/);
  });

  it('repeat nothing from outside that is not a number or a name', () => {
    assert.doesNotMatch(voided({ code: 'blocked-by-policy', aadsts: '<b>1</b>' }), /<b>/);
    assert.doesNotMatch(voided({ code: 'missing-permission', permission: '[x](y)' }), /\[x\]/);
    assert.doesNotMatch(voided({ code: 'denied-meanwhile', by: '<at>Sam</at>' }), /<at>/);
  });

  it('begin as promised when the click is recorded', () => {
    assert.match(texts.recordedText(), /^Recorded\. Defender is checking your rights/);
  });

  it('say of a note which request it is about', () => {
    const gone = { about: 'approval', why: { code: 'sign-in-gone' } } as const;
    const failed = { about: 'cancellation', why: { code: 'failed' } } as const;
    const approval = texts.privateNoteText(gone, request, withoutPage);
    const cancel = texts.privateNoteText(failed, request, withoutPage);

    assert.match(approval, /#12/);
    assert.match(cancel, /#12/);
  });

  it('claim that nothing was recorded only where that is certain', () => {
    assert.match(texts.pressAgainText('identity'), /Nothing was recorded/);
    assert.doesNotMatch(texts.pressAgainText('slow'), /Nothing was recorded/);
    assert.doesNotMatch(texts.pressAgainText('storage'), /Nothing was recorded/);
  });
});
