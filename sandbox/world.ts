import { createHash } from 'node:crypto';

/** The seeded world: a small security operations team, its devices, and where it talks. */

export interface Person {
  /** Short name used in addresses of the chat page: `?as=riley`. */
  readonly key: string;
  readonly name: string;
  readonly upn: string;
  /** Entra object id. */
  readonly objectId: string;
  /** Teams id ("MRI") of this person towards this bot. */
  readonly teamsId: string;
  /** One line for the first screen: what this person can show. */
  readonly role: string;
  /** Device groups whose devices this person sees in Defender. */
  readonly deviceGroups: readonly string[];
  /** "Active remediation actions" in Defender; without it the person may only read. */
  readonly mayRemediate: boolean;
  /** Whether Entra grants any Defender scope to this person's tokens. */
  readonly hasDefenderRole: boolean;
}

export type OsPlatform =
  'Windows11' | 'Windows10' | 'WindowsServer2022' | 'WindowsServer2012R2' | 'macOS' | 'Linux' | 'ChromeOS';

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly os: OsPlatform;
  readonly version: string;
  readonly value: 'Low' | 'Normal' | 'High';
  readonly health: 'Active' | 'Inactive' | 'ImpairedCommunication' | 'NoSensorData';
  readonly risk: 'None' | 'Low' | 'Medium' | 'High';
  readonly exposure: 'Low' | 'Medium' | 'High';
  readonly group: string;
  readonly tags: readonly string[];
  readonly onboarding: 'Onboarded' | 'CanBeOnboarded' | 'Unsupported';
  /** An action on this device stays `Pending` until the device is brought online. */
  readonly online: boolean;
  /** Defender guesses that another record is the same device. */
  readonly isPotentialDuplicate?: boolean;
  /** Id of the record that has taken this one's place. */
  readonly mergedInto?: string;
  /** Listed, but not to be read by its id: such records were seen after a device was set up anew. */
  readonly isGhost?: boolean;
  /** Open and other alerts, the oldest first. */
  readonly alerts?: readonly WorldAlert[];
  /** `domain\\name` of who logged on, the latest first. */
  readonly users?: readonly string[];
}

export interface WorldAlert {
  readonly title: string;
  readonly severity: 'Informational' | 'Low' | 'Medium' | 'High';
  readonly status: 'New' | 'InProgress' | 'Resolved';
}

export interface Conversation {
  /** `19:…@thread.tacv2`, `19:…@thread.v2` or `a:…`, without a thread suffix. */
  readonly id: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
  readonly name: string;
  /** Name of the team, for a channel. */
  readonly team?: string;
  /** Keys of the people in it. */
  readonly members: readonly string[];
}

export const tenantId = '5d0c6f2e-8a1b-4c3d-9e4f-0a1b2c3d4e5f';
export const otherTenantId = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
export const botAppId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
export const botTeamsId = `28:${botAppId}`;
export const botName = 'Cordon';
export const oauthConnection = 'cordon';

/** In Defender: the device groups that a person sees, and whether the person may act on their devices. */
const rights = (deviceGroups: readonly string[], mayRemediate = true) => ({
  deviceGroups,
  mayRemediate,
  hasDefenderRole: deviceGroups.length > 0,
});

export const people: readonly Person[] = [
  person(
    'riley',
    'Riley Chen',
    'analyst on shift: asks for restrictions',
    rights(['Workstations', 'Servers'], false),
  ),
  person(
    'alex',
    'Alex Moreno',
    'incident lead: may act on every device',
    rights(['Workstations', 'Servers', 'Mac and Linux']),
  ),
  person(
    'sam',
    'Sam Okafor',
    'incident lead for servers only: does not see workstations',
    rights(['Servers']),
  ),
  person('jordan', 'Jordan Weiss', 'from another department: no role in Defender', rights([], false)),
  person('priya', 'Priya Nair', 'second incident lead: may act on workstations', rights(['Workstations'])),
];

