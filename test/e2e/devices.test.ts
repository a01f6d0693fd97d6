import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardButtons, cardLabel, cardTexts, untouchedInputs } from '../../sandbox/card-reading.ts';
import { asObject } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import { namedDevice } from '../support/many-devices.ts';
import { type Asked, requestIdOf, told } from './play.ts';
import { alex, incident, jordan, nightShift, priya, riley, sam, setStage } from './stage.ts';

const finance = addressBook.device('ws-finance-017');
const server = addressBook.device('srv-files-01');
const longer = namedDevice('ws-finance-0170.contoso.example');
const twins = [
  namedDevice('kassel-01.contoso.example', { os: 'Windows11' }),
  namedDevice('kassel-01.fabrikam.example', { os: 'Windows10', isPotentialDuplicate: true }),
];
const ghost = namedDevice('ghost-01.contoso.example', { isGhost: true });

type Card = Readonly<Record<string, unknown>>;

describe('A device that is meant by name', () => {
  const stage = setStage({ moreDevices: [longer, ...twins, ghost], signedIn: [riley, alex, priya, sam] });

  /** The bot's card that answers a command: of a request, or a question. */
  async function cardAfter(person: Person, where: Conversation, typed: string): Promise<Message> {
    const { teams } = stage.sandbox;
    const { message } = await teams.say(person, where, typed);
    return teams.messages.until((all) =>
      all.find(
        ({ id, card, conversationId }) =>
          card !== undefined && conversationId === where.id && Number(id) > Number(message.id),
      ),
    );
  }

  /** Presses a button of a card that only this person has. */
  function pressOn(
    person: Person,
    { conversationId, id }: Message,
    card: Card,
    what: { readonly verb: string; readonly device?: string; readonly comment?: string },
  ): Promise<InvokeAnswer> {
    const button = cardButtons(card).find(({ verb }) => verb === what.verb) ?? assert.fail('no such button');
    const { device, comment } = what;
    const data = {
      ...button.data,
      ...untouchedInputs(card),
      ...(device === undefined ? {} : { devices: device }),
      ...(comment === undefined ? {} : { comment }),
    };
    return stage.sandbox.teams.invoke(person, { conversationId, messageId: id, verb: what.verb, data });
  }

  const choicesOf = ({ value }: InvokeAnswer): readonly { title: string; value: string }[] => {
    const body = asObject(value)?.['body'];
    const sets = Array.isArray(body) ? (body as Card[]) : [];
    const set = sets.find(({ id }) => id === 'devices');
    return (set?.['choices'] ?? []) as { title: string; value: string }[];
  };
  const cardOf = ({ value }: InvokeAnswer): Card => asObject(value) ?? {};
  const requestCards = (where: Conversation): Message[] =>
    stage.sandbox.teams.messages.list(where.id).filter(({ card }) => cardLabel(card ?? {}) !== undefined);
  const submitted = (asked: Asked) => stage.submissions(asked).map(({ deviceId }) => deviceId);

  /** The request that a choice made, to be brought to its end like any other. */
  async function madeAfter(earlier: readonly Message[], where = incident): Promise<Asked> {
    const card = await stage.sandbox.teams.messages.until(() =>
      requestCards(where).find(({ id }) => !earlier.some((each) => each.id === id)),
    );
    const [device = finance] = twins;
    return {
      by: riley,
      device,
      conversation: where,
      threadId: card.threadId,
      messageId: card.id,
      requestId: requestIdOf(card) ?? '',
      number: /#\d+/.exec(cardTexts(card.card ?? {}).join('\n'))?.[0] ?? '',
    };
  }

  async function withdraw(asked: Asked): Promise<void> {
    await stage.pressAnyway(riley, asked, 'cancel', { comment: 'tidy' });
    await stage.until(asked, 'Withdrawn');
  }

  for (const [typed, how] of [
    ['ws-finance-017', 'its short name, before a longer one'],
    ['WS-FINANCE-017.Contoso.Example', 'its whole name in any case'],
    ['ws-finance-017.contoso.example.', 'its name with the dot of the root'],
    ['srv-f', 'a beginning that fits one device'],
  ] as const) {
    it(`is found by ${how}`, async () => {
      const device = typed === 'srv-f' ? server : finance;
      const asked = await stage.ask({ typed, device });
      await stage.until(asked, new RegExp(`${device.name}\\n${device.id}`));

      await stage.press(alex, asked, 'approve');

      await stage.until(asked, 'Succeeded');
      assert.deepEqual(submitted(asked), [device.id]);
    });
  }

  it('is lifted by name too', async () => {
    const asked = await stage.ask({ typed: 'ws-finance-017', action: 'unrestrict' });
    await stage.until(asked, new RegExp(finance.id));
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(
      stage.submissions(asked).map(({ action }) => action),
      ['UnrestrictCodeExecution'],
    );
  });

  it('of which there are several is chosen by its asker alone, and asked for once', async () => {
    const before = requestCards(incident);
    const question = await cardAfter(riley, incident, '/restrict kassel-01 Beacon seen');
    const text = cardTexts(question.card ?? {}).join('\n');
    assert.match(text, /“kassel-01”/);
    assert.doesNotMatch(text, /contoso|fabrikam|Windows/);
    const other = await stage.sandbox.teams.press(alex, question, 'choose');
    assert.match(told(other), /only theirs.*send \/restrict yourself/);

    const list = await stage.sandbox.teams.press(riley, question, 'choose');
    const choices = choicesOf(list);
    assert.deepEqual(choices.map(({ value }) => value).toSorted(), twins.map(({ id }) => id).toSorted());
    assert.match(choices.map(({ title }) => title).join('\n'), /Windows10 .*POSSIBLY A DUPLICATE/);
    const [wanted] = twins;
    const pick = () => pressOn(riley, question, cardOf(list), { verb: 'choose', device: wanted?.id ?? '' });
    const answers = await Promise.all([pick(), pick()]);

    const asked = await madeAfter(before);
    for (const answer of answers) assert.match(told(answer), new RegExp(`Asked for as ${asked.number}`));
    assert.match(told(await pick()), new RegExp(asked.number));
    assert.equal(requestCards(incident).length, before.length + 1);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(submitted(asked), [wanted?.id]);
  });

  it('is listed at once in the personal chat', async () => {
    const chat = addressBook.chat(riley);
    const card = await cardAfter(riley, chat, '/restrict kassel Beacon seen');
    assert.equal(cardButtons(card.card ?? {})[0]?.verb, 'choose');
    assert.match(JSON.stringify(card.card), /kassel-01\.fabrikam\.example/);
  });

  it('is asked for a choice anew when nothing was chosen', async () => {
    const question = await cardAfter(riley, incident, '/restrict kassel-01 Beacon seen');
    const list = await stage.sandbox.teams.press(riley, question, 'choose');
    const again = await pressOn(riley, question, cardOf(list), { verb: 'choose' });
    assert.equal(choicesOf(again).length, 2);
  });

  it('that its asker cannot see is not found, like one that does not exist', async () => {
    const chat = addressBook.chat(sam);
    const texts: string[] = [];
    for (const name of ['mb-studio-05', 'mb-studio-99']) {
      const card = await cardAfter(sam, incident, `/restrict ${name} Beacon seen`);
      texts.push(
        cardTexts(card.card ?? {})
          .join('\n')
          .replaceAll(name, 'NAME'),
      );
      const nearest = await stage.sandbox.teams.press(sam, card, 'choose');
      assert.doesNotMatch(told(nearest), /mb-studio-05\.contoso/);
      assert.deepEqual(choicesOf(nearest), []);
      const direct = await cardAfter(sam, chat, `/restrict ${name} Beacon seen`);
      texts.push(
        cardTexts(direct.card ?? {})
          .join('\n')
          .replaceAll(name, 'NAME'),
      );
    }
    assert.equal(texts[0], texts[2]);
    assert.equal(texts[1], texts[3]);
    assert.match(texts[0] ?? '', /No device that Sam Okafor can see has that name/);
  });

  it('that was mistyped is offered by the nearest names, to its asker alone', async () => {
    const before = requestCards(incident);
    const question = await cardAfter(riley, incident, '/restrict ws-finance-107 Beacon seen');
    assert.doesNotMatch(JSON.stringify(question.card), /ws-finance-017/);
    const list = await stage.sandbox.teams.press(riley, question, 'choose');
    assert.ok(choicesOf(list).some(({ value }) => value === finance.id));
    await pressOn(riley, question, cardOf(list), { verb: 'choose', device: finance.id });
    const asked = await madeAfter(before);
    await stage.until(asked, new RegExp(finance.id));
    await withdraw(asked);
  });

  it('that its asker cannot see is not asked for, whatever a card sends', async () => {
    const before = requestCards(incident).length;
    const question = await cardAfter(riley, incident, '/restrict kassel-01 Beacon seen');
    const list = await stage.sandbox.teams.press(riley, question, 'choose');
    const mac = addressBook.device('mb-studio-05');
    const answer = await pressOn(riley, question, cardOf(list), { verb: 'choose', device: mac.id });
    assert.match(told(answer), /not found, or you have no access/);
    assert.equal(requestCards(incident).length, before);
  });

  describe('by somebody who is not signed in', () => {
    beforeEach(() => stage.sandbox.tokenService.signOut(riley));

    async function foundBy(requestor: Person, asked: Asked): Promise<void> {
      stage.sandbox.tokenService.signIn(requestor);
      await stage.sandbox.teams.refresh(requestor, stage.card(asked));
      await stage.until(asked, new RegExp(finance.id));
    }

    it('is shown as typed, and found by the approver’s own token at the approval', async () => {
      const asked = await stage.ask({ typed: 'WS-finance-017' });
      assert.match(stage.text(asked), /ws-finance-017\nas typed/);
      assert.doesNotMatch(stage.text(asked), new RegExp(finance.id));

      await stage.press(alex, asked, 'approve');

      await stage.until(asked, 'Succeeded');
      assert.match(stage.text(asked), new RegExp(`${finance.name}\\n${finance.id}`));
      assert.deepEqual(submitted(asked), [finance.id]);
    });

    it('is found when they open the card signed in, and not by others who open it', async () => {
      const asked = await stage.ask({ typed: 'ws-finance-017' });
      const seen = await stage.sandbox.teams.refresh(priya, stage.card(asked));
      assert.doesNotMatch(told(seen), new RegExp(finance.id));
      await foundBy(riley, asked);
      assert.equal(stage.label(asked), 'Awaiting approval');
    });

    it('is not approved by the beginning of a name: the approver confirms which one it is', async () => {
      const asked = await stage.ask({ typed: 'ws-fin' });
      const answer = await stage.press(alex, asked, 'approve', { comment: 'Go on' });
      assert.match(told(answer), /Nothing is approved yet/);
      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.doesNotMatch(stage.text(asked), /did not hold|pressed Approve/);
      assert.equal(untouchedInputs(cardOf(answer))['comment'], 'Go on');

      await pressOn(alex, stage.card(asked), cardOf(answer), { verb: 'approve', device: longer.id });

      await stage.until(asked, 'Succeeded');
      assert.deepEqual(submitted(asked), [longer.id]);
      assert.match(stage.text(asked), /“Go on”/);
    });

    it('is chosen by the approver where several bear the name; what does not fit counts for nothing', async () => {
      const asked = await stage.ask({ typed: 'kassel-01' });
      const answer = await stage.press(alex, asked, 'approve');
      assert.equal(choicesOf(answer).length, 2);
      for (const device of [finance.id, 'f'.repeat(40)]) {
        const forged = await pressOn(alex, stage.card(asked), cardOf(answer), { verb: 'approve', device });
        assert.match(told(forged), /Nothing is approved yet|not found/);
        assert.equal(stage.label(asked), 'Awaiting approval');
      }
      const [, second] = twins;
      await pressOn(alex, stage.card(asked), cardOf(answer), { verb: 'approve', device: second?.id ?? '' });
      await stage.until(asked, 'Succeeded');
      assert.deepEqual(submitted(asked), [second?.id]);
    });

    it('is not approved by who cannot see it, and stays open for others', async () => {
      const asked = await stage.ask({ typed: 'ws-finance-017' });
      assert.match(told(await stage.press(sam, asked, 'approve')), /not found, or you have no access/);
      assert.equal(stage.label(asked), 'Awaiting approval');
      await stage.press(priya, asked, 'approve');
      await stage.until(asked, 'Succeeded');
    });

    it('that vanished is not approved', async () => {
      const asked = await stage.ask({ typed: 'ghost-01' });
      assert.match(told(await stage.press(alex, asked, 'approve')), /not found, or you have no access/);
      assert.equal(stage.label(asked), 'Awaiting approval');
    });

    it('may be denied and withdrawn without ever being looked up', async () => {
      const denied = await stage.ask({ typed: 'nowhere-1' });
      await stage.press(jordan, denied, 'deny', { comment: 'A drill' });
      await stage.until(denied, 'Denied');
      await withdraw(await stage.ask({ typed: 'nowhere-2' }));
    });

    it('is refused when the same name is asked for here already, by name or found', async () => {
      const asked = await stage.ask({ typed: 'ws-finance-017' });
      const again = '/restrict ws-finance-017 Me too';
      assert.match(
        await stage.answerTo(priya, incident, again),
        new RegExp(`${asked.number} .*already asks`),
      );
      await foundBy(riley, asked);
      for (const typed of [again, `/restrict ${finance.id} Me too`]) {
        assert.match(
          await stage.answerTo(priya, incident, typed),
          new RegExp(`${asked.number} .*already asks`),
        );
      }
    });

    it('that turns out to be one that is asked for here already is not approved twice', async () => {
      const first = await stage.ask();
      const asked = await stage.ask({ typed: 'ws-finance-017.c', by: riley });
      const answer = await stage.press(alex, asked, 'approve');
      await pressOn(alex, stage.card(asked), cardOf(answer), { verb: 'approve', device: finance.id }).then(
        (last) => assert.match(told(last), new RegExp(`the one of ${first.number}`)),
      );
      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.equal(stage.submissions(asked).length, 0);
    });

    it('that turns out to be asked for elsewhere says where', async () => {
      const first = await stage.ask({ where: nightShift });
      const asked = await stage.ask({ typed: 'ws-finance-017' });
      await foundBy(riley, asked);
      await stage.until(asked, new RegExp(`Also requested in ${first.number}`));
    });

    it('is found by a job when the approver’s turn was too short for Defender', async () => {
      const asked = await stage.ask({ typed: 'ws-finance-017' });
      stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang' } } });
      assert.match(told(await stage.press(alex, asked, 'approve')), /Recorded/);
      await stage.until(asked, 'Succeeded');
      assert.deepEqual(submitted(asked), [finance.id]);
    });

    it('is told by message to be unclear when only a job could look it up', async () => {
      const asked = await stage.ask({ typed: 'kassel-01' });
      stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang' } } });
      await stage.press(alex, asked, 'approve');
      await stage.privateMessage(alex, new RegExp(`${asked.number} did not hold.*which device`));
      assert.equal(stage.label(asked), 'Awaiting approval');
    });
  });

  it('is asked for as typed when Defender does not answer in the turn', async () => {
    stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang' } } });
    const asked = await stage.ask({ typed: 'ws-finance-017' });
    await stage.until(asked, new RegExp(finance.id));
  });
});
