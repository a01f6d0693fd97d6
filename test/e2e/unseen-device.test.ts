import assert from 'node:assert/strict';
import { namedDevice } from '../support/many-devices.ts';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import { told } from './play.ts';
import { alex, riley, setStage } from './stage.ts';

describe('A device that was found after a card was drawn', () => {
  const near = namedDevice('kassel-01.contoso.example');
  const twins = [near, namedDevice('kassel-01.fabrikam.example', { group: 'Mac and Linux' })];
  const stage = setStage({ moreDevices: twins, signedIn: [alex] });

  /** As with a card that has not been drawn anew yet. */
  function pressOnOld(old: Message): Promise<InvokeAnswer> {
    const button = cardButtons(old.card ?? {}).find(({ verb }) => verb === 'approve') ?? assert.fail();
    const { conversationId, id: messageId } = old;
    const press = { conversationId, messageId, verb: 'approve', data: { ...button.data } };
    return stage.sandbox.teams.invoke(alex, press);
  }

  it('is approved by nobody whose card shows only the beginning of its name', async () => {
    const asked = await stage.ask({ typed: 'srv-fil' });
    const old = stage.card(asked);
    stage.sandbox.tokenService.signIn(riley);
    await stage.sandbox.teams.refresh(riley, old);
    await stage.until(asked, /srv-files-01/);

    const answer = await pressOnOld(old);

    assert.match(told(answer), /the card you pressed on did not show it/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.deepEqual(stage.submissions(asked), []);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });

  it('is not approved for whom the name may mean another, as long as their card shows no more than the name', async () => {
    stage.sandbox.tokenService.signOut(riley);
    const asked = await stage.ask({ typed: 'kassel-01', device: near });
    const old = stage.card(asked);
    stage.sandbox.tokenService.signIn(riley);
    await stage.sandbox.teams.refresh(riley, old);
    await stage.until(asked, /kassel-01\.contoso/);

    const answer = await pressOnOld(old);

    assert.match(told(answer), /it is not the one that you saw/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.deepEqual(stage.submissions(asked), []);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(
      stage.submissions(asked).map(({ deviceId }) => deviceId),
      [near.id],
    );
  });

  it('is not approved by words that were typed before, which have to be sent again', async () => {
    const { teams, tokenService } = stage.sandbox;
    tokenService.signOut(riley);
    const asked = await stage.ask({ typed: 'ws-rec' });
    const { conversation, threadId } = asked;
    const typeApprove = async (): Promise<Message> => {
      const { message } = await teams.say(alex, conversation, `/approve ${asked.number}`, { threadId });
      return teams.messages.until((all) =>
        all.find(
          ({ id, card }) =>
            Number(id) > Number(message.id) && cardTexts(card ?? {})[0] === `Approve ${asked.number}?`,
        ),
      );
    };
    const question = await typeApprove();
    tokenService.signIn(riley);
    await teams.refresh(riley, stage.card(asked));
    await stage.until(asked, /ws-reception-02/);

    const answer = await teams.press(alex, question, 'choose');

    assert.match(told(answer), /The device is known now: .* send \/approve #\d+ again\./);
    assert.deepEqual(stage.submissions(asked), []);
    await teams.press(alex, await typeApprove(), 'choose');
    await stage.until(asked, 'Succeeded');
  });
});