export const devices: readonly Device[] = [
  device('1', 'ws-finance-017.contoso.example', {
    value: 'High',
    risk: 'High',
    exposure: 'High',
    tags: ['Finance'],
    alerts: [
      { title: 'Suspicious sign-in followed by new inbox rule', severity: 'Low', status: 'Resolved' },
      { title: 'Unsigned program started from a mail attachment', severity: 'Medium', status: 'InProgress' },
      { title: 'Beacon to a known command-and-control address', severity: 'High', status: 'New' },
    ],
    users: ['contoso\\dana.lee', 'contoso\\svc-backup'],
  }),
  device('2', 'ws-reception-02.contoso.example', {
    os: 'Windows10',
    version: '22H2',
    users: ['contoso\\reception'],
  }),
  device('3', 'ws-design-044.contoso.example', { risk: 'Medium', tags: ['Design'] }),
  device('4', 'lt-sales-118.contoso.example', { online: false, health: 'Inactive', tags: ['Travelling'] }),
  device('5', 'srv-files-01.contoso.example', {
    os: 'WindowsServer2022',
    version: '21H2',
    value: 'High',
    group: 'Servers',
    tags: ['Tier 1'],
    alerts: [{ title: 'Unusual number of files renamed', severity: 'High', status: 'New' }],
    users: ['contoso\\adm.ruiz'],
  }),
  device('6', 'srv-legacy-03.contoso.example', {
    os: 'WindowsServer2012R2',
    version: '6.3',
    group: 'Servers',
    health: 'ImpairedCommunication',
  }),
  device('7', 'mb-studio-05.contoso.example', { os: 'macOS', version: '15.2', group: 'Mac and Linux' }),
  device('8', 'vm-build-09.contoso.example', {
    os: 'Linux',
    version: '12',
    group: 'Mac and Linux',
    value: 'Low',
  }),
  device('9', 'kiosk-lobby-01.contoso.example', {
    onboarding: 'CanBeOnboarded',
    health: 'NoSensorData',
    value: 'Low',
  }),
  // Set up anew: Defender keeps the record of before, too.
  device('10', 'lt-sales-204.contoso.example', { tags: ['Travelling'] }),
  device('11', 'lt-sales-204.contoso.example', {
    os: 'Windows10',
    version: '21H2',
    health: 'Inactive',
    online: false,
    isPotentialDuplicate: true,
  }),
];

export const conversations: readonly Conversation[] = [
  {
    id: '19:7c1fd6a1a4b84a1c9d1e6f2b3c4d5e6f@thread.tacv2',
    kind: 'channel',
    name: 'INC-2481 Finance phishing',
    team: 'Security Operations',
    members: ['riley', 'alex', 'sam', 'jordan', 'priya'],
  },
  {
    id: '19:0f9e8d7c6b5a49382716059483726150@thread.tacv2',
    kind: 'channel',
    name: 'General',
    team: 'Security Operations',
    members: ['riley', 'alex', 'sam', 'jordan', 'priya'],
  },
  {
    id: '19:4b3a29181706f5e4d3c2b1a09f8e7d6c@thread.v2',
    kind: 'groupChat',
    name: 'Night shift',
    members: ['riley', 'alex', 'sam', 'priya'],
  },
  ...people.map((who) => ({
    id: `a:1${who.objectId.replaceAll('-', '')}`,
    kind: 'personal' as const,
    name: botName,
    members: [who.key],
  })),
];

function person(
  key: string,
  name: string,
  role: string,
  rights: Pick<Person, 'deviceGroups' | 'mayRemediate' | 'hasDefenderRole'>,
): Person {
  const seed = hex(key).slice(0, 12);
  return {
    key,
    name,
    role,
    ...rights,
    upn: `${name.toLowerCase().replace(' ', '.')}@contoso.example`,
    objectId: `7a3e5b1c-2d4f-4a6b-8c9d-${seed}`,
    teamsId: `29:1${Buffer.from(`${key}-towards-cordon`).toString('base64url')}`,
  };
}

/** Deterministic ids: the same address book at each start, so that what people typed still works. */
function hex(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function device(seed: string, name: string, facts: Partial<Device>): Device {
  return {
    id: hex(`${name.split('.')[0] ?? name}${seed}`),
    name,
    os: 'Windows11',
    version: '24H2',
    value: 'Normal',
    health: 'Active',
    risk: 'Low',
    exposure: 'Low',
    group: 'Workstations',
    tags: [],
    onboarding: 'Onboarded',
    online: true,
    ...facts,
  };
}
