import { membersOf } from '../../src/containment/batch.ts';
import type { DeviceFacts, DeviceStakes } from '../../src/containment/device.ts';
import { offlineAsRead, readFacts } from '../../src/containment/read-facts.ts';
import type { Action, ContainmentRequest } from '../../src/containment/request.ts';
import type { FactsShown } from '../render/several-facts.ts';
import { utcShort } from '../render/utc.ts';
import { devicesText } from './counted.ts';

/** What the rows of several devices do and do not tell an approver. Our own words alone. */
export function lookedAtText(request: ContainmentRequest, shown: FactsShown): string {
  const members = membersOf(request);
  const open = members.filter(({ state }) => state.status === 'awaiting');
  const isMixed = open.length < members.length;
  const known = open.flatMap((member) => readFacts(member) ?? []);
  const isOffline = open.some((member) => offlineAsRead(member) !== undefined);
  return [
    readText({ open: open.length, isMixed }, known, request.createdAt),
    ...(known.length === 0 ? [] : roomTexts[shown]),
    ...(isOffline ? ['An action on a device that is offline stays Pending until it connects.'] : []),
    ...unreadText(request, known, shown),
  ].join(' ');
}

function readText(
  { open, isMixed }: { readonly open: number; readonly isMixed: boolean },
  known: readonly DeviceFacts[],
  reference: string,
): string {
  const [oldest] = known.flatMap(({ stakes }) => (stakes === undefined ? [] : [stakes.at])).toSorted();
  const when = oldest === undefined ? '' : ` at ${utcShort(oldest, reference)}`;
  if (known.length === 0)
    return 'Defender’s facts were not read of any device yet; they are read when somebody approves.';
  if (known.length < open)
    return `Defender’s facts were read of ${known.length} of ${devicesText(open)}${isMixed ? ' that await approval' : ''}${when}; the others are read when somebody approves.`;
  return `Defender’s facts were read of every device${isMixed ? ' that awaits approval' : ''}${when}.`;
}

const roomTexts = {
  all: [],
  notable: ['There is room here only for what is unusual.'],
  none: ['There is no room for them here.'],
} as const satisfies Record<FactsShown, readonly string[]>;

/** What nobody looked for must not pass for something that is not there. */
function unreadText(
  { lifts, action }: ContainmentRequest,
  known: readonly DeviceFacts[],
  shown: FactsShown,
): readonly string[] {
  if (shown === 'none') return [];
  const lacking = (part: keyof DeviceStakes): number =>
    known.filter(({ stakes }) => stakes?.[part] === undefined).length;
  // What else restricts them is looked up before they are lifted at the end of their time.
  const unseen = lifts === undefined ? lacking('restriction') : 0;
  const unalerted = lacking('alerts');
  // They are looked up for all or for none: where some lack them, the call for these came to nothing.
  const hasAlerts = unalerted < known.length;
  return [
    ...(unseen === 0
      ? []
      : [`Whether ${devicesText(unseen)} ${unseen === 1 ? 'is' : 'are'} restricted already was not read.`]),
    ...(hasAlerts && unalerted > 0 ? [`Alerts of ${devicesText(unalerted)} were not read.`] : []),
    `${neverRead[action][hasAlerts ? 'withAlerts' : 'without']} not looked up for several devices.`,
  ];
}

/** Of one device a card may tell these; of several there is no way to ask for them in few calls. */
const neverRead = {
  restrict: { withAlerts: 'Who was logged on is', without: 'Alerts and who was logged on are' },
  unrestrict: {
    withAlerts: 'The last scans and who was logged on are',
    without: 'Alerts, the last scans and who was logged on are',
  },
} as const satisfies Record<Action, Record<'withAlerts' | 'without', string>>;
