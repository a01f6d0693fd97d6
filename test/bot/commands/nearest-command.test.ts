import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearestCommand } from '../../../bot/commands/nearest-command.ts';
import { parseCommand } from '../../../bot/commands/parse.ts';
import { commands, findCommand } from '../../../bot/commands/registry.ts';

describe('the command that a mistyped word is near to', () => {
  const near: readonly (readonly [typed: string, name: string])[] = [
    ['/restirct', 'restrict'],
    ['restrct', 'restrict'],
    ['/retsrict', 'restrict'],
    ['RESTRICTT', 'restrict'],
    ['/restrictd', 'restrict'],
    ['//restrict', 'restrict'],
    ['!restrict', 'restrict'],
    ['restrict:', 'restrict'],
    ['/unrestict', 'unrestrict'],
    ['/un-restrict', 'unrestrict'],
    ['/aprove', 'approve'],
    ['/approved', 'approve'],
    ['/appove', 'approve'],
    ['/dney', 'deny'],
    ['/denny', 'deny'],
    ['/cancle', 'cancel'],
    ['/hlep', 'help'],
    ['/who-am-i', 'whoami'],
    ['/sign-out', 'signout'],
    ['ｒｅｓｔｉｃｔ', 'restrict'],
  ];
  for (const [typed, name] of near) {
    it(`is /${name} for ${typed}`, () => assert.equal(nearestCommand(typed)?.name, name));
  }

  const far: readonly (readonly [typed: string, why: string])[] = [
    ['/lock', 'means the same, but is not spelt alike'],
    ['block', 'is another word'],
    ['hello', 'is another word'],
    ['/isolate', 'is another command of another product'],
    ['derestrict', 'is as near to restrict as to unrestrict'],
    ['nrestrict', 'is as near to restrict as to unrestrict'],
    ['/res', 'is only a beginning'],
    ['any', 'has two errors in a short name'],
    ['', 'is nothing'],
    ['/', 'is nothing'],
    ['#12', 'is a number'],
    ['constructor', 'is a word of the language this is written in'],
    ['restrict'.repeat(1_000), 'is no word'],
  ];
  for (const [typed, why] of far) {
    it(`is none for “${typed.slice(0, 20)}”, which ${why}`, () =>
      assert.equal(nearestCommand(typed), undefined));
  }

  it('is found for every name with two neighbouring letters swapped, unless that is another name', () => {
    for (const { name } of commands) {
      for (let at = 0; at + 1 < name.length; at += 1) {
        const swapped = name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
        if (findCommand(swapped) === undefined) assert.equal(nearestCommand(swapped)?.name, name, swapped);
      }
    }
  });

  it('is never carried out', () => {
    const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
    for (const [typed] of near) {
      assert.equal(parseCommand(`${typed} ${id} Beacon`).kind, 'unknown', typed);
      assert.equal(parseCommand(`${typed} #1 Beacon`).kind, 'unknown', typed);
    }
  });

  it('is a command or none for any text', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'restrictapovdnyhlmw/-'.split('')), maxLength: 12 }),
    );
    fc.assert(
      fc.property(word, (any) => {
        const found = nearestCommand(any);
        assert.ok(found === undefined || commands.includes(found));
      }),
    );
  });

  it('takes no longer for a longer text', () => {
    const started = process.hrtime.bigint();
    for (const part of ['r', '/', '"', 'ﷺ', '\u0301', 'restrict ']) nearestCommand(part.repeat(50_000));
    assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
  });
});
