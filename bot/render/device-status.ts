import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest, DeviceRequest } from '../../src/containment/request.ts';
import { isLateRestriction, isReleasedSince } from '../../src/containment/standing.ts';
import type { DeviceRecord } from '../../src/store/device-record.ts';
import type { DeviceRestriction } from '../../src/store/restrictions-in-force.ts';
import { changedOutside } from '../texts/elsewhere.ts';
import { notLookedUp, ownRecord, passedOver } from '../texts/lists.ts';
import { elsewhereRemarks } from './elsewhere-lines.ts';
import type { ListContent } from './list-card.ts';
import { historyRow, inForceLine, openRow, restrictedAt } from './list-rows.ts';
import { devicePage } from './portal-links.ts';
import { type Line, faint, line, subtle, theirName, words } from './runs.ts';
import { utc, utcShort } from './utc.ts';

export interface DeviceStatusOptions {
  /** The device as it was asked for, to ask on with the same word. */
  readonly typed: string;
  readonly portalUrl: string;
}

/** How a device stands, as far as requests made here tell. */
export function deviceStatus(record: DeviceRecord, { typed, portalUrl }: DeviceStatusOptions): ListContent {
  const { restriction, open, openCount, last, now } = record;
  const head = headOf(record);
  const restricted = restrictionLines(record);
  return {
    title: 'Device',
    spoken: `${head} as recorded at ${utc(now)}.`,
    tone: inForceOf(restriction) !== undefined ? 'warning' : 'emphasis',
    lead: line(words(head, { weight: 'Bolder', size: 'ExtraLarge' }), faint(`  at ${utcShort(now, now)}`)),
    intro: [],
    sections: [
      {
        rows: [{ lines: identityLines(record) }, ...(restricted.length === 0 ? [] : [{ lines: restricted }])],
      },
      { heading: `Under way (${openCount})`, rows: open.map((request) => openRow(request, now)) },
      { heading: 'Last ended', rows: last === undefined ? [] : [historyRow(last, now)] },
    ],
    footer: footerOf(record, typed),
    links: record.deviceId === undefined ? [] : devicePage(portalUrl, record.deviceId),
  };
}

/** The restriction that holds. */
function inForceOf(of: DeviceRestriction | undefined): DeviceRequest | undefined {
  if (of === undefined || of.lift !== undefined) return undefined;
  const { restriction } = of;
  return restriction.elsewhere === undefined || isLateRestriction(restriction) ? restriction : undefined;
}

function headOf({ deviceId, restriction, again }: DeviceRecord): string {
  if (deviceId === undefined) return 'Not looked up yet';
  if (inForceOf(restriction) !== undefined) return 'Restriction in force';
  const last = again?.elsewhere?.at(-1);
  if (last !== undefined) return changedOutside(last);
  return restriction === undefined ? 'Not restricted from here' : 'Restriction lifted';
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

/** What became of the latest restriction, and what the request that knows most of it was told since. */
function restrictionLines({ restriction, again, now }: DeviceRecord): Line[] {
  const holds = inForceOf(restriction);
  if (holds !== undefined) {
    const number = words(`#${holds.number}`, { weight: 'Bolder' });
    return [line(number, words(' restricts it')), inForceLine(holds, now)];
  }
  const knows = again ?? restriction?.lift?.request ?? restriction?.restriction;
  if (knows === undefined) return [];
  const at = (moment: Instant): string => utcShort(moment, now);
  const itself = restriction === undefined ? [aboutLift(knows)] : aboutRestriction(restriction, at);
  return [...itself, ...elsewhereRemarks(knows, at), ...releasedLines(knows, at)];
}

type At = (moment: Instant) => string;

/** What it lifted was asked for elsewhere. */
function aboutLift({ number }: ContainmentRequest): Line {
  return line(words(`#${number}`, { weight: 'Bolder' }), words(' lifted it'));
}

function aboutRestriction({ restriction, lift }: DeviceRestriction, at: At): Line[] {
  const number = words(`#${restriction.number}`, { weight: 'Bolder' });
  const since = at(restrictedAt(restriction));
  if (lift === undefined) return [line(number, words(' restricted it'), faint(` at ${since}`))];
  const by = lift.request === undefined ? 'another request' : `#${lift.request.number}`;
  return [
    line(number, words(` restricted it, ${by} lifted that`)),
    line(faint(`from ${since} to ${at(lift.at)}`)),
  ];
}

/** What was restricted again elsewhere and lifted by a request. */
function releasedLines(request: ContainmentRequest, at: At): Line[] {
  const { released } = request;
  if (released?.after === undefined || !isReleasedSince(request)) return [];
  const by = released.number === undefined ? 'another request' : `#${released.number}`;
  return [line(subtle(`Released by ${by} at ${at(released.at)}`))];
}

function footerOf({ total, passedOver: left }: DeviceRecord, typed: string): Line[] {
  const all = total === 1 ? 'the one request' : `all ${total} requests`;
  return [
    ...(left === 0 ? [] : [line(faint(passedOver(left)))]),
    line(faint(`/history ${typed} shows ${all} made here. ${ownRecord}`)),
  ];
}
