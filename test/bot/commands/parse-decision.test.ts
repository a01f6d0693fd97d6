import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';

type Case = readonly [typed: string, parsed: object];

const invalid = (command: string, problem: string): object => ({ kind: 'invalid', command, problem });

function table(cases: readonly Case[]): void {
  for (const [typed, parsed] of cases) {
    it(JSON.stringify(typed.length > 90 ? `${typed.slice(0, 90)}…` : typed), () =>
      assert.deepEqual(parseCommand(typed), parsed),
    );
  }
}

describe('a decision in words', () => {
  describe('is read', () => {
    const approved = { kind: 'approve', requestNumber: 12, comment: '' };
    const denied = { kind: 'deny', requestNumber: 12, comment: 'Backup server, call me' };
    table([
      ['/approve #12', approved],
      ['approve 12', approved],
      ['/APPROVE ＃１２', approved],
      ['/approve “#12”\u00A0\u200B', approved],
      ['/approve #12 \u3164\u2800', approved],
      ['/approve #12 Agreed,  contain it', { ...approved, comment: 'Agreed, contain it' }],
      ['/approve 12 #13 too', { ...approved, comment: '#13 too' }],
      ['/deny #12 Backup server, call me', denied],
      ['deny １２\nBackup server,\tcall me', denied],
      ['/deny #12 👎', { ...denied, comment: '👎' }],
      [`/deny #12 ${'a'.repeat(5_000)}`, { ...denied, comment: 'a'.repeat(5_000) }],
      ...(['approve', 'deny'] as const).flatMap((word): Case[] => [
        [`/${word}`, invalid(word, 'missing-request')],
        [`/${word} \u200B`, invalid(word, 'missing-request')],
        ...['#', '#0', '0', '#012', '#-1', '#99999999999', '12,', '#12,#13', 'req_x', '١٢', '#½'].map(
          (number): Case => [`/${word} ${number} x`, invalid(word, 'bad-request-number')],
        ),
      ]),
      ['/deny #12', invalid('deny', 'missing-comment')],
      ['/deny #12 \u00A0\u200B\u3164\uFE0F', invalid('deny', 'missing-comment')],
      ['/deny twelve', invalid('deny', 'bad-request-number')],
    ]);
  });

  it('decides on the number that was typed and no other, and denies nothing without a visible reason', () => {
    const number = fc.string({
      unit: fc.constantFrom(...'0129１#＃,.-+e½ “"\u200B'.split('')),
      maxLength: 12,
    });
    const comment = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.constantFrom('approve', 'deny'), number, comment, (word, typed, why) => {
        const parsed = parseCommand(`/${word} ${typed} ${why}`);
        if (parsed.kind !== 'approve' && parsed.kind !== 'deny') return;
        assert.match(String(parsed.requestNumber), /^[1-9][0-9]{0,8}$/);
        const digits = `${typed} ${why}`.normalize('NFKC').replaceAll(/[\u200B"“#]/g, '');
        assert.ok(digits.trim().startsWith(String(parsed.requestNumber)));
        if (parsed.kind === 'deny') assert.match(parsed.comment, /\S/);
      }),
    );
  });

  it('takes the words behind the number as they were written', () => {
    const words = fc.stringMatching(/^[A-Za-z“”–😀][A-Za-z“”–😀 ]{0,58}[A-Za-z“”–😀]$/u);
    const numbers = fc.integer({ min: 1, max: 999_999_999 });
    fc.assert(
      fc.property(fc.constantFrom('approve', 'deny'), numbers, words, (kind, requestNumber, written) => {
        const comment = written.replaceAll(/ +/g, ' ');
        assert.deepEqual(parseCommand(`${kind} #${requestNumber} ${written}`), {
          kind,
          requestNumber,
          comment,
        });
      }),
    );
  });
});
