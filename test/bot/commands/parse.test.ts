import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';
import { commands } from '../../../bot/commands/registry.ts';

const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const reason = 'Beacons every 60 s';
const restricted = { kind: 'restrict', deviceId: id, reason };

const invalid = (command: string, problem: string): object => ({ kind: 'invalid', command, problem });
const malformed = (length: number): object => ({ ...invalid('restrict', 'malformed-id'), length });
type Case = readonly [typed: string, parsed: object];

function table(cases: readonly Case[]): void {
  for (const [typed, parsed] of cases) {
    it(JSON.stringify(typed.length > 90 ? `${typed.slice(0, 90)}…` : typed), () =>
      assert.deepEqual(parseCommand(typed), parsed),
    );
  }
}

describe('parsing a command', () => {
  describe('reads restrict and unrestrict in every form', () => {
    table([
      [`/restrict ${id} ${reason}`, restricted],
      [`restrict ${id} ${reason}`, restricted],
      [`/RESTRICT ${id.toUpperCase()} ${reason}`, restricted],
      [`／ｒｅｓｔｒｉｃｔ ${id} ${reason}`, restricted],
      [`/ restrict ${id} ${reason}`, restricted],
      [`“/restrict” ${id} ${reason}`, restricted],
      [`\u200B/rest\u200Brict\u00A0\u00A0${id}\r\n\t${reason}\n`, restricted],
      [`/restrict ${id.slice(0, 20)}\u200B${id.slice(20)} ${reason}`, restricted],
      [`/restrict "${id}" ${reason}`, restricted],
      [`/restrict “${id}” ${reason}`, restricted],
      [`/restrict «\u00A0${id}\u00A0» ${reason}`, restricted],
      [`/restrict '${id} ${reason}`, restricted],
      [`/restrict <${id}> ${reason}`, restricted],
      [`/unrestrict ${id} ${reason}`, { ...restricted, kind: 'unrestrict' }],
    ]);
  });

  describe('keeps the reason as it was written', () => {
    const kept = (written: string): Case => [
      `/restrict ${id} ${written}`,
      { ...restricted, reason: written },
    ];
    table([
      kept('“C2” traffic – see ‘notes’ — café 😀 👩‍💻'),
      kept('for the record, he said "no", twice'),
      kept('For review by tier 3'),
      kept('forensics 4h'),
      kept('because, for 4h, it beaconed'),
      kept('/cancel #12 is not a command here'),
      kept('cordon:req_x <at>Eve</at> ${title} **bold**'),
      kept('for — as agreed'),
      kept('for the audit'),
      kept('(for “the audit”, see 4h)'),
      kept('for, ~ well, the audit'),
      kept('a'.repeat(5_000)),
      [`/restrict ${id} two\n\nlines`, { ...restricted, reason: 'two lines' }],
    ]);
  });

  describe('says which part of a restriction is missing or wrong', () => {
    const name = 'pc-042';
    table([
      ['/restrict', invalid('restrict', 'missing-device')],
      ['/unrestrict  ', invalid('unrestrict', 'missing-device')],
      ['/restrict “”', invalid('restrict', 'missing-device')],
      ['/restrict ,', invalid('restrict', 'missing-device')],
      [`/restrict ${id.slice(1)} ${reason}`, malformed(39)],
      [`/restrict ${id}0 ${reason}`, malformed(41)],
      [`/restrict ${'a'.repeat(32)} ${reason}`, malformed(32)],
      [`/restrict ${'F'.repeat(4_000)} ${reason}`, malformed(4_000)],
      [`/restrict "${id}0" ${reason}`, malformed(41)],
      [`/restrict ${id},${id}0 ${reason}`, { ...malformed(41), place: 2 }],
      [`/restrict ${id}!! ${reason}`, invalid('restrict', 'malformed-device')],
      [`/restrict #12 ${reason}`, invalid('restrict', 'malformed-device')],
      [`/restrict https://x.test/${id} ${reason}`, invalid('restrict', 'malformed-device')],
      [`/restrict 😀 ${reason}`, invalid('restrict', 'malformed-device')],
      [`/restrict ${'n'.repeat(254)} ${reason}`, invalid('restrict', 'malformed-device')],
      [`/restrict ${id}`, invalid('restrict', 'missing-reason')],
      [`/restrict ${id} \u3164\uFE0F`, invalid('restrict', 'missing-reason')],
      [`/restrict ${id} for`, invalid('restrict', 'missing-reason')],
      [`/restrict ${id},`, invalid('restrict', 'missing-reason')],
      [`/restrict ${name}`, invalid('restrict', 'missing-reason')],
      [`/restrict ${id} for 4h`, invalid('restrict', 'missing-reason')],
      [`/unrestrict ${id} for 4h ${reason}`, invalid('unrestrict', 'duration-not-taken')],
      [`/unrestrict ${id} for 3 reasons`, invalid('unrestrict', 'duration-not-taken')],
    ]);
  });

  describe('accepts only 1–999 with m, h or d as a duration', () => {
    for (const [typed, text, seconds] of [
      ['1m', '1m', 60],
      ['4h', '4h', 14_400],
      ['999d', '999d', 86_313_600],
      ['4H', '4h', 14_400],
      ['４ｈ', '4h', 14_400],
      ['"4h"', '4h', 14_400],
      ['(4h)', '4h', 14_400],
      ['[<4h>]', '4h', 14_400],
    ] as const) {
      it(`takes ${typed}`, () =>
        assert.deepEqual(parseCommand(`/restrict ${id} for ${typed} ${reason}`), {
          kind: 'restrict',
          deviceId: id,
          duration: { text, seconds },
          reason,
        }));
    }
    const box = { ...restricted, duration: { text: '4h', seconds: 14_400 } };
    const wrapped = ['[for 4h]', '[for <4h>]', 'for, 4h'];
    table(wrapped.map((typed): Case => [`/restrict ${id} ${typed} ${reason}`, box]));
    for (const duration of '~4h ≈4h "4 (4h), 0h 1000m 04h 4 4w 4hours 4h, 1.5h 1h30m +4h -4h −4h –4h ½h ٤h 3'.split(
      ' ',
    )) {
      it(`refuses ${duration}`, () =>
        assert.deepEqual(
          parseCommand(`/restrict ${id} FOR ${duration} ${reason}`),
          invalid('restrict', 'bad-duration'),
        ));
    }
  });

  describe('tells the first of several faults', () => {
    table([
      [`/restrict pc-042,${id}0 for 4x`, { ...malformed(41), place: 2 }],
      [`/restrict a,b for 4x`, invalid('restrict', 'bad-duration')],
      [`/restrict a,b for 4h`, invalid('restrict', 'missing-reason')],
    ]);
  });

  describe('reads cancel', () => {
    const cancelled = { kind: 'cancel', requestNumber: 12, reason: 'Wrong device' };
    table([
      ['/cancel #12 Wrong device', cancelled],
      ['cancel 12 Wrong device', cancelled],
      ['Cancel “#12” Wrong device', cancelled],
      ['/cancel ＃１２ Wrong device', cancelled],
      ['/cancel 999999999 x', { kind: 'cancel', requestNumber: 999_999_999, reason: 'x' }],
      ['/cancel', invalid('cancel', 'missing-request')],
      ...['#', '0', '#0', '012', '-1', '1e3', '12:', 'twelve', '1000000000', '##1', '٤'].map(
        (number): Case => [`/cancel ${number} x`, invalid('cancel', 'bad-request-number')],
      ),
      ['/cancel twelve', invalid('cancel', 'bad-request-number')],
      ['/cancel #12', invalid('cancel', 'missing-reason')],
    ]);
  });

  describe('reads report, of seven days unless told otherwise', () => {
    const reported = (text: string, seconds: number): object => ({
      kind: 'report',
      period: { text, seconds },
    });
    table([
      ['/report', reported('7d', 604_800)],
      ['Report 24h', reported('24h', 86_400)],
      ['/report 999M', reported('999m', 59_940)],
      ['/report “３０ｄ”', reported('30d', 2_592_000)],
      ...[
        '0d',
        '1000d',
        '07d',
        '7',
        'd',
        '7w',
        '1y',
        '4 h',
        '-1h',
        '1.5h',
        '1h30m',
        '7d please',
        '7d,',
        '[7d]',
        '#7',
      ].map((period): Case => [`/report ${period}`, invalid('report', 'bad-period')]),
      [`/report ${'9'.repeat(60_000)}d`, invalid('report', 'bad-period')],
    ]);
  });

  describe('reads help', () => {
    table([
      ['/help', { kind: 'help' }],
      ['HELP', { kind: 'help' }],
      ['help Restrict please', { kind: 'help', topic: 'restrict' }],
      ['/help /cancel', { kind: 'help', topic: 'cancel' }],
      [`/help ${'x'.repeat(90)}`, { kind: 'help', topic: 'x'.repeat(40) }],
    ]);
  });

  describe('reads what concerns the asker alone, whatever stands behind it', () => {
    table([
      ['/whoami', { kind: 'whoami' }],
      ['signout now', { kind: 'signout' }],
    ]);
  });

  describe('knows nothing else', () => {
    table([
      ...['', ' \u00A0\n', '😀', '👩‍💻 🔥', '1️⃣', '?!', '/', '/ /', '…', '\u200B'].map((typed): Case => [
        typed,
        { kind: 'empty' },
      ]),
      ...'breakglass drift'
        .split(' ')
        .map((word): Case => [`/${word} 1`, { kind: 'unknown', word: `/${word}` }]),
      ['Hello there', { kind: 'unknown', word: 'hello' }],
      [`restrict: ${id} ${reason}`, { kind: 'unknown', word: 'restrict:' }],
      [`//restrict ${id} ${reason}`, { kind: 'unknown', word: '//restrict' }],
      [`${id} ${reason}`, { kind: 'unknown', word: id }],
      ['constructor', { kind: 'unknown', word: 'constructor' }],
      ['w'.repeat(60_000), { kind: 'unknown', word: 'w'.repeat(40) }],
    ]);
  });

  it('answers any text, without ever throwing', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '/restrict',
        'unrestrict',
        '/cancel',
        '/approve',
        'deny',
        'help',
        ...['/status', 'history', '/pending', '/active'],
        id,
        `${id}0`,
        'for',
        '4h',
        ',',
        '"',
        '“',
        '#12',
        '-',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    const kinds = ['empty', 'unknown', 'invalid', 'several', ...commands.map(({ name }) => name)];
    fc.assert(fc.property(text, (any) => assert.ok(kinds.includes(parseCommand(any).kind))));
  });

  it('recognises a valid command in whatever case, spacing and quotation', () => {
    const hex = fc.string({
      unit: fc.constantFrom(...'0123456789abcdefABCDEF'.split('')),
      minLength: 40,
      maxLength: 40,
    });
    const space = fc.string({
      unit: fc.constantFrom(' ', '\u00A0', '\t', '\n', '\u200B \u2003'),
      minLength: 1,
      maxLength: 4,
    });
    const command = fc.mixedCase(fc.constantFrom('restrict', '/restrict'));
    const quotation = fc.constantFrom(['', ''], ['"', '"'], ['“', '”'], ['‘', '’'], ['`', '`'] as const);
    const written = fc.stringMatching(/^[A-Za-z“”–😀]{4,60}$/u);
    fc.assert(
      fc.property(
        fc.tuple(command, hex, quotation, space, written),
        ([word, device, [open, close], gap, why]) => {
          const typed = `${gap}${word}${gap}${open}${device}${close}${gap}${why}${gap}`;
          assert.deepEqual(parseCommand(typed), {
            kind: 'restrict',
            deviceId: device.toLowerCase(),
            reason: why,
          });
        },
      ),
    );
  });

  it('never takes a device id other than the one that was typed', () => {
    const args = fc.string({ unit: fc.constantFrom(...'0af," g.-for4h#'.split(''), id), maxLength: 30 });
    fc.assert(
      fc.property(args, (typed) => {
        const parsed = parseCommand(`/restrict ${typed}`);
        if (parsed.kind === 'restrict') {
          const first = typed.split(/[ ,"]+/).find((part) => part !== '');
          assert.equal(parsed.deviceId ?? parsed.deviceName, first?.replace(/\.$/, ''));
        }
      }),
    );
  });

  it('never makes a name that could be more than one label after the other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (word) => {
        const parsed = parseCommand(`/restrict ${word} ${reason}`);
        if (parsed.kind === 'restrict' && parsed.deviceName !== undefined)
          assert.match(
            parsed.deviceName,
            /^(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(\.[a-z0-9_][a-z0-9_-]{0,62})*$/,
          );
      }),
    );
  });

  it('understands the example of every command', () => {
    for (const { name, example } of commands) assert.equal(parseCommand(example).kind, name);
  });

  for (const part of [',', '"', '“ ', '" ', 'a,', ', ', 'for ', '#', '/', 'ﷺ', '\u0301', '\u200D', 'x']) {
    it(`stays quick on a long row of ${JSON.stringify(part)}`, () => {
      const row = part.repeat(Math.ceil(50_000 / part.length));
      const started = process.hrtime.bigint();

      const words = ['/restrict', `/restrict ${id} for`, '/deny #1'];
      words.push(...'/cancel /approve /help /status /history /active'.split(' '));
      for (const before of ['', ...words.map((word) => `${word} `)]) parseCommand(before + row);

      assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
    });
  }
});
