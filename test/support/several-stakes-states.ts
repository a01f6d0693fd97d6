import type { DeviceFacts } from '../../src/containment/device.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type MemberGiven, aBatch, known } from './several-states.ts';

const at = '2026-11-23T03:12:00.000Z';
const none = { at, restriction: { state: 'none' } } as const;
const by = 'priya.nair@contoso.example';
const inForce = { at, restriction: { state: 'in-force', by, since: '2026-11-22T21:40:00.000Z' } } as const;
const underWay = {
  at,
  restriction: { state: 'restricting', by, since: '2026-11-23T03:02:00.000Z' },
} as const;
const lifting = { at, restriction: { state: 'lifting', since: '2026-11-23T03:05:00.000Z' } } as const;
const one = { severity: 'High', title: 'Beacon to a known command-and-control address' };

/** A workstation that is well, unless told otherwise. */
function workstation(name: string, given: DeviceFacts = {}): MemberGiven {
  return known(name, { value: 'Normal', risk: 'None', stakes: none, ...given });
}

const server = { osPlatform: 'WindowsServer2022', value: 'High', risk: 'High' };
const asleep = { health: 'Inactive', lastSeen: '2026-11-19T08:00:00.000Z' };
const unsupported = (name: string): MemberGiven => ({
  ...known(name, { osPlatform: 'macOS', value: 'Normal', risk: 'None', stakes: none }),
  state: {
    status: 'attention',
    reason: { code: 'os-not-supported', detail: 'macOS' },
    at: '2026-11-23T03:12:01.000Z',
  },
});

const kinds: readonly ((name: string) => MemberGiven)[] = [
  (name) => workstation(name),
  (name) => workstation(name, { ...server, stakes: inForce }),
  (name) => workstation(name, { osPlatform: 'Windows10', risk: 'Medium' }),
  (name) => workstation(name, { ...asleep, stakes: underWay }),
  (name) => workstation(name, { health: 'NoSensorData', stakes: lifting }),
  (name) => workstation(name, { isPotentialDuplicate: true, antivirus: 'Disabled' }),
  (name) => unsupported(name),
];

const many = (count: number, nameOf: (index: number) => string): MemberGiven[] =>
  Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error('There is no such device');
    return kind(nameOf(index));
  });

const cjk = (index: number): string => `財務部門の窓際の端末その番号${index + 1}号機.contoso.example`;
const long = (index: number): string =>
  `ws-emea-finance-second-floor-window-side-desk-${index + 1}.branch-office.emea.contoso.example`;

/** What a card of several devices says of each, while they are to be decided; the names are those of the golden files. */
export const severalStakesStates: Readonly<Record<string, ContainmentRequest>> = {
  'several-stakes': aBatch([
    workstation('ws-finance-017.contoso.example'),
    workstation('dc-01.contoso.example', { ...server, stakes: inForce }),
    workstation('ws-reception-02.contoso.example', asleep),
  ]),
  'several-stakes-two': aBatch([
    workstation('ws-finance-017.contoso.example', {
      risk: 'High',
      stakes: { ...none, alerts: { count: 3, worst: [one] } },
    }),
    workstation('ws-design-044.contoso.example', {
      stakes: { ...underWay, alerts: { count: 0, worst: [] } },
    }),
  ]),
  'several-stakes-lift': aBatch(
    [
      workstation('ws-finance-017.contoso.example', { stakes: inForce }),
      workstation('srv-files-01.contoso.example', { ...server, stakes: none }),
      workstation('ws-design-044.contoso.example', { ...asleep, stakes: lifting }),
    ].map((member) => ({ ...member, action: 'unrestrict' as const })),
  ),
  'several-stakes-unread': aBatch([
    known('ws-finance-017.contoso.example', { value: 'Normal', risk: 'None', stakes: { at } }),
    workstation('ws-design-044.contoso.example'),
    {},
  ]),
  'several-stakes-ten': aBatch(many(10, (index) => `ws-finance-${index + 1}.contoso.example`)),
  'several-stakes-fifty': aBatch(
    many(50, long).map((member) => ({ ...member, reason: 'Ransomware notes on file shares. '.repeat(150) })),
  ),
};

/** In letters of three bytes each, for which not every machine that draws the golden pictures has a font. */
export const severalStakesInCjk: Readonly<Record<'ten' | 'fifty', ContainmentRequest>> = {
  ten: aBatch(many(10, cjk)),
  fifty: aBatch(many(50, cjk)),
};
