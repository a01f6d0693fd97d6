import type { Instant } from '../../src/containment/person.ts';
import type { DeviceRecord } from '../../src/store/device-record.ts';
import type { DeviceRestriction } from '../../src/store/restrictions-in-force.ts';
import { notLookedUp, ownRecord, passedOver } from '../texts/lists.ts';
import type { ListContent } from './list-card.ts';
import { historyRow, inForceLine, openRow } from './list-rows.ts';
import { devicePage } from './portal-links.ts';
import { type Line, faint, line, theirName, words } from './runs.ts';
import { utc, utcShort } from './utc.ts';

export interface DeviceStatusOptions {
  /** The device as it was asked for, to ask on with the same word. */
  readonly typed: string;
  readonly portalUrl: string;
}

/** How a device stands, as far as requests made here tell. */
export function deviceStatus(record: DeviceRecord, { typed, portalUrl }: DeviceStatusOptions): ListContent {
  const { restriction, open, openCount, last, now } = record;
  const head = record.deviceId === undefined ? 'Not looked up yet' : headOf(restriction);
  const restricted = restriction === undefined ? [] : [{ lines: restrictionLines(restriction, now) }];
  return {
    title: 'Device',
    spoken: `${head} as recorded at ${utc(now)}.`,
    tone: isInForce(restriction) ? 'warning' : 'emphasis',
    lead: line(words(head, { weight: 'Bolder', size: 'ExtraLarge' }), faint(`  at ${utcShort(now, now)}`)),
    intro: [],
    sections: [
      { rows: [{ lines: identityLines(record) }, ...restricted] },
      { heading: `Under way (${openCount})`, rows: open.map((request) => openRow(request, now)) },
      { heading: 'Last ended', rows: last === undefined ? [] : [historyRow(last, now)] },
    ],
    footer: footerOf(record, typed),
    links: record.deviceId === undefined ? [] : devicePage(portalUrl, record.deviceId),
  };
}

function isInForce(restriction: DeviceRestriction | undefined): restriction is DeviceRestriction {
  return restriction !== undefined && restriction.lift === undefined;
}

function headOf(restriction: DeviceRestriction | undefined): string {
  if (restriction === undefined) return 'Not restricted from here';
  return isInForce(restriction) ? 'Restriction in force' : 'Restriction lifted';
}

/** The name as long as it likes, and the id, by which alone the device is surely meant. */
export function identityLines({
  deviceId,
  name,
  names,
}: Pick<DeviceRecord, 'deviceId' | 'name' | 'names'>): Line[] {
  if (deviceId === undefined)
    return names.map((typed) => line(theirName(typed, { weight: 'Bolder' }), faint(` ${notLookedUp}`)));
  const id = line(faint(deviceId));
  return name === undefined ? [id] : [line(theirName(name, { weight: 'Bolder' })), id];
}

function restrictionLines({ restriction, lift }: DeviceRestriction, now: Instant): Line[] {
  const number = words(`#${restriction.number}`, { weight: 'Bolder' });
  if (lift === undefined) return [line(number, words(' restricts it')), inForceLine(restriction, now)];
  const since = utcShort(restriction.state.endedAt, now);
  const by = lift.request === undefined ? 'another request' : `#${lift.request.number}`;
  return [
    line(number, words(` restricted it, ${by} lifted that`)),
    line(faint(`from ${since} to ${utcShort(lift.at, now)}`)),
  ];
}

function footerOf({ total, passedOver: left }: DeviceRecord, typed: string): Line[] {
  const all = total === 1 ? 'the one request' : `all ${total} requests`;
  return [
    ...(left === 0 ? [] : [line(faint(passedOver(left)))]),
    line(faint(`/history ${typed} shows ${all} made here. ${ownRecord}`)),
  ];
}
