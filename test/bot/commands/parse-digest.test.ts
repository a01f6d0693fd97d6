import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommand } from '../../../bot/commands/parse.ts';
import { replyToUnusable } from '../../../bot/commands/reply.ts';

describe('parsing /digest', () => {
  const read: readonly (readonly [string, object])[] = [
    ['/digest', { kind: 'digest' }],
    ['digest', { kind: 'digest' }],
    ['/DIGEST OFF', { kind: 'digest', times: [] }],
    ['/digest at 06:00', { kind: 'digest', times: [360] }],
    ['/digest at 6:00', { kind: 'digest', times: [360] }],
    ['/digest at 22:00, 06:00,14:30', { kind: 'digest', times: [360, 870, 1_320] }],
    ['/digest at 22:00 06:00', { kind: 'digest', times: [360, 1_320] }],
    ['/digest at ０６：００', { kind: 'digest', times: [360] }],
    ['/digest at 00:00, 23:59, 00:00', { kind: 'digest', times: [0, 1_439] }],
  ];
  for (const [typed, parsed] of read)
    it(`reads ${typed}`, () => assert.deepEqual(parseCommand(typed), parsed));

  const wrong = [
    '/digest at',
    '/digest at 24:00',
    '/digest at 6',
    '/digest at 06:60',
    '/digest at 06:00,,07:00',
    '/digest at 06:00 daily',
    '/digest at -1:00',
    '/digest off now',
    '/digest 06:00',
    '/digest please',
    `/digest at ${Array.from({ length: 9 }, (_, hour) => `0${hour}:00`).join(',')}`,
  ];
  for (const typed of wrong)
    it(`says what is wrong with ${typed}`, () => {
      const command = parseCommand(typed);
      assert.deepEqual(command, { kind: 'invalid', command: 'digest', problem: 'bad-times' });
      assert.match(replyToUnusable(command), /hh:mm in UTC.+Nothing was changed\. Usage: \/digest/);
    });

  it('takes any Unicode, and reads times that are times, in order and each once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const command = parseCommand(`/digest at ${text}`);
        if (command.kind === 'invalid') return;
        assert.equal(command.kind, 'digest');
        const times = command.times ?? assert.fail();
        assert.ok(times.length >= 1 && times.length <= 8);
        assert.ok(times.every((minute, place) => minute < 1_440 && (times[place - 1] ?? -1) < minute));
      }),
    );
  });
});
