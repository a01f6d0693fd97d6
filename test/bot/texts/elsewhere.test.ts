import assert from 'node:assert/strict';
import { elsewhereReply as replyTo } from '../../../bot/texts/elsewhere.ts';
import { howToGoOn } from '../../../bot/texts/how-to-go-on.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { wishVoidText } from '../../../bot/texts/decisions.ts';
import type { FoundChange, Origin, StandsNow } from '../../../src/containment/elsewhere.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { requestStates } from '../../support/request-states.ts';
import { alex, riley } from '../../support/requests.ts';
import { severalStates } from '../../support/several-states.ts';

const elsewhereReply = (
  request: ContainmentRequest,
  changes: readonly FoundChange[],
  stands: StandsNow = {},
) => replyTo(request, [{ request, changes, stands }]);
const state = (name: string) => requestStates[name] ?? assert.fail(name);
const reply = (name: string) => {
  const request = state(name);
  return elsewhereReply(request, request.elsewhere ?? []);
};

describe('words about what was changed outside Cordon', () => {
  it('say who did it when, to requestor and approver, and what that means', () => {
    const { text, mentions } = reply('drifted-lifted');
    assert.deepEqual(
      mentions.map(({ person }) => person),
      [riley, alex],
    );
    assert.equal(
      text,
      '<at>Riley Chen</at> <at>Alex Moreno</at> #12: Defender reports that the restriction of app execution on ws-finance-017.contoso.example was lifted outside Cordon by portal.operator@contoso.example at 05:01 UTC. It is not in force any more.',
    );
    assert.match(reply('drifted-lifted-by-nobody').text, /lifted outside Cordon at 05:01 UTC/);
  });

  it('say both when it was lifted and restricted anew, and that nothing of it ends by itself', () => {
    const { text } = reply('drifted-restricted');
    assert.match(
      text,
      /was lifted outside Cordon by portal.* was restricted again outside Cordon by priya\.nair@contoso\.example at 2026-11-24 05:21 UTC\. No request holds it: Cordon does not lift it by itself\. To lift it, use \/unrestrict\.$/,
    );
  });

  it('say of a lift that the device is restricted again', () => {
    assert.match(
      reply('drifted-lift').text,
      /#13: .* restricted again outside Cordon by .* use \/unrestrict\.$/,
    );
  });

  it('name the request that was to lift it, as long as it is open', () => {
    const request = state('boxed-drifted');
    const changes = request.elsewhere ?? [];
    const { text } = elsewhereReply(request, changes, { openLift: 13 });
    assert.match(text, /#13, which was to lift it, can be cancelled\.$/);
    assert.match(elsewhereReply(request, changes, {}).text, /It is not in force any more\.$/);
  });

  it('claim nothing of how it stands that something else has changed since', () => {
    const say = (name: string, later: 'restricted' | 'lifted') => {
      const request = state(name);
      return elsewhereReply(request, request.elsewhere ?? [], { later }).text;
    };
    for (const name of ['drifted-lifted', 'drifted-restricted'])
      assert.match(
        say(name, 'restricted'),
        /UTC\. #12 does not hold it any more; something else restricts the device now\.$/,
      );
    assert.match(say('drifted-lifted', 'lifted'), /It is not in force any more\.$/);
    for (const name of ['drifted-restricted', 'drifted-lift'])
      assert.match(say(name, 'lifted'), /UTC\. That was lifted since\.$/);
  });

  it('do not call outside what is ours, or may be', () => {
    const of = (name: string, origin: Origin) => {
      const request = state(name);
      const elsewhere = (request.elsewhere ?? []).map(({ by, ...change }) => ({
        ...change,
        ...(origin.kind === 'own' ? {} : { by }),
        origin,
      }));
      const changed = { ...request, elsewhere };
      return [elsewhereReply(changed, elsewhere).text, nextStep(changed), howToGoOn(changed)].join('\n');
    };
    const ours = of('drifted-lifted', { kind: 'own', number: 14 });
    assert.match(
      ours,
      /#12: Defender now lists the action of #14 as succeeded: the restriction .* was lifted at/,
    );
    assert.match(
      of('drifted-restricted', { kind: 'own' }),
      /lists an action of Cordon as succeeded: .* restricted again at/,
    );
    const unrecorded = of('drifted-lifted', { kind: 'unrecorded' });
    assert.match(
      unrecorded,
      /was lifted at 05:01 UTC by an action that bears Cordon’s mark but is in no record, made by portal\.operator@contoso\.example according to Defender\./,
    );
    const marked = of('drifted-lifted', { kind: 'marked', number: 14 });
    assert.match(
      marked,
      /was lifted at 05:01 UTC by an action that bears the mark of #14, made by portal\.operator@contoso\.example according to Defender\./,
    );
    assert.match(of('drifted-restricted', { kind: 'marked' }), /bears the mark of another request, made by/);
    for (const text of [ours, unrecorded, marked]) assert.doesNotMatch(text, /outside/);
  });

  it('say of a request that was given up that its action succeeded', () => {
    for (const name of ['timed-out', 'closed-unknown', 'denied']) {
      const origin = { kind: 'own', number: 12, itself: true } as const;
      const restricted = { actionId: 'a', became: 'restricted', at: '2026-11-23T05:01:30Z', origin } as const;
      const request = { ...state(name), elsewhere: [{ ...restricted, foundAt: '2026-11-23T05:08:00.000Z' }] };
      const said = (stands: StandsNow, given = request) =>
        elsewhereReply(given, request.elsewhere, stands).text;
      assert.match(
        said({}),
        /lists the action of this request as succeeded: app execution on \S+ was restricted at .* UTC\. It is in force\. To lift it, use \/unrestrict\.$/,
      );
      const box = { duration: { text: '4h', seconds: 14_400 } };
      assert.match(said({}, { ...request, box }), /It is in force\. No time box runs for it\. To lift it/);
      // What else restricts the device may be lifted or hold: neither is claimed.
      assert.match(said({ later: 'restricted' }), /UTC\. The device was restricted once more after that\.$/);
      assert.match(said({ later: 'lifted' }), /UTC\. That was lifted since\.$/);
      assert.match(nextStep(request), /^Defender now lists this action as succeeded: .* use \/unrestrict\.$/);
      assert.match(howToGoOn(request), /^\/unrestrict/);
      const released = { ...request, released: { by: alex, at: restricted.at, after: 'a' } };
      assert.match(nextStep(released), /succeeded after all, and later that the restriction was lifted\.$/);
      assert.match(howToGoOn(released), /^\/restrict/);
      const { foundAt } = request.elsewhere[0] ?? assert.fail();
      const lift = { actionId: 'b', became: 'lifted', at: '2026-11-23T05:02:30.1234567Z', foundAt } as const;
      const lifted = { ...request, elsewhere: [...request.elsewhere, lift] };
      assert.match(elsewhereReply(lifted, lifted.elsewhere).text, /It is not in force any more\.$/);
      assert.match(nextStep(lifted), /restricted, and later that the restriction was lifted\.$/);
      assert.match(howToGoOn(lifted), /^\/restrict/);
      const again = { ...lift, became: 'restricted', actionId: 'c' } as const;
      const restrictedAgain = { ...request, elsewhere: [...lifted.elsewhere, again] };
      assert.match(howToGoOn(restrictedAgain), /^\/unrestrict/);
    }
  });

  it('tell how often a device was changed, and call nobody any more when it flaps', () => {
    const request = state('drifted-lifted');
    const [change = assert.fail()] = request.elsewhere ?? [];
    assert.match(
      elsewhereReply(request, [{ ...change, skipped: 4 }]).text,
      /at 05:01 UTC, after 4 other changes\. It is/,
    );
    const restricted = { ...change, became: 'restricted' } as const;
    const mentions = (elsewhere: readonly FoundChange[]) =>
      elsewhereReply({ ...request, elsewhere }, elsewhere.slice(-1)).mentions.length;
    const flapping = [change, restricted, change, restricted];
    assert.equal(mentions(flapping), 0);
    const { text } = elsewhereReply({ ...request, elsewhere: flapping }, [restricted]);
    assert.match(text, /^#12: Defender reports/);
    // That it is contained no more is called out however often it was so, and changes of long ago are no flapping.
    assert.equal(mentions([restricted, change, restricted, change]), 2);
    const [, ...rest] = flapping;
    assert.equal(mentions([{ ...change, foundAt: '2026-11-23T04:08:00.000Z' }, ...rest]), 2);
  });

  it('say once of several devices what is the same of them, and of each what is not', () => {
    const shown = severalStates['several-drifted'] ?? assert.fail();
    const [first, second, third] = shown.members ?? [];
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const { elsewhere = [] } = second;
    const news = [first, second].map((request) => ({
      request: { ...request, elsewhere },
      changes: elsewhere,
      stands: {},
    }));
    const { text, mentions } = replyTo(shown, [
      ...news,
      { request: third, changes: third.elsewhere?.slice(-1) ?? [], stands: {} },
    ]);
    assert.deepEqual(
      mentions.map(({ person }) => person),
      [riley, alex],
    );
    assert.match(
      text,
      /#12: Defender reports that the restriction of app execution on ws-finance-017\S+, ws-reception-02\S+ was lifted outside Cordon by \S+ at 05:01 UTC\. It is not in force any more\. Defender reports that app execution on ws-design-044\S+ was restricted again/,
    );
  });

  it('call nobody by what Defender writes for a name', () => {
    const request = state('drifted-lifted');
    const changes = (request.elsewhere ?? []).map((change) => ({
      ...change,
      by: '<at>Sam</at> [here](https://evil.example) **all**',
    }));
    const { text } = elsewhereReply(request, changes);
    assert.equal(text.match(/<\/at>/g)?.length, 2);
    assert.doesNotMatch(text, /\]\(|\*\*|:\/\//);
  });

  it('stand on the card instead of what was true before, without any name', () => {
    const steps = ['drifted-lifted', 'drifted-restricted', 'drifted-lift', 'boxed-drifted'].map((name) =>
      nextStep(state(name)),
    );
    assert.match(steps[0] ?? '', /later that the restriction was lifted outside Cordon\.$/);
    assert.match(steps[1] ?? '', /restricted again, both outside Cordon\. To lift it, use \/unrestrict\.$/);
    assert.match(steps[2] ?? '', /restricted again outside Cordon\. To lift it/);
    assert.match(steps[3] ?? '', /lifted outside Cordon\.$/);
    for (const step of steps) assert.doesNotMatch(step, /contoso|in force/i);
  });

  it('tell how to go on, and why a press came to nothing', () => {
    assert.match(howToGoOn(state('drifted-lifted')), /^\/restrict .* asks anew/);
    for (const name of ['drifted-restricted', 'drifted-lift'])
      assert.match(howToGoOn(state(name)), /^\/unrestrict .* asks to lift it/);
    assert.match(
      wishVoidText({ code: 'lifted-elsewhere' }, 'extend', state('boxed-drifted'), { hasSignInPage: true }),
      /^Your Extend on #12 did not count: Defender reports that the restriction was lifted meanwhile.*Nothing was sent/,
    );
  });
});
