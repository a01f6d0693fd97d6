import type { DeviceStakes } from '../../src/containment/device.ts';
import type { Action, DeviceRequest } from '../../src/containment/request.ts';
import { type Line, type Run, line, theirName, words } from './runs.ts';
import { shownLength } from './untrusted.ts';
import { utc, utcShort } from './utc.ts';

/** What is at stake, while it is still to be decided; afterwards it would be old. */
export function stakesLines({ state, device, action }: DeviceRequest): Line[] {
  const stakes = device?.stakes;
  if (state.status !== 'awaiting' || stakes === undefined) return [];
  const lines = [
    ...restrictionLines(stakes.restriction, action, stakes.at),
    ...previewLines(stakes),
    ...alertLines(stakes.alerts),
    ...userLines(stakes.users),
  ];
  return lines.length === 0 ? [] : [...lines, line(faint(`As Defender said at ${utc(stakes.at)}.`))];
}

const small = (text: string): Run => words(text, { size: 'Small' });
const faint = (text: string): Run => words(text, { size: 'Small', subtle: true });

type Known = Extract<DeviceStakes['restriction'], { readonly since: string }>;

function restrictionLines(found: DeviceStakes['restriction'], action: Action, at: string): Line[] {
  if (found === undefined) return [];
  if (found.state === 'none')
    return action === 'unrestrict' ? [line(words('No restriction of it is known to Defender.'))] : [];
  const [before, after] = restrictionTexts[action][found.state];
  return [line(words(`${before} `), ...since(found, at), words(after))];
}

function since({ since: moment, by }: Known, at: string): Run[] {
  const when = words(`since ${utcShort(moment, at)}`);
  return by === undefined ? [when] : [when, words(', by '), ...theirName(by, {}, shownLength.fact)];
}

/** Around when and by whom. */
const restrictionTexts = {
  restrict: {
    'in-force': ['Restricted already,', '.'],
    restricting: ['A restriction is under way,', ': an approval here follows that one.'],
    lifting: ['A lift of its restriction is under way,', '.'],
  },
  unrestrict: {
    'in-force': ['Restricted', '.'],
    restricting: ['A restriction is still under way,', '.'],
    lifting: ['A lift is under way,', ': an approval here follows that one.'],
  },
} as const satisfies Record<Action, Record<Known['state'], readonly [string, string]>>;

/** Whether it is safe to let go: what came since the restriction, and whether somebody scanned. Read for a lift only. */
function previewLines({ alerts, restriction, scan, at }: DeviceStakes): Line[] {
  const begun = restriction?.state === 'in-force' ? restriction.since : undefined;
  return [...newAlertLines(alerts), ...(scan === undefined ? [] : [scanLine(scan, begun, at)])];
}

function newAlertLines(alerts: DeviceStakes['alerts']): Line[] {
  const count = alerts?.sinceRestriction;
  if (count === undefined) return [];
  if (count === 0) return [line(words('No alert since then', { size: 'Small' }))];
  const number = numberText(count, alerts?.isCut);
  const text = `${number} ${count === 1 ? 'alert' : 'alerts'} since then`;
  return [line(words(text, { size: 'Small', weight: 'Bolder' }), faint(', ended ones included'))];
}

const scanTexts = {
  running: 'is under way since',
  succeeded: 'ended at',
  failed: 'failed at',
  'timed-out': 'timed out at',
  cancelled: 'was cancelled at',
} as const;

function scanLine(scan: NonNullable<DeviceStakes['scan']>, begun: string | undefined, now: string): Line {
  if (scan.state === 'none') return line(small('No antivirus scan of it is known to Defender'));
  const { scope, state, at } = scan;
  const kind =
    scope === undefined
      ? []
      : [small(' ('), ...theirName(scope, { size: 'Small' }, shownLength.fact), small(')')];
  const isOld = begun !== undefined && Date.parse(at) < Date.parse(begun);
  const when = `${scanTexts[state]} ${utcShort(at, now)}${isOld ? ', before the restriction' : ''}`;
  return line(small('The last antivirus scan'), ...kind, small(` ${when}`));
}

function numberText(count: number, isCut: boolean | undefined): string {
  return isCut === true ? `${count} or more` : String(count);
}

function alertLines(alerts: DeviceStakes['alerts']): Line[] {
  if (alerts === undefined) return [];
  if (alerts.count === 0) return [line(small('No open alerts'))];
  const { count, isCut, worst } = alerts;
  const number = numberText(count, isCut);
  const more = count - worst.length;
  return [
    line(words(`${number} open ${count === 1 ? 'alert' : 'alerts'}`, { size: 'Small', weight: 'Bolder' })),
    ...worst.map(({ severity, title }) =>
      line(
        ...theirName(severity ?? 'Unknown severity', { size: 'Small', weight: 'Bolder' }, shownLength.fact),
        faint(' · '),
        ...theirName(title ?? 'without a title', { size: 'Small' }, shownLength.name),
      ),
    ),
    ...(more > 0 ? [line(faint(`and ${more} more`))] : []),
  ];
}

function userLines(users: DeviceStakes['users']): Line[] {
  if (users === undefined) return [];
  if (users.count === 0) return [line(faint('Nobody was seen to log on'))];
  const more = users.count - users.latest.length;
  const names = users.latest.flatMap((name, place) => [
    ...(place === 0 ? [] : [faint(', ')]),
    ...theirName(name, { size: 'Small' }, shownLength.fact),
  ]);
  return [line(faint('logged on lately '), ...names, ...(more > 0 ? [faint(` and ${more} more`)] : []))];
}
