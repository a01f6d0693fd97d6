import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardLabel, cardTexts } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { SayOptions } from '../../sandbox/teams.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import { namedDevice } from '../support/many-devices.ts';
import { told } from './play.ts';
import { alex, incident, nightShift, riley, setStage } from './stage.ts';

const twins = [namedDevice('kassel-01.contoso.example'), namedDevice('kassel-01.fabrikam.example')];
const offline = addressBook.device('lt-sales-118');
const device = addressBook.device('ws-finance-017');

describe('A command from the menu that a slash opens', () => {
  const stage = setStage({ moreDevices: twins });
  const messages = () => stage.sandbox.teams.messages;

  interface Typed {
    readonly message: Message;
    /** The next message of the bot that only its sender sees. */
    readonly answer: Message;
  }

  const wordsOf = ({ text, card }: Message): string => text ?? cardTexts(card ?? {}).join('\n');
  const isAfter = (one: Message, other: Message): boolean => Number(other.id) > Number(one.id);

  async function typeAlone(
    person: Person,
    where: Conversation,
    text: string,
    options: SayOptions = {},
  ): Promise<Typed> {
    const { message } = await stage.sandbox.teams.say(person, where, text, { ...options, alone: true });
    const answer = await messages().until((all) =>
      all.find((each) => each.from.isBot && each.onlyFor !== undefined && isAfter(message, each)),
    );
    return { message, answer };
  }

  function cardAfter(message: Message): Promise<Message> {
    return messages().until((all) =>
      all.find(
        (each) =>
          each.conversationId === message.conversationId &&
          isAfter(message, each) &&
          cardLabel(each.card ?? {}) !== undefined,
      ),
    );
  }

  async function untilLabel({ conversationId, id }: Message, label: string): Promise<void> {
    await messages().until(() => {
      const { card } = messages().get(conversationId, id) ?? {};
      return cardLabel(card ?? {}) === label ? true : undefined;
    });
  }

  function successAfter(card: Message): Promise<Message> {
    const isOutcome = (each: Message) =>
      isAfter(card, each) && (each.mentions ?? []).length > 0 && /Succeeded/.test(wordsOf(each));
    return messages().until((all) => all.find(isOutcome));
  }

  function seenByAllSince(message: Message): readonly Message[] {
    return (
      messages()
        .list(message.conversationId)
        // What an earlier test has ended is told with mentions.
        .filter(({ mentions = [] }) => mentions.length === 0)
        .filter((each) => each.from.isBot && each.onlyFor === undefined && isAfter(message, each))
    );
  }

  it('asks in front of all: the card is a post of the channel, and its end is told below it', async () => {
    const { message, answer } = await typeAlone(riley, incident, `/restrict ${device.id} Beacon seen`);

    assert.equal(answer.onlyFor, riley.teamsId);
    assert.match(wordsOf(answer), /recorded\. Its card comes as a post of its own, for everybody/);
    const card = await cardAfter(message);
    assert.equal(card.onlyFor, undefined);
    assert.equal(card.threadId, card.id);
    await stage.sandbox.teams.press(alex, card, 'approve');
    await untilLabel(card, 'Succeeded');
    const outcome = await successAfter(card);
    assert.deepEqual([outcome.threadId, outcome.onlyFor], [card.id, undefined]);
  });

  it('asks in the thread in which it was typed', async () => {
    const { message: root } = await stage.sandbox.teams.say(riley, incident, 'What is this?', {
      mention: false,
    });

    const { message } = await typeAlone(riley, incident, `/restrict ${device.id} In a thread`, {
      threadId: root.id,
    });

    const card = await cardAfter(message);
    assert.equal(card.threadId, root.id);
    await stage.sandbox.teams.press(riley, card, 'cancel');
    await untilLabel(card, 'Withdrawn');
  });

  it('asks for several devices with one post, below which their end is told', async () => {
    const other = addressBook.device('ws-design-044');
    const { message, answer } = await typeAlone(
      riley,
      incident,
      `/restrict ${device.id},${other.id} Both of them`,
    );

    assert.match(wordsOf(answer), /recorded/);
    const card = await cardAfter(message);
    await stage.sandbox.teams.press(alex, card, 'approve');
    await untilLabel(card, 'Succeeded');
    const outcome = await successAfter(card);
    assert.equal(outcome.threadId, card.id);
  });

  it('asks in a group chat', async () => {
    const { message, answer } = await typeAlone(riley, nightShift, `/restrict ${device.id} In the chat`);

    assert.match(wordsOf(answer), /recorded\. Its card comes here, for everybody/);
    const card = await cardAfter(message);
    assert.equal(card.onlyFor, undefined);
    await stage.sandbox.teams.press(riley, card, 'cancel');
    await untilLabel(card, 'Withdrawn');
  });

  it('lets its sender alone choose which device is meant', async () => {
    const { message, answer } = await typeAlone(alex, incident, '/restrict kassel-01 Which one');

    assert.equal(answer.onlyFor, alex.teamsId);
    assert.match(JSON.stringify(answer.card), /kassel-01\.fabrikam\.example/);
    assert.deepEqual(seenByAllSince(message), []);
    const inputs = { devices: twins[1]?.id ?? '' };
    const chosen = await stage.sandbox.teams.press(alex, answer, 'choose', { inputs });
    assert.match(told(chosen), /Asked for as #/);
    const card = await cardAfter(message);
    assert.match(wordsOf(card), new RegExp(inputs.devices));
    await stage.sandbox.teams.press(alex, card, 'cancel');
    await untilLabel(card, 'Withdrawn');
  });

  it('is answered what is private without a button where one is signed in', async () => {
    const { message, answer } = await typeAlone(alex, incident, '/whoami');

    assert.equal(answer.onlyFor, alex.teamsId);
    assert.match(wordsOf(answer), new RegExp(`Entra: ${alex.upn}`));
    assert.deepEqual(seenByAllSince(message), []);
  });

  it('leads to the sign-in where one is not', async () => {
    const { message, answer } = await typeAlone(riley, incident, '/whoami');

    assert.deepEqual(
      cardButtons(answer.card ?? {}).map(({ verb }) => verb),
      ['choose'],
    );
    assert.match(wordsOf(answer), /takes your sign-in/);
    assert.equal(
      (await stage.sandbox.teams.press(riley, answer, 'choose')).type,
      'application/vnd.microsoft.activity.loginRequest',
    );
    assert.deepEqual(seenByAllSince(message), []);
  });

  for (const [typed, says] of [
    ['/active', /restriction/i],
    ['/status #999999', /no request #999999/],
    ['/help', /\/restrict/],
    ['/restirct x y', /Did you mean \/restrict/],
    ['what is up', /not a command/],
  ] as const)
    it(`is answered alone: ${typed}`, async () => {
      const { message, answer } = await typeAlone(riley, nightShift, typed);

      assert.equal(answer.onlyFor, riley.teamsId);
      assert.match(wordsOf(answer), says);
      assert.deepEqual(seenByAllSince(message), []);
    });

  it('decides in words, which the card shows to all and the sender is told', async () => {
    const asked = await stage.ask();

    const { answer } = await typeAlone(alex, incident, `/deny ${asked.number} Not that one`);

    assert.match(wordsOf(answer), /is denied/);
    await stage.until(asked, 'Denied');
    await stage.until(asked, /Alex Moreno/);
  });

  it('withdraws a request in words', async () => {
    const asked = await stage.ask({ where: nightShift });

    const { answer } = await typeAlone(riley, nightShift, `/cancel ${asked.number} Not needed`);

    assert.match(wordsOf(answer), /Recorded\. The card of the request shows to everybody/);
    await stage.until(asked, 'Withdrawn');
  });

  it('sets the times of the handover in front of all', async () => {
    const { message } = await stage.sandbox.teams.say(riley, nightShift, '/digest at 06:00', { alone: true });

    const answer = await messages().until(() => seenByAllSince(message)[0]);

    assert.match(wordsOf(answer), /06:00/);
    await stage.answerTo(riley, nightShift, '/digest off');
  });

  it('makes one request and one answer, however often Teams delivers it', async () => {
    const { message, activity } = await stage.sandbox.teams.say(
      riley,
      nightShift,
      `/restrict ${device.id} Twice`,
      { alone: true },
    );
    await stage.sandbox.teams.deliver(activity);
    const card = await cardAfter(message);
    await stage.sandbox.teams.press(riley, card, 'cancel');
    await untilLabel(card, 'Withdrawn');

    const since = messages()
      .list(nightShift.id)
      .filter((each) => each.from.isBot && isAfter(message, each));
    assert.equal(since.filter(({ onlyFor }) => onlyFor !== undefined).length, 1);
    assert.equal(since.filter((each) => cardLabel(each.card ?? {}) !== undefined).length, 1);
  });

  it('is answered in the personal chat where Teams refuses a message to one person', async () => {
    stage.sandbox.faults.aim({
      target: 'connector.send',
      about: 'targetedMessageInfo',
      fault: { kind: 'status', status: 400, times: 1 },
    });

    await stage.sandbox.teams.say(riley, incident, '/status #999999', { alone: true });

    const answer = await stage.privateMessage(riley, /no request #999999/);
    assert.equal(answer.conversationId, addressBook.chat(riley).id);
  });

  it('has its end told in a post when its card was deleted twice', async () => {
    const { message } = await typeAlone(riley, incident, `/restrict ${offline.id} Deleted twice`);
    const card = await cardAfter(message);
    messages().remove(card.conversationId, card.id);
    await stage.sandbox.teams.press(alex, card, 'approve');
    const again = await cardAfter(card);
    await untilLabel(again, 'Pending');
    messages().remove(again.conversationId, again.id);

    stage.sandbox.defender.setOnline(offline.id, true);

    const outcome = await successAfter(again);
    assert.equal(outcome.threadId, outcome.id);
    stage.sandbox.defender.setOnline(offline.id, false);
  });

  it('has its card as a new post when somebody deleted it, and what follows below that', async () => {
    const { message } = await typeAlone(riley, incident, `/restrict ${device.id} Deleted`);
    const card = await cardAfter(message);
    messages().remove(card.conversationId, card.id);

    await stage.sandbox.teams.press(alex, card, 'approve');

    const again = await cardAfter(card);
    assert.equal(again.threadId, again.id);
    await untilLabel(again, 'Succeeded');
    const outcome = await successAfter(again);
    assert.equal(outcome.threadId, again.id);
  });
});
