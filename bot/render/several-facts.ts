import type { DeviceFacts, DeviceStakes } from '../../src/containment/device.ts';
import { offlineAsRead, readFacts } from '../../src/containment/read-facts.ts';
import { type Action, type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { notLookedUp } from '../texts/lists.ts';
import { type Run, faint, theirName, words } from './runs.ts';
import { utc, utcShort } from './utc.ts';

/** How much of what Defender says of a device there is room for; `notable`: only what is unusual, and without names. */
export type FactsShown = 'all' | 'notable' | 'none';

const shownFact = 30;
/** An account tells by its end where it is from. */
export const shownAccount = 64;

const small = (text: string): Run => words(text, { size: 'Small' });

/**
 * What makes the decision about one of several devices another one than that about the next: little of a workstation that is
 * well, and of each what an approver must not overlook. Once it is decided it would be old, and in the way.
 */
export function factParts(member: ContainmentRequest, shown: FactsShown): Run[][] {
  if (shown === 'none' || member.state.status !== 'awaiting') return [];
  if (!hasDevice(member)) return [[faint(notLookedUp)]];
  const { action } = member;
  const device = readFacts(member);
  if (device === undefined) return [[faint('not looked at yet')]];
  const since = offlineAsRead(member);
  return [
    platform(device, shown),
    fact('value ', unless(device.value, ordinaryValues)),
    fact('risk ', unless(device.risk, ordinaryRisks)),
    ...alertParts(device.stakes),
    ...restrictionParts(device.stakes, action, shown),
    // What has not been heard of for days is inactive.
    fact('health ', unless(device.health, since === undefined ? ['active'] : ['active', 'inactive'])),
    since === undefined ? [] : [small(offlineText(since))],
    fact('onboarding ', unless(device.onboarding, ['onboarded'])),
    fact('antivirus ', unless(device.antivirus, ['updated', 'unknown'])),
    ...(device.mergedInto === undefined ? [] : [[small('merged into another record')]]),
    ...(device.isPotentialDuplicate === true ? [[small('possibly a duplicate')]] : []),
  ].filter((runs) => runs.length > 0);
}

/** Most devices are workstations: that is no news, and what else there is stands out against it. */
function platform({ osPlatform = '' }: DeviceFacts, shown: FactsShown): Run[] {
  if (!/^windows ?1[01]$/i.test(osPlatform)) return fact('', osPlatform);
  return shown === 'all' ? [faint(osPlatform)] : [];
}

const ordinaryValues = ['none', 'low', 'normal'];
const ordinaryRisks = ['none', 'informational', 'low'];

/** A value that is new to us is worth a word. */
function unless(value: string | undefined, ordinary: readonly string[]): string | undefined {
  return value !== undefined && ordinary.includes(value.toLowerCase()) ? undefined : value;
}

function fact(title: string, value: string | undefined): Run[] {
  if (value === undefined || value.trim() === '') return [];
  return [...(title === '' ? [] : [small(title)]), ...theirName(value, { size: 'Small' }, shownFact)];
}

function alertParts(stakes: DeviceStakes | undefined): Run[][] {
  const alerts = stakes?.alerts;
  if (alerts === undefined) return [];
  const { count, isCut, worst, sinceRestriction } = alerts;
  const more = isCut === true ? ' or more' : '';
  const severity = worst[0]?.severity;
  const open =
    count === 0
      ? []
      : [
          [
            small(`${count}${more} open ${count === 1 ? 'alert' : 'alerts'}`),
            ...(severity === undefined
              ? []
              : [small(', worst '), ...theirName(severity, { size: 'Small' }, shownFact)]),
          ],
        ];
  const later =
    sinceRestriction === undefined || sinceRestriction === 0
      ? []
      : [[small(`${sinceRestriction}${more} since the restriction`)]];
  return [...open, ...later];
}

function restrictionParts(stakes: DeviceStakes | undefined, action: Action, shown: FactsShown): Run[][] {
  const found = stakes?.restriction;
  if (stakes === undefined || found === undefined) return [];
  if (found.state === 'none')
    return action === 'unrestrict' ? [[small('no restriction known to Defender')]] : [];
  const what = small(restrictionTexts[action][found.state]);
  if (shown === 'notable') return [[what]];
  const { by, since } = found;
  const who = by === undefined ? [] : [small(' by '), ...theirName(by, { size: 'Small' }, shownAccount)];
  return [[what, small(` since ${utcShort(since, stakes.at)}`), ...who]];
}

const restrictionTexts = {
  restrict: {
    'in-force': 'restricted already',
    restricting: 'restriction under way already',
    lifting: 'lift of a restriction under way',
  },
  unrestrict: {
    'in-force': 'restricted',
    restricting: 'restriction still under way',
    lifting: 'lift under way already',
  },
} as const satisfies Record<Action, Record<string, string>>;

/** Of a device that cannot take an action now. */
export function offlineText(since: string): string {
  return `offline since ${utc(since)} or so`;
}
