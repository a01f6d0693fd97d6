import assert from 'node:assert/strict';
import { cardButtons } from '../../sandbox/card-reading.ts';
import { told } from './play.ts';
import { alex, riley, setStage } from './stage.ts';

describe('A device that was found after a card was drawn', () => {
  const stage = setStage({ signedIn: [alex] });

  it('is approved by nobody whose card shows only the beginning of its name', async () => {
    const asked = await stage.ask({ typed: 'srv-fil' });
    const old = stage.card(asked);
    stage.sandbox.tokenService.signIn(riley);
    await stage.sandbox.teams.refresh(riley, old);
    await stage.until(asked, /srv-files-01/);

    const button = cardButtons(old.card ?? {}).find(({ verb }) => verb === 'approve') ?? assert.fail();
    const { conversationId, id: messageId } = old;
    const press = { conversationId, messageId, verb: 'approve', data: { ...button.data } };
    const answer = await stage.sandbox.teams.invoke(alex, press);

    assert.match(told(answer), /the card you pressed on did not show it/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.deepEqual(stage.submissions(asked), []);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });
});
