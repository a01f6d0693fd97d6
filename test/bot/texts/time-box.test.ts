import assert from 'node:assert/strict';
import { refusalText, voidText, wishVoidText } from '../../../bot/texts/decisions.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { outcomeReply } from '../../../bot/texts/outcomes.ts';
import { boxReply } from '../../../bot/texts/box-news.ts';
import { lengthText, wishCountedText } from '../../../bot/texts/time-box.ts';
import type { Refusal } from '../../../src/containment/event.ts';
import { requestStates } from '../../support/request-states.ts';
import { alex, riley } from '../../support/requests.ts';

const state = (name: string) => requestStates[name] ?? assert.fail(name);

describe('words about a time box', () => {
  it('say a duration as people read it', () => {
    assert.deepEqual(
      ['30m', '4h', '2d'].map((text) => lengthText({ text })),
      ['30 min', '4 h', '2 d'],
    );
  });

  it('say on the card what is true of it now, and what to do', () => {
    const said = Object.fromEntries(
      ['in-force', 'lift-asked', 'lift-awaits', 'lift-failed', 'release-failed', 'released'].map((name) => [
        name,
        nextStep(state(`boxed-${name}`)),
      ]),
    );
    assert.match(said['in-force'] ?? '', /In force until 07:15 UTC; Cordon lifts it then/);
    assert.match(said['lift-asked'] ?? '', /#13 asks to lift it/);
    assert.match(said['lift-awaits'] ?? '', /still in force: #13 needs an approval/);
    assert.match(said['lift-failed'] ?? '', /still in force\. #13.*“Timed out”.*Press Release/);
    assert.match(said['release-failed'] ?? '', /#13.*“Withdrawn”.*In force until 07:15 UTC/);
    assert.match(said['released'] ?? '', /later that the restriction was lifted/);
    assert.doesNotMatch(said['released'] ?? '', /in force/i);
  });

  it('ask requestor and whoever approved the end, and nobody when nothing is in force', () => {
    const ending = boxReply(state('boxed-in-force'), 'ending');
    assert.deepEqual(
      ending?.mentions.map(({ person }) => person),
      [riley, alex],
    );
    assert.match(
      ending.text,
      /#12: the restriction .* on ws-finance-017\.contoso\.example ends at 07:15 UTC/,
    );
    assert.match(
      boxReply(state('boxed-lift-awaits'), 'wanted')?.text ?? '',
      /#13 lifts it and needs an approval/,
    );
    assert.equal(boxReply(state('boxed-released'), 'ending'), undefined);
  });

  it('say before anybody approves the lift that it ends more than the one restriction', () => {
    assert.match(
      boxReply(state('boxed-lift-beware'), 'wanted')?.text ?? '',
      /Beware: the device is also restricted by jordan@contoso\\?\.example since 05:30 UTC; approving lifts that, too/,
    );
    assert.match(nextStep(state('boxed-followed')), /an approval of its lift is asked for then/);
    assert.match(outcomeReply(state('boxed-followed')).text, /an approval of its lift is asked for then/);
    assert.match(boxReply(state('boxed-followed'), 'ending')?.text ?? '', /because somebody else started it/);
  });

  it('ask what is to become of a restriction whose lift came to nothing', () => {
    assert.match(
      boxReply(state('boxed-lift-failed'), 'unlifted')?.text ?? '',
      /still restricted: #13, which was to lift it, is “Timed out”\. .* press Release or Extend/,
    );
  });

  it('name the button that a lift waits for', () => {
    const request = state('boxed-lift-awaits');
    const running = request.box?.running ?? assert.fail();
    const lift = { ...(running.lift ?? assert.fail()), label: 'Needs attention' as const };
    const stuck = { ...request, box: { ...(request.box ?? assert.fail()), running: { ...running, lift } } };
    assert.match(boxReply(stuck, 'wanted')?.text ?? '', /#13 lifts it and needs attention\. Its card says/);
    assert.match(nextStep(stuck), /#13 needs attention/);
  });

  it('tell the requestor alone that the end is not theirs to stop', () => {
    assert.match(
      refusalText({ code: 'not-requestor' }, state('boxed-lift')),
      /ends a time box, and only whoever approved that/,
    );
  });

  it('call those who decided here lately, where there are any', () => {
    const request = state('boxed-lift-awaits');
    const running = request.box?.running ?? assert.fail();
    const lift = { ...(running.lift ?? assert.fail()), called: { at: running.until, people: [alex] } };
    const called = { ...request, box: { ...(request.box ?? assert.fail()), running: { ...running, lift } } };
    assert.deepEqual(
      boxReply(called, 'called')?.mentions.map(({ person }) => person),
      [alex],
    );
    assert.deepEqual(
      boxReply(request, 'called')?.mentions.map(({ person }) => person),
      [riley, alex],
    );
  });

  it('tell the thread with the confirmation when it ends', () => {
    assert.match(
      outcomeReply(state('boxed-in-force')).text,
      /is restricted\. Its time box of 4 h ends at 07:15 UTC/,
    );
  });

  it('say privately what came of a press, in one line', () => {
    const setup = { hasSignInPage: true };
    const request = state('boxed-in-force');
    assert.match(
      wishVoidText({ code: 'not-permitted' }, 'release', request, setup),
      /^Your Release on #12 did not count: .*press Release/,
    );
    assert.match(wishVoidText({ code: 'sign-in-gone' }, 'extend', request, setup), /Press Extend again/);
    assert.match(
      wishVoidText({ code: 'lift-meanwhile', number: 13 }, 'extend', request, setup),
      /already, as #13/,
    );
    assert.match(
      voidText({ code: 'restricted-anew' }, state('boxed-lift'), setup),
      /something else restricts the device/,
    );
    assert.equal(wishCountedText(request, 'extend'), 'The restriction is in force until 07:15 UTC.');
    assert.match(wishCountedText(state('boxed-lift-asked'), 'release') ?? '', /#13 is to lift/);
  });

  it('refuse in one line that says that nothing was changed', () => {
    const codes: readonly Refusal['code'][] = [
      'own-request-release',
      'own-request-extend',
      'no-time-box',
      'lift-asked-for',
      'bad-duration',
      'not-longer',
    ];
    for (const code of codes) {
      const text = refusalText({ code }, state('boxed-lift-asked'));
      assert.match(text, /(Nothing was changed|changed nothing)/, code);
      assert.doesNotMatch(text, /\n/);
    }
  });
});
