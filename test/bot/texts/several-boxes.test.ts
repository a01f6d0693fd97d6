import assert from 'node:assert/strict';
import { boxReply } from '../../../bot/texts/box-news.ts';
import { wishVoidText } from '../../../bot/texts/decisions.ts';
import { howToGoOn } from '../../../bot/texts/how-to-go-on.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { outcomeReply } from '../../../bot/texts/outcomes.ts';
import { membersOf } from '../../../src/containment/batch.ts';
import type { BoxNews } from '../../../src/containment/event.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { severalBoxedStates } from '../../support/several-boxed-states.ts';
import { alex, riley } from '../../support/requests.ts';

const state = (name: string): ContainmentRequest => severalBoxedStates[name] ?? assert.fail(name);
const told = (name: string, news: BoxNews) => boxReply(state(name), news, membersOf(state(name)));

describe('words about the time boxes of several devices', () => {
  it('name in one word all that end together, and call everybody once', () => {
    const ending = told('several-boxed-in-force', 'ending');
    assert.match(
      ending?.text ?? '',
      /#12: the restriction of app execution on ws-finance-017\.\S+, ws-reception-02\.\S+, ws-design-044\.\S+ ends at 07:20 UTC\. Extend or release it on the card; otherwise Cordon lifts it then\.$/,
    );
    assert.deepEqual(
      ending?.mentions.map(({ person }) => person),
      [riley, alex],
    );
  });

  it('tell apart what is not lifted by itself, and leave out what is not in force', () => {
    const { text } = told('several-boxed-followed', 'ending') ?? assert.fail();
    assert.match(
      text,
      /Besides, the restriction .* on ws-design-044\S* ends .*because somebody else started it/,
    );
    const some = told('several-boxed-some', 'ending')?.text ?? '';
    assert.doesNotMatch(some, /ws-finance-017|srv-files-01/);
    assert.equal(told('several-boxed-released', 'ending'), undefined);
  });

  it('say which request waits for people, or came to nothing', () => {
    assert.match(
      told('several-boxed-lift-awaits', 'wanted')?.text ?? '',
      /on ws-finance-017\S*, ws-reception-02\S* is still restricted\. #13 lifts it and needs an approval/,
    );
    assert.match(
      told('several-boxed-lift-failed', 'unlifted')?.text ?? '',
      /still restricted: #13, which was to lift it, is “Timed out”\. .* press Release or Extend/,
    );
  });

  it('say in the thread of each device what its lift ends besides', () => {
    const request = state('several-boxed-lift-awaits');
    const beware = membersOf(request).map((member) => {
      const { box } = member;
      const running = box?.running ?? assert.fail();
      const lift = running.lift ?? assert.fail();
      const others = [{ key: 'x', by: 'jordan@contoso.example', since: '2026-11-23T05:30:00.000Z' }];
      const alsoRestricted = { at: '2026-11-23T07:20:10.000Z', others };
      const next = { ...running, lift: { ...lift, alsoRestricted } };
      return { ...member, box: { duration: running.duration, running: next } };
    });
    assert.match(
      boxReply(request, 'wanted', beware)?.text ?? '',
      /Beware: ws-finance-017\S* is also restricted by .* since 05:30 UTC, ws-reception-02\S* is also restricted .*; approving lifts that, too\./,
    );
  });

  it('name no more devices than are worth reading', () => {
    const { text } = told('several-boxed-fifty', 'ending') ?? assert.fail();
    assert.match(text, / and 40 more ends at 07:20 UTC/);
  });

  it('say on the card what is true of how many, what waits for people first', () => {
    assert.match(
      nextStep(state('several-boxed-in-force')),
      /^Defender reports for each device that app execution is restricted\. In force until 07:20 UTC; Cordon lifts it then\.$/,
    );
    assert.match(
      nextStep(state('several-boxed-some')),
      /1 device is restricted until 07:20 UTC; Cordon lifts it then\. 1 device is restricted until 11:00 UTC/,
    );
    assert.match(
      nextStep(state('several-boxed-lift-asked')),
      /#13 asks to lift the restriction of 2 devices.*1 device is restricted until 11:00 UTC/,
    );
    assert.match(
      nextStep(state('several-boxed-lift-awaits')),
      /The time of 2 devices is over, and app execution is still restricted there: #13 needs an approval/,
    );
    assert.match(
      nextStep(state('several-boxed-lift-failed')),
      /for 1 device that was lifted since\. The time of 2 devices is over.*“Timed out”\. Press Release to lift it, or Extend/,
    );
    assert.match(nextStep(state('several-boxed-released')), /later that the restriction was lifted\.$/);
    assert.match(
      nextStep(state('several-boxed-followed')),
      /1 device is restricted .*an approval of its lift/,
    );
    for (const name of Object.keys(severalBoxedStates).filter((one) => one.startsWith('several-boxed')))
      assert.doesNotMatch(nextStep(state(name)), /use \/unrestrict/, name);
  });

  it('tell the thread with the confirmation when they end', () => {
    assert.match(
      outcomeReply(state('several-boxed-in-force')).text,
      /Restricted: ws-finance.*\. The time box of 4 h ends at 07:20 UTC; Cordon lifts it then\.$/,
    );
  });

  it('say which button brings them on', () => {
    assert.match(howToGoOn(state('several-boxed-in-force')), /Release lifts the restrictions now/);
    assert.doesNotMatch(howToGoOn(state('several-boxed-released')), /Release/);
  });

  it('say privately for which device a press did not count, or for some of them where the reason is one', () => {
    const setup = { hasSignInPage: true };
    const [member = assert.fail()] = membersOf(state('several-boxed-in-force'));
    assert.match(
      wishVoidText({ code: 'device-not-visible' }, 'release', member, setup),
      /^Your Release on #12 did not count for ws-finance-017\.contoso\.example: /,
    );
    assert.match(
      wishVoidText({ code: 'not-permitted' }, 'extend', member, setup),
      /^Your Extend on #12 did not count for some of its devices, as their rows say: /,
    );
  });
});
