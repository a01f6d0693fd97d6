import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';

const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';

const invalid = (command: string, problem: string): object => ({ kind: 'invalid', command, problem });

type Case = readonly [typed: string, parsed: object];

function table(cases: readonly Case[]): void {
  for (const [typed, parsed] of cases) {
    it(JSON.stringify(typed.slice(0, 90)), () => assert.deepEqual(parseCommand(typed), parsed));
  }
}

describe('parsing a command that only shows something', () => {
  describe('reads it in every form', () => {
    const status = (of: object): object => ({ kind: 'status', of });
    const history = (device: object, page = 1): object => ({ kind: 'history', device, page });
    const byId = { by: 'id', deviceId: id };
    const byName = (name: string): object => ({ by: 'name', name });
    table([
      ['/status #12', status({ by: 'number', number: 12 })],
      ['status “12”', status({ by: 'number', number: 12 })],
      ['/STATUS ＃１２', status({ by: 'number', number: 12 })],
      [`/status ${id.toUpperCase()}`, status(byId)],
      [`/status ${'1'.repeat(40)}`, status({ by: 'id', deviceId: '1'.repeat(40) })],
      ['/status WS-Finance-017.Contoso.example.', status(byName('ws-finance-017.contoso.example'))],
      ['/status "ws_01"', status(byName('ws_01'))],
      ['/status deadbeef', status(byName('deadbeef'))],
      ['/status BÜRO-7', status(byName('büro-7'))],
      ['/status कंप्यूटर', status(byName('कंप्यूटर'))],
      ['/pending', { kind: 'pending', page: 1 }],
      ['pending 2', { kind: 'pending', page: 2 }],
      ['/active ２', { kind: 'active', page: 2 }],
      ['/active 999999999', { kind: 'active', page: 999_999_999 }],
      [`/history ${id}`, history(byId)],
      ['/history ws-1 3', history(byName('ws-1'), 3)],
      ['/history “ws-1” “3”', history(byName('ws-1'), 3)],
    ]);
  });

  describe('says what is wrong', () => {
    const malformedId = (command: string, length: number): object => ({
      ...invalid(command, 'malformed-id'),
      length,
    });
    const names = ['ws%', '-x', "o'neil", 'a/b', '*', '😀', '.', 'n'.repeat(254), '$x', 'a:b'];
    table([
      ['/status', invalid('status', 'missing-subject')],
      ['/status “”', invalid('status', 'missing-subject')],
      ['/status a,b', invalid('status', 'several-subjects')],
      ['/status #12,#13', invalid('status', 'several-subjects')],
      ...['#', '0', '#0', '-1', '012', '1000000000', '#x', '٤', '##1', '+1'].map((number): Case => [
        `/status ${number}`,
        invalid('status', 'bad-request-number'),
      ]),
      ['/status #12 please', invalid('status', 'nothing-follows')],
      ['/status ws-1 now', invalid('status', 'nothing-follows')],
      [`/status ${id.slice(1)}`, malformedId('status', 39)],
      [`/history ${id}0`, malformedId('history', 41)],
      ...names.map((name): Case => [`/status ${name}`, invalid('status', 'malformed-subject')]),
      ...names.map((name): Case => [`/history ${name} 2`, invalid('history', 'malformed-subject')]),
      ['/status ws 1', invalid('status', 'nothing-follows')],
      ['/history ws one', invalid('history', 'bad-page')],
      ['/history', invalid('history', 'missing-listed-device')],
      ['/history a, b', invalid('history', 'several-subjects')],
      ['/history #12', invalid('history', 'number-for-device')],
      ['/history 12 2', invalid('history', 'number-for-device')],
      ...['0', '-1', '1e9', '1.5', 'two', '01', '1000000000', '٢', '#2', '+2', '∞'].flatMap(
        (page): Case[] => [
          [`/pending ${page}`, invalid('pending', 'bad-page')],
          [`/active ${page}`, invalid('active', 'bad-page')],
          [`/history ws-1 ${page}`, invalid('history', 'bad-page')],
        ],
      ),
      ['/pending 2 3', invalid('pending', 'nothing-follows')],
      ['/active 2 please', invalid('active', 'nothing-follows')],
      ['/history ws-1 2 3', invalid('history', 'nothing-follows')],
    ]);

    it('never takes a request or a device other than the one that was typed', () => {
      const args = fc.string({ unit: fc.constantFrom(...'0a#"“ .-_%é,1'.split(''), id), maxLength: 20 });
      fc.assert(
        fc.property(args, (typed) => {
          const parsed = parseCommand(`/status ${typed}`);
          if (parsed.kind !== 'status') return;
          const { of } = parsed;
          const shown = of.by === 'number' ? String(of.number) : of.by === 'id' ? of.deviceId : of.name;
          assert.equal(typed.replaceAll(/[ "“#]/g, '').replace(/\.$/, ''), shown);
        }),
      );
    });
  });
});
