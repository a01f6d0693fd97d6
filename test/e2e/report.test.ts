import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Conversation } from '../../sandbox/world.ts';
import { alex, general, incident, jordan, nightShift, riley, sam, setStage } from './stage.ts';

describe('The report of a conversation', () => {
  const stage = setStage();

  /** The numbers of the answer, by the words beside them. */
  async function report(where: Conversation, typed = '/report'): Promise<ReadonlyMap<string, number>> {
    const text = await stage.answerTo(riley, where, typed);
    const requests = /^(\d+|No) requests?$/m.exec(text)?.[1] ?? assert.fail(text);
    const outcomes = text.split('\n').find((line) => /^Succeeded \d+ · /.test(line)) ?? '';
    return new Map([
      ['requests', requests === 'No' ? 0 : Number(requests)],
      ...[...outcomes.matchAll(/([A-Z][a-z ]+) (\d+)/g)].map(
        ([, label = '', count]) => [label, Number(count)] as const,
      ),
    ]);
  }

  const more = (
    one: ReadonlyMap<string, number>,
    other: ReadonlyMap<string, number>,
    label: string,
  ): number => (other.get(label) ?? 0) - (one.get(label) ?? 0);

  it('counts what was asked for, decided and done here, and nothing of elsewhere', async () => {
    const [before, elsewhere] = [await report(incident), await report(nightShift)];
    const [denied, done] = [
      await stage.ask({ device: 'ws-finance-017' }),
      await stage.ask({ device: 'srv-files-01' }),
    ];
    await stage.press(sam, denied, 'deny', { comment: 'Known good' });
    await stage.press(alex, done, 'approve');
    await Promise.all([stage.until(denied, 'Denied'), stage.until(done, 'Succeeded')]);

    const [after, elsewhereAfter] = [await report(incident), await report(nightShift)];

    for (const [label, count] of [
      ['requests', 2],
      ['Succeeded', 1],
      ['Denied', 1],
      ['Expired', 0],
    ] as const) {
      assert.equal(more(before, after, label), count, label);
    }
    assert.deepEqual(elsewhereAfter, elsewhere);
  });

  it('says the times to decision and containment, of how many, and of which time', async () => {
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');

    const text = await stage.answerTo(riley, incident, '/report 1h');

    assert.match(text, /^Report of the last hour$/m);
    assert.match(
      text,
      /Time to decision\np50 .+\np95 .+\nof \d+ decisions?\nTime to containment\np50 .+\np95 .+\nof \d+/,
    );
    assert.match(text, /\d{4}-\d\d-\d\d \d\d:\d\d UTC to \d{4}/);
    assert.ok(!text.includes(asked.device.id) && !text.includes('Alex'));
  });

  it('is there for a chat in which nobody asked, and asks neither Defender nor Entra', async () => {
    const seen = stage.wire.length;

    const text = await stage.answerTo(jordan, addressBook.chat(jordan), 'report 30d');

    assert.match(text, /Report of the last 30 days\nNo requests\nNothing was asked for in this time/);
    const called = stage.wire
      .slice(seen)
      .filter(({ to, as }) => !['teams', 'bot'].includes(to) && as !== 'Cordon (app)');
    assert.deepEqual(called, []);
  });

  for (const typed of [
    '/report 4 h',
    '/report 0d',
    '/report 1y',
    '/report -1h',
    '/report 7d of everything',
  ]) {
    it(`takes no other time than a number and m, h or d: ${typed}`, async () => {
      const answer = await stage.answerTo(riley, general, typed);

      assert.match(answer, /^That is not a time to report on: .*Usage: \/report \[<duration>\]$/);
    });
  }
});
