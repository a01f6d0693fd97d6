import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import { signInByBrowser } from '../../sandbox/sign-in-by-browser.ts';
import { told } from './play.ts';
import { alex, incident, nightShift, priya, setStage } from './stage.ts';

describe('Questions that only their asker is answered', () => {
  const stage = setStage();

  async function cardAfter(person: Person, where: Conversation, typed: string): Promise<Message> {
    const { messages } = stage.sandbox.teams;
    const { message } = await stage.sandbox.teams.say(person, where, typed);
    return messages.until((all) =>
      all.find(
        ({ id, card, conversationId }) =>
          card !== undefined && conversationId === where.id && Number(id) > Number(message.id),
      ),
    );
  }

  for (const where of [incident, nightShift]) {
    it(`are a neutral card in ${where.name}, whose button answers the asker`, async () => {
      const card = await cardAfter(alex, where, '/whoami');
      const buttons = cardButtons(card.card ?? {});
      assert.deepEqual(
        buttons.map(({ verb, data }) => [verb, Object.keys(data)]),
        [['choose', ['requestId']]],
      );
      assert.doesNotMatch(cardTexts(card.card ?? {}).join('\n'), new RegExp(alex.objectId));

      const answer = await stage.sandbox.teams.press(alex, card, 'choose');

      assert.match(told(answer), new RegExp(`object id ${alex.objectId}`));
      assert.match(told(answer), /Machine\.Read, Machine\.RestrictExecution/);
    });
  }

  it('are refused to everybody else', async () => {
    const card = await cardAfter(alex, incident, '/signout');

    const answer = await stage.sandbox.teams.press(priya, card, 'choose');

    assert.match(told(answer), /only theirs.*send \/signout yourself/);
  });

  it('are answered at once in the personal chat', async () => {
    const card = await cardAfter(alex, addressBook.chat(alex), '/whoami');

    assert.match(cardTexts(card.card ?? {}).join('\n'), new RegExp(`Entra: ${alex.upn}`));
  });

  it('end the sign-in of the asker', async () => {
    const card = await cardAfter(alex, incident, '/signout');

    assert.match(told(await stage.sandbox.teams.press(alex, card, 'choose')), /You are signed out/);
    assert.match(told(await stage.sandbox.teams.press(alex, card, 'choose')), /You are signed out/);

    const asked = await stage.ask();
    const answer = await stage.press(alex, asked, 'approve');
    assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest');
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.press(priya, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });

  it('lead to a sign-in by the button when Entra takes the one of Teams no longer', async () => {
    const card = await cardAfter(alex, incident, '/whoami');
    stage.sandbox.faults.aim({
      target: 'entra.obo',
      about: alex.objectId,
      fault: { kind: 'aadsts', number: 50173, error: 'invalid_grant', times: 1 },
    });

    const answer = await stage.sandbox.teams.press(alex, card, 'choose');

    assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest');
    const code = await signInByBrowser(answer.login?.link ?? '', alex);
    assert.match(
      told(await stage.sandbox.teams.press(alex, card, 'choose', { code })),
      /Machine\.RestrictExecution/,
    );
  });

  it('are refused in another conversation', async () => {
    const card = await cardAfter(alex, incident, '/whoami');
    const [{ data } = assert.fail('no button')] = cardButtons(card.card ?? {});
    const { teams } = stage.sandbox;

    const elsewhere = await teams.invoke(alex, {
      conversationId: nightShift.id,
      messageId: card.id,
      verb: 'choose',
      data,
    });

    assert.match(told(elsewhere), /does not know this question here/);
    assert.doesNotMatch(told(elsewhere), new RegExp(alex.objectId));
  });

  it('survive a restart of the bot before the press', async () => {
    const card = await cardAfter(alex, incident, '/whoami');
    await stage.sandbox.bot.restart();

    assert.match(told(await stage.sandbox.teams.press(alex, card, 'choose')), /Who you are to Cordon/);
  });
});
