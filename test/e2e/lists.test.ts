import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Conversation } from '../../sandbox/world.ts';
import type { Asked, Wish } from './play.ts';
import { alex, general, incident, nightShift, riley, setStage } from './stage.ts';

describe('The lists of what was asked', () => {
  const stage = setStage();
  const device = addressBook.device('ws-finance-017');
  const other = addressBook.device('ws-reception-02');

  /** Where no end of a request is told between a command and its answer. */
  const chat = addressBook.chat(riley);

  const says = (typed: string, where: Conversation = incident) => stage.answerTo(riley, where, typed);

  /** Also told to the thread: in a group chat that would else be taken for the answer to what is typed next. */
  async function over(asked: Asked, label: 'Succeeded' | 'Denied' | 'Withdrawn'): Promise<Asked> {
    await stage.until(asked, label);
    await stage.outcome(asked, new RegExp(`${asked.number} ${label}`));
    return asked;
  }

  async function succeeded(wish: Wish): Promise<Asked> {
    const asked = await stage.ask(wish);
    await stage.press(alex, asked, 'approve');
    return over(asked, 'Succeeded');
  }

  async function denied(wish: Wish): Promise<Asked> {
    const asked = await stage.ask(wish);
    await stage.press(alex, asked, 'deny', { comment: 'Not needed' });
    return over(asked, 'Denied');
  }

  it('/pending shows what awaits approval here, and nothing from elsewhere', async () => {
    const mine = await stage.ask({ where: nightShift });
    const theirs = await stage.ask({ where: general, device: other });

    const shown = await says('/pending', nightShift);

    assert.match(shown, new RegExp(`Awaiting approval \\(\\d+\\)[^]*${mine.number} Restrict · `));
    assert.ok(!new RegExp(`${theirs.number}\\b`).test(shown), shown);
    assert.match(shown, /asked by Riley Chen · .* ago · expires in (3 h 59 min|4 h)/);
  });

  it('/pending goes from page to page, and says which there are', async () => {
    const made: Asked[] = [];
    for (const each of addressBook.devices.slice(0, 9)) {
      made.push(await stage.ask({ where: general, device: each }));
    }

    const [one, two, four] = [
      await says('/pending', general),
      await says('/pending 2', general),
      await says('/pending 4', general),
    ];

    assert.match(one, /Page 1 of 2: \/pending 2 shows more/);
    assert.match(two, /Page 2 of 2/);
    assert.equal(four, 'There are only 2 pages: /pending to /pending 2.');
    for (const { number } of made) {
      const row = new RegExp(`^${number} Restrict`, 'm');
      assert.equal([one, two].filter((page) => row.test(page)).length, 1, number);
    }
    // One after the other: nine at once outlast the patience of the tidying after a test on a busy machine.
    for (const asked of made) {
      await stage.press(riley, asked, 'cancel', { comment: 'End of the test' });
      await stage.until(asked, 'Withdrawn');
    }
  });

  it('/status shows one request here, in the words of its card, and calls another’s unknown', async () => {
    const asked = await succeeded({ where: incident });
    const shown = await says(`/status ${asked.number}`);
    const elsewhere = await says(`/status ${asked.number}`, nightShift);
    const unknown = await says('/status #999999', nightShift);

    assert.match(
      shown,
      new RegExp(`^Restrict app execution · ${asked.number}\nSucceeded  at \\d\\d:\\d\\d UTC\n`),
    );
    assert.match(shown, /Approved by\nAlex Moreno/);
    assert.match(shown, /Machine action\n/);
    assert.match(shown, new RegExp(`/unrestrict ${device.id} <reason>`));
    assert.equal(elsewhere.replace(asked.number, '#999999'), unknown);
  });

  it('a device is found by its name, short or whole, in any case, or its id', async () => {
    const asked = await succeeded({ where: nightShift });

    for (const typed of [
      device.name,
      device.name.split('.')[0] ?? '',
      device.name.toUpperCase(),
      device.id,
    ]) {
      assert.match(await says(`/status ${typed}`, nightShift), /^Device\nRestriction in force/, typed);
      assert.match(
        await says(`/history ${typed}`, nightShift),
        new RegExp(`^${asked.number} Restrict · Succeeded$`, 'm'),
      );
    }
    for (const typed of ['ws-finance', 'nobody-knows-it', '0'.repeat(40)]) {
      assert.match(
        await says(`/history ${typed}`, nightShift),
        /^Nothing was asked for this device here/,
        typed,
      );
    }
  });

  it('/history shows refusals and withdrawals too, the newest first, and nothing from elsewhere', async () => {
    const where = general;
    const one = await denied({ where, device: other });
    const two = await stage.ask({ where, device: other });
    await stage.press(riley, two, 'cancel', { comment: 'Wrong one' });
    await over(two, 'Withdrawn');
    const theirs = await denied({ where: nightShift, device: other });

    const rows = (await says(`/history ${other.id}`, where))
      .split('\n')
      .filter((text) => /^#\d+ /.test(text));

    const at = (asked: Asked, label: string) => rows.indexOf(`${asked.number} Restrict · ${label}`);
    assert.ok(at(two, 'Withdrawn') >= 0 && at(two, 'Withdrawn') < at(one, 'Denied'), rows.join('\n'));
    assert.ok(!rows.some((row) => row.startsWith(`${theirs.number} `)));
  });

  for (const where of [incident, general]) {
    it(`/active shows a restriction until it is lifted, also by a request in ${where.name}`, async () => {
      const target = addressBook.device('ws-design-044');
      const asked = await succeeded({ where: incident, device: target });
      const row = new RegExp(`^${asked.number} · `, 'm');

      const before = await says('/active');
      const lift = await succeeded({ where, device: target, action: 'unrestrict' });
      const after = await says('/active');
      const status = await says(`/status ${target.id}`);

      assert.match(before, row);
      assert.match(before, /no end set · since .* · asked by Riley Chen · approved by Alex Moreno/);
      assert.ok(!row.test(await says('/active', nightShift)));
      assert.ok(!row.test(after), after);
      assert.match(status, /^Device\nRestriction lifted/);
      assert.equal(status.includes(lift.number), where === incident, status);
    });
  }

  it('ask Defender and Entra nothing', async () => {
    await succeeded({ where: nightShift });
    const calls = () => stage.wire.filter(({ to }) => to === 'defender' || to === 'token service').length;
    const before = calls();

    for (const typed of [
      '/pending',
      '/active',
      `/history ${device.id}`,
      `/status ${device.id}`,
      '/status 1',
    ]) {
      await says(typed, nightShift);
    }

    assert.equal(calls(), before);
  });

  it('answer a message once, however often it is delivered', async () => {
    const { teams } = stage.sandbox;
    const answers = (message: Message) =>
      teams.messages.list(chat.id).filter(({ from, id }) => from.isBot && Number(id) > Number(message.id))
        .length;
    const { message, activity } = await teams.say(riley, chat, '/pending');
    await teams.messages.until(() => (answers(message) > 0 ? true : undefined));

    await Promise.all([1, 2, 3].map(() => teams.deliver(activity)));

    assert.equal(answers(message), 1);
  });

  const wrong: readonly (readonly [typed: string, says: RegExp])[] = [
    ['/status', /Which one\?.*Usage: \/status <request \| device>$/],
    [`/status ${device.id.slice(1)}`, /39 characters.*Usage/],
    ['/status #0', /not the number of a request.*Usage/],
    ['/status ws%', /neither a device id.*Usage/],
    ['/status #1 and more', /Nothing more goes behind that.*Usage/],
    ['/history', /device is missing.*Usage: \/history <device> \[page\]$/],
    [`/history ${device.id} 0`, /not the number of a page.*Usage/],
    ['/pending 0', /not the number of a page.*Usage: \/pending \[page\]$/],
    ['/pending -1', /not the number of a page.*Usage/],
    ['/active 1e9', /not the number of a page.*Usage: \/active \[page\]$/],
    ['/active 1 2', /Nothing more goes behind that.*Usage/],
  ];
  for (const [typed, answer] of wrong) {
    it(`say what is wrong with ${typed.slice(0, 30)}`, async () =>
      assert.match(await says(typed, chat), answer));
  }
});
