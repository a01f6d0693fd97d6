import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardTexts, untouchedInputs } from '../../sandbox/card-reading.ts';
import { asObject } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import type { Person } from '../../sandbox/world.ts';
import { namedDevice } from '../support/many-devices.ts';
import { type Asked, told } from './play.ts';
import { alex, incident, jordan, nightShift, riley, sam, setStage } from './stage.ts';

const finance = addressBook.device('ws-finance-017');
const twins = [namedDevice('kassel-01.contoso.example'), namedDevice('kassel-01.fabrikam.example')];
const [chosen] = twins;

/** Whose requestor is not signed in, so that it stands by the name that was typed. */
describe('A request by the name of its device', () => {
  const stage = setStage({ moreDevices: twins });
  const says = (typed: string, where = incident) => stage.answerTo(riley, where, typed);

  async function buttonFor(person: Person, asked: Asked, comment: string): Promise<Message> {
    const { teams } = stage.sandbox;
    const options = { threadId: asked.threadId };
    const { message } = await teams.say(
      person,
      asked.conversation,
      `/approve ${asked.number} ${comment}`,
      options,
    );
    return teams.messages.until((all) =>
      all.find(
        ({ card, id }) =>
          Number(id) > Number(message.id) && cardTexts(card ?? {})[0] === `Approve ${asked.number}?`,
      ),
    );
  }

  /** Presses the button of what stands in the place of the neutral card. */
  function choose(person: Person, { conversationId, id }: Message, answer: InvokeAnswer, devices: string) {
    const card = asObject(answer.value) ?? {};
    const [button] = cardButtons(card);
    const data = { ...button?.data, ...untouchedInputs(card), devices };
    return stage.sandbox.teams.invoke(person, {
      conversationId,
      messageId: id,
      verb: button?.verb ?? '',
      data,
    });
  }

  it('is on every list here before and after its device is found, and on none elsewhere', async () => {
    const asked = await stage.ask({ typed: 'ws-finance-017' });
    const row = new RegExp(`^${asked.number} Restrict · `, 'm');

    const unfound = await says('/status WS-Finance-017');
    assert.match(unfound, /^Device\nNot looked up yet {2}at /);
    assert.match(unfound, new RegExp(`Under way \\(1\\)\n${asked.number} Restrict · Awaiting approval\n`));
    assert.match(await says(`/history ${finance.name}`), row);
    assert.match(
      await says('/pending'),
      new RegExp(`^${asked.number} Restrict · ws-finance-017 \\(as typed`, 'm'),
    );
    assert.match(await says(`/status ${asked.number}`), /ws-finance-017\nas typed/);
    assert.match(await says('/history ws-finance-017', nightShift), /^Nothing was asked for this device/);
    assert.match(await says('/report 1h'), /Awaiting approval/);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');

    for (const typed of ['ws-finance-017', finance.name, finance.id]) {
      const found = await says(`/status ${typed}`);
      assert.match(found, /^Device\nRestriction in force/, typed);
      assert.match(found, new RegExp(`${finance.name}\n${finance.id}\n`), typed);
      assert.match(await says(`/history ${typed}`), row, typed);
    }
    assert.match(await says('/active'), new RegExp(`^${asked.number} · ${finance.name}$`, 'm'));
    assert.match(await says(`/status ${asked.number}`), new RegExp(`/unrestrict ${finance.id} <reason>`));
  });

  it('is approved in words, and by nothing but one press', async () => {
    const asked = await stage.ask({ typed: 'ws-finance-017' });
    const card = await buttonFor(alex, asked, 'Agreed');
    assert.match(cardTexts(card.card ?? {}).join('\n'), /“ws-finance-017”, a name that nobody has looked up/);

    const answer = await stage.sandbox.teams.press(alex, card, 'choose');

    assert.match(told(answer), /Approved/);
    await stage.until(asked, 'Succeeded');
    assert.match(stage.text(asked), /“Agreed”/);
    assert.equal(stage.submissions(asked)[0]?.deviceId, finance.id);
  });

  it('asks who approves in words which of several devices it is, in the place of their button', async () => {
    const asked = await stage.ask({ typed: 'kassel-01' });
    const card = await buttonFor(alex, asked, 'The one in use');

    const list = await stage.sandbox.teams.press(alex, card, 'choose');
    assert.match(told(list), new RegExp(`Nothing is approved yet: which device is ${asked.number} about`));
    assert.deepEqual(
      cardButtons(asObject(list.value) ?? {}).map(({ verb }) => verb),
      ['choose'],
    );
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.doesNotMatch(stage.text(asked), /did not hold/);
    for (const person of [sam, riley])
      assert.match(told(await choose(person, card, list, chosen?.id ?? '')), /approves for nobody but them/);

    const answer = await choose(alex, card, list, chosen?.id ?? '');

    assert.match(told(answer), new RegExp(`Your /approve ${asked.number}\n.*Approved`));
    assert.deepEqual(cardButtons(asObject(answer.value) ?? {}), []);
    await stage.until(asked, 'Succeeded');
    assert.match(stage.text(asked), /“The one in use”/);
    assert.deepEqual(
      stage.submissions(asked).map(({ deviceId }) => deviceId),
      [chosen?.id],
    );
  });

  it('is denied and withdrawn in words without being looked up', async () => {
    const one = await stage.ask({ typed: 'nowhere-1' });
    const two = await stage.ask({ typed: 'nowhere-2' });

    await stage.sandbox.teams.say(jordan, incident, `/deny ${one.number} A drill`);
    await stage.sandbox.teams.say(riley, incident, `/cancel ${two.number} Mistyped`);

    await stage.until(one, 'Denied');
    await stage.until(two, 'Withdrawn');
    const shown = await says('/history nowhere-1');
    assert.match(shown, /nowhere-1 \(as typed, not looked up\) · .* · denied by Jordan/);
    assert.match(await says(`/status ${one.number}`), /\/restrict nowhere-1 <reason> asks anew/);
  });
});
