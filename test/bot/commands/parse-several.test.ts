import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';

const id = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const reason = 'Beacons every 60 s';

const invalid = (command: string, problem: string): object => ({ kind: 'invalid', command, problem });
const malformed = (length: number): object => ({ ...invalid('restrict', 'malformed-id'), length });
const several = (devices: readonly string[], why = reason, action = 'restrict'): object => ({
  kind: 'several',
  action,
  devices: devices.map((device) =>
    /^[0-9a-f]{40}$/.test(device) ? { deviceId: device } : { deviceName: device },
  ),
  reason: why,
});
const boxed = (devices: readonly string[], text: string, seconds: number): object => ({
  ...several(devices),
  duration: { text, seconds },
});
const otherId = id.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));

type Case = readonly [typed: string, parsed: object];

function table(cases: readonly Case[]): void {
  for (const [typed, parsed] of cases) {
    it(JSON.stringify(typed.length > 90 ? `${typed.slice(0, 90)}…` : typed), () =>
      assert.deepEqual(parseCommand(typed), parsed),
    );
  }
}

describe('parsing a command for several devices', () => {
  describe('reads several devices, each once', () => {
    const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `pc-${index}`);
    table([
      [`/restrict ${id},${otherId} ${reason}`, several([id, otherId])],
      [`/restrict ${id}, ${otherId} ${reason}`, several([id, otherId])],
      [`/restrict ${id} , “pc-042”,x ${reason}`, several([id, 'pc-042', 'x'])],
      [`/unrestrict a,b,c ${reason}`, several(['a', 'b', 'c'], reason, 'unrestrict')],
      [`/restrict a,,b ${reason}`, several(['a', 'b'])],
      [`/restrict PC-1,pc-1,pc-1. ${reason}`, { kind: 'restrict', deviceName: 'pc-1', reason }],
      [`/restrict ${id},${id.toUpperCase()},x ${reason}`, several([id, 'x'])],
      [`/restrict a,b for the audit`, several(['a', 'b'], 'for the audit')],
      [`/restrict a,b for 4h ${reason}`, boxed(['a', 'b'], '4h', 14_400)],
      [`/restrict a, b ,c For 30M ${reason}`, boxed(['a', 'b', 'c'], '30m', 1_800)],
      [
        `/restrict pc-1,PC-1 for 4h ${reason}`,
        { kind: 'restrict', deviceName: 'pc-1', duration: { text: '4h', seconds: 14_400 }, reason },
      ],
      [`/restrict ${named(50).join(',')} ${reason}`, several(named(50))],
      [`/restrict ${named(50).join(', ')},pc-7 ${reason}`, several(named(50))],
    ]);
  });

  describe('refuses a list with one clear error', () => {
    const tooMany = Array.from({ length: 51 }, (_, index) => `pc-${index}`).join(',');
    table([
      [
        `/restrict ${tooMany} ${reason}`,
        { kind: 'invalid', command: 'restrict', problem: 'too-many-devices', count: 51 },
      ],
      [`/restrict a,b for 4w ${reason}`, invalid('restrict', 'bad-duration')],
      [`/restrict a,b for 0h ${reason}`, invalid('restrict', 'bad-duration')],
      [`/restrict a,b for 4h`, invalid('restrict', 'missing-reason')],
      [`/restrict a, for 4w ${reason}`, invalid('restrict', 'comma-before-for')],
      [`/restrict a, for 4h ${reason}`, invalid('restrict', 'comma-before-for')],
      [`/restrict a,b, FOR ４h ${reason}`, invalid('restrict', 'comma-before-for')],
      [`/unrestrict a,for -1h ${reason}`, invalid('unrestrict', 'comma-before-for')],
      ...['"4h"', '(4h)', '[4h]', '~4h', '„4h“', '<4h>', '4h,'].map((time): Case => [
        `/restrict a, for ${time} ${reason}`,
        invalid('restrict', 'comma-before-for'),
      ]),
      [`/restrict a, for, 4h ${reason}`, invalid('restrict', 'comma-before-for')],
      [`/restrict a, for, "4h", b ${reason}`, invalid('restrict', 'comma-before-for')],
      [`/restrict a,for ${reason}`, several(['a', 'for'])],
      [`/restrict a, for, b ${reason}`, several(['a', 'for', 'b'])],
      [`/restrict a, for (see 4h) ${reason}`, several(['a', 'for'], `(see 4h) ${reason}`)],
      [`/unrestrict a,b for 4h ${reason}`, invalid('unrestrict', 'duration-not-taken')],
      [`/restrict pc-1,${id}0 ${reason}`, { ...malformed(41), place: 2 }],
      [`/restrict pc-1,-x ${reason}`, { ...invalid('restrict', 'malformed-device'), place: 2 }],
      [`/restrict a,b`, invalid('restrict', 'missing-reason')],
    ]);
  });

  it('reads back whatever list of devices was typed, in its order and each once', () => {
    const device = fc.oneof(
      fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,20}$/).filter((name) => !/^[0-9a-f]{32,}$/.test(name)),
      fc.stringMatching(/^[0-9a-f]{40}$/),
    );
    const comma = fc.constantFrom(',', ', ', ' ,', ' , ', ',   ');
    fc.assert(
      fc.property(
        fc.array(device, { minLength: 2, maxLength: 60 }),
        comma,
        fc.func(fc.boolean()),
        (devices, between, isLoud) => {
          const list = devices.map((word) => (isLoud(word) ? word.toUpperCase() : word)).join(between);
          const once = [...new Set(devices)];
          const parsed = parseCommand(`/restrict ${list} ${reason}`);
          if (once.length > 50) assert.equal(parsed.kind, 'invalid');
          else if (once.length > 1) assert.deepEqual(parsed, several(once));
          else assert.equal(parsed.kind, 'restrict');
        },
      ),
    );
  });

  it('reads back whatever duration was typed after a list, and the same list with it', () => {
    const device = fc
      .stringMatching(/^[a-z0-9_][a-z0-9_-]{0,20}$/)
      .filter((name) => !/^[0-9a-f]{32,}$/.test(name));
    const unit = fc.constantFrom(['m', 60], ['h', 3_600], ['d', 86_400]) as fc.Arbitrary<[string, number]>;
    fc.assert(
      fc.property(
        fc.uniqueArray(device, { minLength: 2, maxLength: 50 }),
        fc.constantFrom(',', ', ', ' , '),
        fc.integer({ min: 1, max: 999 }),
        unit,
        (devices, between, count, [letter, seconds]) => {
          const parsed = parseCommand(`/restrict ${devices.join(between)} for ${count}${letter} ${reason}`);
          assert.deepEqual(parsed, boxed(devices, `${count}${letter}`, count * seconds));
        },
      ),
    );
  });
});
