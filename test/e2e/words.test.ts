import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import { signInByBrowser } from '../../sandbox/sign-in-by-browser.ts';
import { stepUpByBrowser } from '../../sandbox/step-up-by-browser.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import { askForExtraStep } from '../support/extra-step.ts';
import { type Asked, told } from './play.ts';
import { alex, general, incident, jordan, nightShift, priya, riley, sam, setStage } from './stage.ts';

type Card = NonNullable<Message['card']>;

describe('A decision in words', () => {
  const stage = setStage();

  /** What is typed in the thread of the request's card is answered there. */
  function say(person: Person, { conversation, threadId }: Asked, text: string) {
    const options = conversation.kind === 'channel' ? { threadId } : {};
    return stage.sandbox.teams.say(person, conversation, text, options);
  }

  function answersTo({ conversationId, threadId, id }: Message): Message[] {
    return stage.sandbox.teams.messages
      .list(conversationId)
      .filter((each) => each.from.isBot && each.threadId === threadId && Number(each.id) > Number(id))
      .filter(({ mentions = [] }) => mentions.length === 0);
  }

  /** The neutral card that /approve is answered by. */
  async function buttonFor(person: Person, asked: Asked, comment = ''): Promise<Message> {
    const { message } = await say(person, asked, `/approve ${asked.number} ${comment}`);
    return stage.sandbox.teams.messages.until((all) =>
      all.find(
        ({ card, id, conversationId }) =>
          card !== undefined &&
          conversationId === message.conversationId &&
          Number(id) > Number(message.id) &&
          cardTexts(card)[0] === `Approve ${asked.number}?`,
      ),
    );
  }

  const press = (person: Person, card: Message, code?: string) =>
    stage.sandbox.teams.press(person, card, 'choose', code === undefined ? {} : { code });

  describe('to approve', () => {
    for (const where of [incident, nightShift]) {
      it(`is completed by one press of its asker, and counts like the button of the card (${where.name})`, async () => {
        const asked = await stage.ask({ where });
        const card = await buttonFor(alex, asked, 'Agreed, contain it');
        assert.deepEqual(
          cardButtons(card.card ?? {}).map(({ verb, data }) => [verb, Object.keys(data)]),
          [['choose', ['requestId']]],
        );
        assert.match(cardTexts(card.card ?? {}).join('\n'), new RegExp(asked.device.id));
        assert.equal(stage.label(asked), 'Awaiting approval', 'nothing is decided by the words alone');

        const answer = await press(alex, card);

        assert.match(told(answer), /Approved\. Cordon now hands the action to Defender/);
        assert.deepEqual(cardButtons(answer.value as Card), [], 'no second card of the request appears');
        await stage.until(asked, 'Succeeded');
        assert.match(stage.text(asked), /Approved by\nAlex Moreno .*\n“Agreed, contain it”/);
        assert.deepEqual(
          stage.submissions(asked).map(({ by }) => by),
          [alex.upn],
        );
      });
    }

    it('asks for a sign-in by button and code in a channel, and goes on by itself', async () => {
      stage.sandbox.tokenService.signOut(alex);
      const asked = await stage.ask();
      const card = await buttonFor(alex, asked);

      const first = await press(alex, card);
      assert.equal(first.type, 'application/vnd.microsoft.activity.loginRequest');
      assert.equal((await press(alex, card, '000000')).statusCode, 401);
      assert.equal(stage.label(asked), 'Awaiting approval');
      const answer = await press(alex, card, await signInByBrowser(first.login?.link ?? '', alex));

      assert.match(told(answer), /Approved/);
      await stage.until(asked, 'Succeeded');
      assert.equal(stage.submissions(asked)[0]?.by, alex.upn);
    });

    it('signs in silently in a group chat', async () => {
      stage.sandbox.tokenService.signOut(alex);
      const asked = await stage.ask({ where: nightShift });

      assert.match(told(await press(alex, await buttonFor(alex, asked))), /Approved/);

      await stage.until(asked, 'Succeeded');
    });

    it('leads to Cordon’s own page for an extra step, and the press goes on by itself', async () => {
      const asked = await stage.ask();
      const card = await buttonFor(alex, asked, 'After one more step');
      const enough = askForExtraStep(stage.sandbox, alex);

      const { login } = await press(alex, card);
      assert.match(login?.link ?? '', /\/auth\/start\?state=/);
      // Asked for in words once more: the same click, and a link that works.
      const again = await press(alex, await buttonFor(alex, asked));
      const page = await stepUpByBrowser(again.login?.link ?? '', alex);

      assert.match(page.text, new RegExp(`Your approval of ${asked.number} counts`));
      enough();
      await stage.until(asked, 'Succeeded');
      assert.match(stage.text(asked), /“After one more step”/);
      assert.equal(stage.submissions(asked).length, 1);
    });

    it('is refused privately by Defender where the person may not, and stays open for others', async () => {
      const asked = await stage.ask();
      const before = stage.sandbox.teams.messages.list().length;

      // Sam sees no workstations.
      const card = await buttonFor(sam, asked);
      const answer = await press(sam, card);

      assert.equal(answer.type, 'application/vnd.microsoft.activity.message');
      assert.match(told(answer), /did not hold: in Defender the device is not found, or you have no access/);
      await stage.until(asked, /Sam Okafor’s approval did not hold/);
      const said = stage.sandbox.teams.messages.list().slice(before);
      assert.ok(
        said.every(({ text = '', card: shown }) => !/not found/.test(text + JSON.stringify(shown ?? ''))),
      );
      assert.equal(stage.submissions(asked).length, 0);
      await press(priya, await buttonFor(priya, asked));
      await stage.until(asked, 'Succeeded');
    });

    it('is for its asker alone', async () => {
      const asked = await stage.ask();
      const card = await buttonFor(alex, asked);

      for (const person of [priya, riley, jordan])
        assert.match(told(await press(person, card)), /approves for nobody but them/);

      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.doesNotMatch(stage.text(asked), /pressed Approve/);
    });

    it('of the own request, and of one that is decided, is refused in words at once', async () => {
      const asked = await stage.ask();
      assert.match(await answer(riley, asked, `/approve ${asked.number}`), /nobody approves their own/);
      await stage.press(priya, asked, 'deny', { comment: 'Not this one' });
      await stage.until(asked, 'Denied');

      assert.match(await answer(alex, asked, `/approve ${asked.number}`), /decided already.*“Denied”/);
      assert.equal(stage.submissions(asked).length, 0);
    });

    it('in a personal chat says what its button would say', async () => {
      const asked = await stage.ask({ where: addressBook.chat(riley) });

      assert.match(await answer(riley, asked, `/approve ${asked.number}`), /your own request/);
      assert.equal(stage.label(asked), 'Awaiting approval');
    });

    it('is asked for once, however often the message is delivered, also after the press', async () => {
      const asked = await stage.ask();
      const { message, activity } = await say(alex, asked, `/approve ${asked.number}`);
      const { teams } = stage.sandbox;
      const [card] = await teams.messages.until(() =>
        answersTo(message).length > 0 ? answersTo(message) : undefined,
      );
      await Promise.all([teams.deliver(activity), teams.deliver(activity)]);
      await press(alex, card ?? assert.fail('no card'));
      await stage.until(asked, 'Succeeded');
      await teams.deliver(activity);

      assert.equal(answersTo(message).length, 1);
      assert.equal(stage.submissions(asked).length, 1);
    });

    it('survives a restart of the bot between the command and the press', async function () {
      this.timeout(90_000);
      const asked = await stage.ask();
      const card = await buttonFor(alex, asked, 'Before the restart');

      await stage.sandbox.bot.restart();
      await press(alex, card);

      await stage.until(asked, 'Succeeded');
      assert.match(stage.text(asked), /“Before the restart”/);
    });

    it('and at once by the button of the card is one approval', async () => {
      const asked = await stage.ask();
      const card = await buttonFor(alex, asked);

      await Promise.all([press(alex, card), stage.press(alex, asked, 'approve'), press(alex, card)]);

      await stage.until(asked, 'Succeeded');
      assert.equal(stage.submissions(asked).length, 1);
    });
  });

  describe('to deny', () => {
    it('counts at once, by somebody who is not signed in, and is told by card and thread', async () => {
      const asked = await stage.ask();

      const { message } = await say(
        jordan,
        asked,
        `/deny ${asked.number.slice(1)} That is the backup server`,
      );

      await stage.until(asked, 'Denied');
      assert.match(stage.text(asked), /Denied by\nJordan Weiss .*\n“That is the backup server”/);
      await stage.outcome(asked, /Denied/);
      assert.deepEqual(answersTo(message), [], 'the thread has the answer already');
      assert.match(told(await stage.pressAnyway(alex, asked, 'approve')), /decided already/);
    });

    it('from elsewhere in the channel is answered where it was typed as well', async () => {
      const asked = await stage.ask();

      assert.match(
        await stage.answerTo(sam, incident, `/deny ${asked.number} Not needed`),
        new RegExp(`^${asked.number} is denied\\.`),
      );
      await stage.until(asked, 'Denied');
    });

    for (const comment of ['', ' \u200B\u00A0', ' \u3164\uFE0F']) {
      it(`without a visible comment is a bad command (${JSON.stringify(comment)})`, async () => {
        const asked = await stage.ask();

        assert.match(
          await answer(sam, asked, `/deny ${asked.number}${comment}`),
          /comment is missing.*Usage: \/deny <request> <comment>$/,
        );
        assert.equal(stage.label(asked), 'Awaiting approval');
      });
    }

    it('of the own request points to /cancel', async () => {
      const asked = await stage.ask();

      assert.match(
        await answer(riley, asked, `/deny ${asked.number} Mine`),
        /send \/cancel #\d+ and the reason/,
      );
      assert.equal(stage.label(asked), 'Awaiting approval');
    });

    it('is one denial, however often the message is delivered', async () => {
      const asked = await stage.ask();
      const { message, activity } = await say(sam, asked, `/deny ${asked.number} No`);
      const { teams } = stage.sandbox;
      await Promise.all([teams.deliver(activity), teams.deliver(activity)]);
      await stage.outcome(asked, /Denied/);
      await teams.deliver(activity);

      assert.equal(stage.label(asked), 'Denied');
      assert.deepEqual(answersTo(message), []);
      const ends = stage.sandbox.teams.messages
        .list(asked.conversation.id)
        .filter(({ threadId, text = '' }) => threadId === asked.threadId && text.includes('Denied'));
      assert.equal(ends.length, 1);
    });
  });

  for (const command of ['approve', 'deny']) {
    it(`knows the requests of its own conversation only (/${command})`, async () => {
      const asked = await stage.ask();
      const says = /^There is no request #\d+ in this conversation, so nothing was changed\.$/;
      const places: readonly Conversation[] = [general, nightShift, addressBook.chat(alex)];

      for (const where of places)
        assert.match(await stage.answerTo(alex, where, `/${command} ${asked.number} No`), says);
      assert.match(await answer(alex, asked, `/${command} #99999 No`), says);
      for (const bad of ['#0', '#99999999999', '-1', 'twelve', '１２,'])
        assert.match(
          await answer(alex, asked, `/${command} ${bad} No`),
          /not the number of a request.*Usage/,
        );

      assert.equal(stage.label(asked), 'Awaiting approval');
    });
  }

  for (const [typed, says] of [
    [
      '/aprove #1',
      /^“aprove” is not a command.*Did you mean \/approve\? Usage: \/approve <request> \[comment\]$/,
    ],
    ['/restirct x y', /^“restirct” is not a command.*Did you mean \/restrict\? Usage: \/restrict <device>/],
    ['/lock x', /^“lock” is not a command, so nothing was done\. \/help lists the commands\.$/],
    ['/help restirct', /Did you mean \/restrict\?.*\/restrict <device>/s],
  ] as const) {
    it(`that is mistyped is guessed at and not carried out: ${typed}`, async () => {
      assert.match(await stage.answerTo(alex, nightShift, typed), says);
    });
  }

  async function answer(person: Person, asked: Asked, text: string): Promise<string> {
    const { message } = await say(person, asked, text);
    const { messages } = stage.sandbox.teams;
    const inThread = () => answersTo(message)[0];
    const inChat = () =>
      messages
        .list(asked.conversation.id)
        .find(({ from, id }) => from.isBot && Number(id) > Number(message.id));
    const reply = await messages.until(asked.conversation.kind === 'channel' ? inThread : inChat);
    return reply.text ?? cardTexts(reply.card ?? {}).join('\n');
  }
});
