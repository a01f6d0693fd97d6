import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
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
  });

  it('survive a restart of the bot before the press', async () => {
    const card = await cardAfter(alex, incident, '/whoami');
    await stage.sandbox.bot.restart();

    assert.match(told(await stage.sandbox.teams.press(alex, card, 'choose')), /Who you are to Cordon/);
  });
});
