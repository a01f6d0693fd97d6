import assert from 'node:assert/strict';
import { expandCard, expandFirstThatFits } from '../../../bot/render/expand.ts';
import { RenderError } from '../../../bot/render/render-error.ts';

const card = (body: unknown): object => ({ type: 'AdaptiveCard', version: '1.5', body });

function isRefused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RenderError && error.code === code;
}

describe('expansion of a template', () => {
  it('fills in text without reading it as a template', () => {
    const expanded = expandCard('test', card([{ type: 'TextBlock', text: 'by ${name}' }]), {
      name: '${$root}',
    });

    assert.deepEqual(expanded.body, [{ type: 'TextBlock', text: 'by ${$root}' }]);
  });

  it('drops an element whose list is empty', () => {
    const template = card([{ type: 'TextBlock', $data: '${list}', text: '${text}' }]);

    assert.deepEqual(expandCard('test', template, { list: [] }).body, []);
  });

  const leftovers = {
    'a name that the view does not have': '${missing}',
    'a name within other words': 'by ${missing.name}!',
  };
  for (const [what, text] of Object.entries(leftovers)) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => expandCard('test', card([{ type: 'TextBlock', text }]), { name: '${missing}' }),
        isRefused('card-leftover'),
      );
    });
  }

  it('refuses a template that cannot be expanded, without repeating what was in it', () => {
    assert.throws(
      () => expandCard('test', card([{ type: 'TextBlock', text: '`${name}' }]), { name: 'secret' }),
      (error) => error instanceof RenderError && !error.message.includes('secret'),
    );
  });

  it('refuses a card of 28,000 bytes, counted in UTF-8', () => {
    const template = card([{ type: 'TextBlock', text: '${text}' }]);

    assert.ok(expandCard('test', template, { text: 'é'.repeat(13_900) }));
    assert.throws(
      () => expandCard('test', template, { text: '日'.repeat(9_400) }),
      isRefused('card-too-large'),
    );
  });

  it('takes the first view that makes a card small enough', () => {
    const template = card([{ type: 'TextBlock', text: '${text}' }]);
    const [huge, large] = ['x'.repeat(40_000), 'x'.repeat(30_000)].map((text) => ({ text }));

    const { body } = expandFirstThatFits('test', template, [
      huge ?? {},
      large ?? {},
      { text: 'a' },
      { text: 'b' },
    ]);

    assert.deepEqual(body, [{ type: 'TextBlock', text: 'a' }]);
    assert.throws(() => expandFirstThatFits('test', template, [huge ?? {}]), isRefused('card-too-large'));
    assert.throws(
      () => expandFirstThatFits('test', template, [{}, { text: 'a' }]),
      isRefused('card-leftover'),
    );
  });

  it('says nothing on the console', () => {
    const said: unknown[] = [];
    const { warn, log } = console;
    console.warn = console.log = (...words: unknown[]) => said.push(words);
    try {
      expandCard('test', card([{ type: 'TextBlock', $data: '${list}', text: '${text}' }]), { list: [] });
    } finally {
      Object.assign(console, { warn, log });
    }

    assert.deepEqual(said, []);
  });
});
