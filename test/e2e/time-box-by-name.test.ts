import assert from 'node:assert/strict';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import { setBoxStage } from './box-stage.ts';
import { requestIdOf, told } from './play.ts';
import { alex, incident, priya, riley } from './stage.ts';

const hour = 3_600;

describe('A restriction for a time of a device that is meant by name', function () {
  this.timeout(120_000);
  const stage = setBoxStage();
  const says = (typed: string) => stage.answerTo(riley, incident, typed);
  const nameOf = ({ name }: { readonly name: string }) => name.split('.')[0] ?? '';

  it('is on the lists with its time, is approved in words and lifted at its end', async () => {
    stage.sandbox.tokenService.signOut(riley);
    const device = stage.newDevice();
    const asked = await stage.ask({ device, typed: nameOf(device), reason: 'for 4h Beacon seen' });
    assert.match(stage.text(asked), new RegExp(`${nameOf(device)}\\nas typed`));
    assert.match(stage.text(asked), /Time box\n4 h.*\nApproving also approves its end/);
    assert.match(await says('/pending'), /asked by Riley Chen · for 4 h · /);

    const { teams } = stage.sandbox;
    const options = { threadId: asked.threadId };
    const { message } = await teams.say(alex, incident, `/approve ${asked.number}`, options);
    const button = await teams.messages.until((all) =>
      all.find(({ card, id }) => Number(id) > Number(message.id) && cardButtons(card ?? {}).length === 1),
    );
    assert.match(cardTexts(button.card ?? {}).join('\n'), /For 4 h\. Approving also approves its end/);
    assert.match(told(await teams.press(alex, button, 'choose')), /Approved/);
    await stage.until(asked, /In force until .* UTC/);

    const row = new RegExp(`^${asked.number} · ${device.name}\\n3 h 59 min left, until .* UTC · since`, 'm');
    assert.match(await says('/active'), row);
    assert.match(await says(`/status ${nameOf(device)}`), /#\d+ restricts it\n3 h 59 min left, until/);
    assert.match(await says(`/status ${asked.number}`), /On its card Release lifts it now/);

    await stage.pass(4 * hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    await stage.until(asked, /Released by Alex Moreno/);
    assert.equal(stage.submissions(lift)[0]?.deviceId, device.id);
    const shown = await says(`/history ${nameOf(device)}`);
    assert.match(shown, new RegExp(`^${lift.number} Lift · Succeeded$`, 'm'));
    assert.match(shown, new RegExp(`^${asked.number} Restrict · Succeeded$`, 'm'));
    assert.match(await says(`/status ${nameOf(device)}`), /^Device\nRestriction lifted/);
  });

  it('keeps its time when the asker has to choose the device', async () => {
    const { teams } = stage.sandbox;
    const chat = await teams.say(riley, incident, '/restrict ws-box for 2h Beacon seen');
    const question = await teams.messages.until((all) =>
      all.find(({ card, id }) => Number(id) > Number(chat.message.id) && card !== undefined),
    );
    const device = stage.newDevice();
    const data = { ...cardButtons(question.card ?? {})[0]?.data, devices: device.id };
    const { conversationId, id: messageId } = question;

    const answer = await teams.invoke(riley, { conversationId, messageId, verb: 'choose', data });

    const [, number = ''] = /Asked for as (#\d+)/.exec(told(answer)) ?? [];
    assert.match(await says(`/status ${number}`), /Time box\n2 h/);
    const card = await teams.messages.until((all) =>
      all.find((one) => cardTexts(one.card ?? {}).some((text) => text.endsWith(` · ${number}`))),
    );
    const { id, threadId } = card;
    const where = { by: riley, conversation: incident, threadId, messageId: id };
    const asked = { ...where, device, requestId: requestIdOf(card) ?? '', number };
    // The name that was typed fits the devices of all these tests; what is restricted is this one.
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /In force until .* UTC/);
    assert.match(told(await stage.press(priya, asked, 'extend')), /Extended by Priya Nair/);
    await stage.press(priya, asked, 'release');
    await stage.until(await stage.liftOf(asked), 'Succeeded');
    await stage.until(asked, /Released by Priya Nair/);
  });
});
