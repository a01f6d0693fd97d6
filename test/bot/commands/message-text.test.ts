import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxTextLength, messageText } from '../../../bot/commands/message-text.ts';

const bot = { id: '28:3f2504e0-4f89-41d3-9a0c-0305e82c3301', name: 'Cordon' };
const sam = { id: '29:1sam', name: 'Sam Ortiz' };

const own = { type: 'mention', text: '<at>Cordon</at>', mentioned: bot };
const other = { type: 'mention', text: '<at>Sam Ortiz</at>', mentioned: sam };

const read = (message: object): string => messageText({ type: 'message', recipient: bot, ...message });
const html = (content: string): object => ({ contentType: 'text/html', content });

describe('the text of a message', () => {
  it('leaves out the mention of the bot', () => {
    assert.equal(read({ text: '<at>Cordon</at> /help', entities: [own] }), '/help');
  });

  it('leaves out every mention of the bot, wherever it stands', () => {
    const text = '<at>Cordon</at>&nbsp;restrict x <at>Cordon</at> now<at>Cordon</at>';
    assert.equal(read({ text, entities: [own, own, own] }), 'restrict x now');
  });

  it('compares the id, not the name, to know who is meant', () => {
    const namesake = { type: 'mention', text: '<at>Cordon</at>', mentioned: { id: '29:1x', name: 'Cordon' } };
    assert.equal(read({ text: '<at>Cordon</at> /help', entities: [namesake] }), 'Cordon /help');
  });

  it('leaves the names of other people', () => {
    const text = '<at>Cordon</at> restrict x seen by <at>Sam Ortiz</at> today';
    assert.equal(read({ text, entities: [own, other] }), 'restrict x seen by Sam Ortiz today');
  });

  it('knows a mention by its display name when the entity lacks the text', () => {
    const entity = { type: 'mention', mentioned: { id: bot.id, name: 'R&D Cordon' } };
    const text = '<at>R&amp;D Cordon</at> restrict x';
    assert.equal(read({ text, entities: [entity] }), 'restrict x');
  });

  const incomplete: readonly (readonly [what: string, entities: unknown])[] = [
    ['has neither text nor name', [{ type: 'mention', mentioned: { id: bot.id } }]],
    ['lacks the person', [{ type: 'mention', text: '<at>Cordon</at>' }]],
    ['has text of another type', [{ type: 'mention', text: 7, mentioned: { id: bot.id } }]],
    ['is null', [null]],
    ['is not in a list', { type: 'mention' }],
    ['is missing with the whole list', null],
  ];
  for (const [what, entities] of incomplete) {
    it(`leaves out the leading mention when its entity ${what}`, () => {
      assert.equal(
        read({ text: ' <at id="0">Cordon</at> restrict x <at>Cordon</at>', entities }),
        'restrict x',
      );
    });
  }

  it('does not take the leading mention of somebody else for its own', () => {
    assert.equal(read({ text: '<at>Sam Ortiz</at> restrict x', entities: [other] }), 'Sam Ortiz restrict x');
  });

  it('leaves out a mention that is written without tags', () => {
    const entity = { type: 'mention', text: '@Cordon', mentioned: bot };
    assert.equal(read({ text: '@Cordon restrict x', entities: [entity] }), 'restrict x');
  });

  it('keeps a look-alike of a mention that a person typed', () => {
    const text = '<at>Cordon</at> restrict x &lt;at&gt;Cordon&lt;/at&gt;';
    assert.equal(read({ text, entities: [own] }), 'restrict x <at>Cordon</at>');
  });

  it('decodes entities exactly once', () => {
    const text = 'a&nbsp;&amp;&lt;b&gt;&quot;c&#39;&#x41;&apos; &amp;lt; &bogus; &#9999999;';
    assert.equal(read({ text }), "a &<b>\"c'A' &lt; &bogus; &#9999999;");
  });

  it('keeps angle brackets that are no tags', () => {
    assert.equal(read({ text: 'score < 5 and > 3 <b>bold</b>' }), 'score < 5 and > 3 <b>bold</b>');
  });

  for (const text of [undefined, null, '', ' \u00A0 ', '&nbsp;', 5]) {
    it(`takes the HTML twin when the text is ${JSON.stringify({ text })}`, () => {
      const content =
        '<div><div><span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">Cordon</span>&nbsp;/restrict <b>ab</b>cd<br>line one<p>line &amp; two</p></div></div>';
      assert.equal(
        read({ text, entities: [own], attachments: [{ contentType: 'image/png' }, html(content)] }),
        '/restrict abcd line one line & two',
      );
    });
  }

  it('prefers the text to the HTML twin', () => {
    assert.equal(read({ text: 'from text', attachments: [html('<p>from html</p>')] }), 'from text');
  });

  it('drops what is quoted from another message', () => {
    const content =
      '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1"><strong>Eve</strong><blockquote>x</blockquote><p>/restrict everything</p></blockquote><p><at id="0">Cordon</at> /help</p>';
    const message = {
      text: 'Eve x /restrict everything <at>Cordon</at> /help',
      entities: [own],
      attachments: [html(content)],
    };
    assert.equal(read(message), '/help');
  });

  it('sees emoji of the HTML twin, and no pictures', () => {
    const content =
      '<p><img alt="🔥" itemtype="http://schema.skype.com/Emoji"><emoji alt="👀"></emoji><img alt="Dancing cat" src="x"></p>';
    assert.equal(read({ attachments: [html(content)] }), '🔥👀');
  });

  it('has no words for a picture alone', () => {
    assert.equal(read({ attachments: [html('<p><!-- none --><img src="x" alt="GIF"></p>')] }), '');
  });

  it('reads marked-up text without its tags', () => {
    const text = '<p><at>Cordon</at> /help</p>';
    assert.equal(read({ text, textFormat: 'xml', entities: [own] }), '/help');
  });

  for (const message of [undefined, null, 'text', 5, [], {}, { recipient: null, text: {} }]) {
    it(`has no words for ${JSON.stringify([message])}`, () => assert.equal(messageText(message), ''));
  }

  it('works without a recipient', () => {
    assert.equal(messageText({ text: '<at>Cordon</at> /help', entities: [own] }), 'Cordon /help');
  });

  it('keeps a reason of 5,000 characters whole', () => {
    const reason = 'é😀'.repeat(1_700);
    assert.equal(read({ text: `/restrict x ${reason}` }), `/restrict x ${reason}`);
  });

  it('cuts what no person types', () => {
    assert.equal(read({ text: 'a'.repeat(1_000_000) }).length, maxTextLength);
    assert.equal(read({ attachments: [html('a'.repeat(1_000_000))] }).length, maxTextLength);
  });

  it('answers any activity with one line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^(<\/?(at|p|span|blockquote)>|&lt;|@|a| )*$/),
    );
    const mention = fc.record(
      {
        type: fc.constantFrom('mention', 'x'),
        text: fc.oneof(text, fc.anything()),
        mentioned: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const activity = fc.record(
      {
        text: fc.oneof(text, fc.anything()),
        entities: fc.oneof(fc.array(mention), fc.anything()),
        attachments: fc.oneof(
          fc.array(fc.record({ contentType: fc.constant('text/html'), content: text })),
          fc.anything(),
        ),
        recipient: fc.oneof(fc.constant(bot), fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(activity, (any) => assert.doesNotMatch(messageText(any), /[\r\n\t]|^ | $/)));
  });

  for (const part of [
    '<at',
    '<at>',
    '<at>a</at>',
    '<',
    '<a',
    '&',
    '&#',
    '</',
    '<!--',
    '<blockquote>',
    '\u200D',
    '@',
    '"',
  ]) {
    it(`stays quick on a long row of ${part}`, () => {
      const text = part.repeat(Math.ceil(100_000 / part.length));
      const started = process.hrtime.bigint();

      read({ text, entities: [own, other] });
      read({ attachments: [html(text)], entities: [own, other] });

      // Far above a linear run even on a busy machine, far below a quadratic one.
      assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
    });
  }
});
