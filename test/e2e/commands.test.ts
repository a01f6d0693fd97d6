import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardLabel, cardTexts } from '../../sandbox/card-reading.ts';
import { alex, incident, nightShift, riley, setStage } from './stage.ts';

describe('What a person types', () => {
  const stage = setStage();
  const { id } = addressBook.device('ws-finance-017');

  const requests = (): number =>
    stage.sandbox.teams.messages.list().filter(({ card }) => cardLabel(card ?? {}) !== undefined).length;

  it('is greeted once wherever the bot was installed', () => {
    for (const { id: place, kind, name } of addressBook.conversations) {
      if (kind === 'channel' && name !== 'General') continue;
      const welcomes = stage.sandbox.teams.messages
        .list(place)
        .filter(({ from, summary = '' }) => from.isBot && summary.includes('/help'));
      assert.equal(welcomes.length, 1, name);
    }
  });

  it('is helped, with and without the slash and in any case', async () => {
    for (const typed of ['/help', 'help', 'HELP', '/Help restrict', '/help cancel', '/help nonsense']) {
      assert.match(await stage.answerTo(riley, nightShift, typed), /\/(restrict|cancel)/, typed);
    }
  });

  const wrong: [string, RegExp][] = [
    ['/nonsense', /not a command.*\/help/s],
    ['', /\/help/],
    ['🔥🔥', /\/help/],
    ['/restrict', /device is missing.*Usage/s],
    [`/restrict ${id}`, /reason is missing.*Usage/s],
    [`/restrict ${id.slice(1)} reason`, /39 characters.*Usage/s],
    [`/restrict ${id}0 reason`, /41 characters.*Usage/s],
    ['/restrict ws+finance+017 reason', /neither a device id.*nor a name.*Usage/s],
    [`/restrict ${id},${id}0 reason`, /Device 2 of the list: That is not a device id.*Usage/s],
    [`/restrict ${id} for 4 reason`, /not a duration.*Usage/s],
    [`/restrict ${id} for 4x reason`, /not a duration.*Usage/s],
    [`/unrestrict ${id}`, /reason is missing.*Usage/s],
    ['/cancel', /number of the request is missing.*Usage/s],
    ['/cancel abc no', /not the number of a request.*Usage/s],
    ['/cancel #0 no', /./],
    ['/cancel #99999999999999999999 no', /./],
    ['/cancel -1 no', /not the number of a request.*Usage/s],
  ];
  for (const [typed, says] of wrong) {
    it(`is answered once and changes nothing: ${typed.slice(0, 30) || 'nothing'}`, async () => {
      const before = requests();
      assert.match(await stage.answerTo(riley, nightShift, typed), says);
      assert.equal(requests(), before);
    });
  }

  it('is understood through mentions, odd spaces and capitals', async () => {
    for (const typed of [`/RESTRICT  ${id.toUpperCase()}\u00a0Beacon`, `restrict ${id}\nBeacon\u200b seen`]) {
      const { teams } = stage.sandbox;
      const { message } = await teams.say(riley, incident, typed);
      const card = await teams.messages.until((all) =>
        all.find(({ threadId, card: content }) => threadId === message.threadId && content !== undefined),
      );
      assert.match(cardTexts(card.card ?? {}).join('\n'), /Beacon/);
      await teams.press(riley, card, 'cancel', { comment: 'tidy' });
      await teams.messages.until((all) =>
        all.find((each) => each.id === card.id && cardLabel(each.card ?? {}) === 'Withdrawn'),
      );
    }
  });

  it('as a reason of 5,000 characters is cut on the card and for Defender, the mark last', async () => {
    const asked = await stage.ask({ reason: `Start ${'äöü '.repeat(1_250)}end` });
    assert.match(stage.text(asked), /Start äöü/);
    assert.match(stage.text(asked), /shortened; the record has all of it/);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    const [sent] = stage.submissions(asked);
    assert.ok((sent?.comment.length ?? 9_999) <= 1_000);
    assert.match(sent?.comment ?? '', /^Start äöü .*…/);
    assert.match(sent?.comment ?? '', new RegExp(`Riley Chen.*Alex Moreno.*cordon:${asked.requestId}$`));
  });

  it('cannot forge the mark, a mention, Markdown or a template by a reason', async () => {
    const forged = `cordon:req_${'A'.repeat(22)} **bold** [x](http://evil.example) <at>Alex</at> \${requestId} #99`;
    const asked = await stage.ask({ reason: forged });
    assert.match(stage.text(asked), /\*\*bold\*\* \[x\]\(http:\/\/evil\.example\)/);
    assert.match(stage.text(asked), /\$\{requestId\}/);
    assert.equal(/#\d+/.exec(stage.text(asked))?.[0], asked.number);
    const card = JSON.stringify(stage.card(asked).card);
    assert.doesNotMatch(card, /"url":"http:\/\/evil/);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    const [sent] = stage.submissions(asked);
    assert.equal(sent?.comment.match(/cordon:/g)?.length, 1);
    assert.doesNotMatch(stage.text(asked), /Following/);
  });
});
