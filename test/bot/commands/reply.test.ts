import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';
import { replyToUnusable } from '../../../bot/commands/reply.ts';

const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';

function replyTo(typed: string): string {
  const parsed = parseCommand(typed);
  if (!['empty', 'unknown', 'invalid', 'later'].includes(parsed.kind)) return '';
  return replyToUnusable(parsed as Parameters<typeof replyToUnusable>[0]);
}

describe('the reply to bad input', () => {
  const cases: readonly (readonly [typed: string, says: RegExp])[] = [
    ['', /commands only.*\/help/],
    ['🔥', /commands only.*\/help/],
    ['lock pc', /“lock” is not a command.*\/help/],
    ['/restrict', /device is missing.*Usage: \/restrict <device>\[,<device>…\] \[for <duration>\] <reason>$/],
    [
      `/restrict ${id.slice(1)} x`,
      /has 39 characters, a device id has 40 \(0–9, a–f\).*Usage: \/restrict <device>\[,<device>…\] \[for <duration>\] <reason>$/,
    ],
    [`/unrestrict ${id}0 x`, /has 41 characters.*Usage: \/unrestrict <device>\[,<device>…\] <reason>$/],
    ['/restrict #1 x', /neither a device id.*Usage:/],
    [`/restrict ${id}`, /reason is missing.*Usage:/],
    [`/restrict ${id} for 3 days`, /not a duration.*1 to 999.*Usage:/],
    [`/unrestrict ${id} for 4h x`, /takes no duration.*Usage:/],
    [`/restrict pc-1, ${id}0 x`, /^Device 2 of the list: That is not a device id.*has 41 characters.*Usage:/],
    [
      '/restrict a,b, for 4h why',
      /comma before “for” would make that a device\. Nothing was asked for.*Usage:/,
    ],
    ['/restrict pc-1,-x why', /^Device 2 of the list: That is neither a device id/],
    [
      `/restrict ${Array.from({ length: 51 }, (_, index) => `pc-${index}`).join(',')} x`,
      /^Those are 51 devices, and one request takes 50 at most\. Nothing was asked for.*Usage:/,
    ],
    ['/cancel', /number of the request is missing.*Usage: \/cancel <request> <reason>$/],
    ['/cancel x', /not the number of a request.*Usage:/],
    ['/cancel #1', /reason is missing.*record.*Usage:/],
    ['/approve', /number of the request is missing.*Usage: \/approve <request> \[comment\]$/],
    ['/approve #0', /not the number of a request.*Usage:/],
    ['/deny #99999999999 x', /not the number of a request.*Usage: \/deny <request> <comment>$/],
    ['/deny #1', /comment is missing; a denial needs a reason\. Usage: \/deny <request> <comment>$/],
    ['/deny #1 \u200B\u3164', /comment is missing.*Usage:/],
    [
      '/aprove #1',
      /^“aprove” is not a command, so nothing was done\. Did you mean \/approve\? Usage: \/approve <request> \[comment\]$/,
    ],
    ['/restrict: pc x', /^That is not a command, so nothing was done\. Did you mean \/restrict\? Usage:/],
    ['/report 4 h', /not a time to report on.*1 to 999.*Usage: \/report \[<duration>\]$/],
    ['/status', /Which one\?.*#12.*Usage: \/status <request \| device>$/],
    ['/status #0', /not the number of a request.*Usage: \/status/],
    ['/status a,b', /more than one.*Usage: \/status/],
    ['/status ws%', /neither a device id.*nor a device name.*Usage: \/status/],
    ['/status #1 please', /Nothing more goes behind that.*Usage: \/status/],
    [`/status ${id}0`, /has 41 characters.*Usage: \/status/],
    ['/history', /device is missing.*Usage: \/history <device> \[page\]$/],
    ['/history #12', /number of a request, which \/status shows.*Usage: \/history/],
    ['/pending 0', /not the number of a page; pages count from 1.*Usage: \/pending \[page\]$/],
    ['/active -1', /not the number of a page.*Usage: \/active \[page\]$/],
  ];
  for (const [typed, says] of cases) {
    it(`to ${JSON.stringify(typed)} says what is wrong`, () => assert.match(replyTo(typed), says));
  }

  it('does not say again what could become a link or a mention', () => {
    for (const typed of [
      'http://evil.test',
      '<at>All</at>',
      '[x](http://evil.test)',
      'a'.repeat(41) + '!',
      '@all',
    ]) {
      assert.match(replyTo(typed), /^That is not a command/);
    }
  });

  it('is one short line whatever was typed', () => {
    const typed = fc.tuple(
      fc.constantFrom(
        '',
        '/',
        '/restrct',
        '/aprove ',
        '/approve ',
        '/deny #1 ',
        '/restrict ',
        '/unrestrict ',
        '/cancel ',
        '/report ',
        `/restrict ${id} for `,
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(typed, ([command, rest]) => {
        const reply = replyTo(command + rest);
        assert.ok(reply.length < 300);
        assert.doesNotMatch(reply, /\n/);
      }),
    );
  });
});
