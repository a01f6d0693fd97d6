import assert from 'node:assert/strict';
import { cardActivity, messageActivity } from '../../sandbox/activities.ts';
import { cardLabel } from '../../sandbox/card-reading.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import { addressBook } from '../../sandbox/address-book.ts';
import { told } from './play.ts';
import { alex, incident, nightShift, priya, riley, setStage } from './stage.ts';

describe('Things that happen at once or again', () => {
  const stage = setStage();

  /** Delivers one typed message several times at once, as Teams does when an answer is lost. */
  async function sayRepeatedly(person: Person, conversation: Conversation, text: string, times = 4) {
    const { teams } = stage.sandbox;
    const message = teams.messages.add({
      conversationId: conversation.id,
      from: { id: person.teamsId, name: person.name, isBot: false },
      text,
    });
    const activity = messageActivity(teams.origin(person, conversation, message.threadId), message, true);
    const all = await Promise.all(Array.from({ length: times }, () => teams.deliver(activity)));
    assert.ok(all.every(({ status }) => status === 200));
    return { message, again: () => teams.deliver(activity) };
  }

  const botMessages = (threadId: string) =>
    stage.sandbox.teams.messages
      .list(incident.id)
      .filter((each) => each.threadId === threadId && each.from.isBot);

  it('four deliveries of one command make one request', async () => {
    const device = addressBook.device('ws-design-044');
    const { message, again } = await sayRepeatedly(riley, incident, `/restrict ${device.id} Once only`);
    const isCard = (each: { threadId: string; card?: object }) =>
      each.threadId === message.threadId && each.card !== undefined;
    await stage.sandbox.teams.messages.until((all) => all.find(isCard));
    await again();
    // A later command in the same thread is answered after whatever the repeated delivery would have caused.
    await stage.answerTo(riley, nightShift, '/nonsense');
    assert.equal(botMessages(message.threadId).length, 1);
    const [card] = botMessages(message.threadId);
    assert.ok(card);
    await stage.sandbox.teams.press(riley, card, 'cancel', { comment: 'tidy' });
    await stage.sandbox.teams.messages.until((all) =>
      all.find((each) => each.id === card.id && cardLabel(each.card ?? {}) === 'Withdrawn'),
    );
  });

  it('four deliveries of /help make one answer', async () => {
    const { message } = await sayRepeatedly(riley, incident, '/help');
    await stage.answerTo(riley, nightShift, '/nonsense');
    assert.equal(botMessages(message.threadId).length, 1);
  });

  it('four deliveries of /cancel withdraw once and say nothing more', async () => {
    const asked = await stage.ask();
    const { message } = await sayRepeatedly(riley, incident, `/cancel ${asked.number} Typed in haste`);
    await stage.until(asked, 'Withdrawn');
    await stage.answerTo(riley, nightShift, '/nonsense');
    assert.equal(botMessages(message.threadId).length, 0);
  });

  it('a second request for the same device here is refused with the number of the first', async () => {
    const asked = await stage.ask();
    const answer = await stage.answerTo(priya, incident, `/restrict ${asked.device.id} Me too`);
    assert.match(answer, new RegExp(`${asked.number} in this conversation already asks`));
    const elsewhere = await stage.ask({ where: nightShift, by: priya });
    assert.match(stage.text(elsewhere), new RegExp(`Also requested in ${asked.number}`));
  });

  it('two clicks of one person are one approval', async () => {
    const asked = await stage.ask();
    const answers = await Promise.all([1, 2, 3].map(() => stage.pressAnyway(alex, asked, 'approve')));
    assert.ok(answers.every(({ statusCode }) => statusCode === 200));
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('two approvers are one approval by one of them', async () => {
    const asked = await stage.ask();
    await Promise.all([alex, priya].map((person) => stage.pressAnyway(person, asked, 'approve')));
    await stage.until(asked, 'Succeeded');
    const [sent, ...more] = stage.submissions(asked);
    assert.equal(more.length, 0);
    const approver = [alex, priya].find(({ upn }) => upn === sent?.by);
    assert.match(stage.text(asked), new RegExp(`Approved by\\n${approver?.name ?? '-'}`));
  });

  it('one invoke delivered five times is exactly one POST', async () => {
    const { teams } = stage.sandbox;
    const asked = await stage.ask();
    const activity = cardActivity(teams.origin(alex, incident, asked.threadId), asked.messageId, {
      verb: 'approve',
      data: { requestId: asked.requestId, comment: '' },
      trigger: 'manual',
    });
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => teams.deliver(activity)));
    assert.ok(all.every(({ status, body }) => status === 200 && body?.['statusCode'] === 200));
    await stage.until(asked, 'Succeeded');
    const late = await teams.deliver(activity);
    assert.equal(late.body?.['statusCode'], 200);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('approve and deny at the same instant have one outcome', async () => {
    await Promise.all(
      ['ws-finance-017', 'ws-reception-02', 'ws-design-044'].map(async (device) => {
        const asked = await stage.ask({ device });
        const [approved, denied] = await Promise.all([
          stage.pressAnyway(alex, asked, 'approve'),
          stage.pressAnyway(priya, asked, 'deny', { comment: 'No' }),
        ]);
        await stage.until(asked, /^(Denied|Succeeded)$/m);
        const wasDenied = stage.label(asked) === 'Denied';
        assert.equal(stage.submissions(asked).length, wasDenied ? 0 : 1);
        if (wasDenied) assert.doesNotMatch(told(approved), /^Approved$/m);
        else assert.match(told(denied), /decided already/);
      }),
    );
  });
});
