import assert from 'node:assert/strict';
import { parseCommand } from '../../../bot/commands/parse.ts';

const reason = 'Beacons every 60 s';

type Case = readonly [typed: string, parsed: object];

function table(cases: readonly Case[]): void {
  for (const [typed, parsed] of cases) {
    it(JSON.stringify(typed), () => assert.deepEqual(parseCommand(typed), parsed));
  }
}

describe('parsing the device of a command', () => {
  describe('takes a DNS name, whole or its beginning, in the form in which Defender keeps it', () => {
    const named = (deviceName: string, kind = 'restrict'): object => ({ kind, deviceName, reason });
    table([
      [`/restrict pc-042 ${reason}`, named('pc-042')],
      [`/restrict PC-042.corp.example. ${reason}`, named('pc-042.corp.example')],
      [`/restrict deadbeef ${reason}`, named('deadbeef')],
      [`/restrict pc- ${reason}`, named('pc-')],
      [`/restrict \u202epc-042 ${reason}`, named('pc-042')],
      [`/restrict 10.1.2.3 ${reason}`, named('10.1.2.3')],
      [`/restrict 0x7f ${reason}`, named('0x7f')],
      [`/restrict Bücher-01.contoso.example ${reason}`, named('xn--bcher-01-65a.contoso.example')],
      [`/restrict パソコン ${reason}`, named('xn--tckta3d4g')],
      [
        `/restrict pc-042 for 4h ${reason}`,
        { ...named('pc-042'), duration: { text: '4h', seconds: 14_400 } },
      ],
      [`/restrict pc-042 for us ${reason}`, { ...named('pc-042'), reason: `for us ${reason}` }],
      [`/unrestrict “srv_01” ${reason}`, named('srv_01', 'unrestrict')],
    ]);
  });

  describe('refuses what no device can be called', () => {
    table(
      [
        ...['pc%20042', "pc'042", 'pc"042', '-pc', 'pc..042', '.pc', 'pc*', 'pc;drop', 'pc/042', 'pc\\042'],
        ...['“pc 042”', '"the finance pc"', '²³¼', 'pc→042', '🔥pc', 'n'.repeat(64), 'ü'.repeat(63)],
      ].map((name): Case => [
        `/restrict ${name} ${reason}`,
        { kind: 'invalid', command: 'restrict', problem: 'malformed-device' },
      ]),
    );
  });
});
