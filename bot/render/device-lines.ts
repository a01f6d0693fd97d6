import type { DeviceFacts } from '../../src/containment/device.ts';
import { isBeforeDefender } from '../../src/containment/hold.ts';
import { offlineAsRead, readFacts } from '../../src/containment/read-facts.ts';
import {
  type ContainmentRequest,
  type DeviceRequest,
  type NamedRequest,
  hasDevice,
} from '../../src/containment/request.ts';
import { type Line, type Run, line, theirName, words } from './runs.ts';
import { stakesLines } from './stakes-lines.ts';
import { shownLength } from './untrusted.ts';
import { utc } from './utc.ts';

/** What a decision needs to know of the device: which one, and what Defender says of it, as far as it is known. */
export function deviceLines(request: ContainmentRequest): Line[] {
  if (!hasDevice(request)) return namedLines(request);
  const { deviceId, device: { name } = {} } = request;
  const bold = { weight: 'Bolder' } as const;
  const facts = readFacts(request);
  return [
    line(name === undefined ? [words('Device', bold)] : theirName(name, bold)),
    line(words(deviceId, { size: 'Small', subtle: true })),
    ...(facts === undefined
      ? unreadLines(request)
      : [...factLines(facts), ...warnings(request, facts), ...stakesLines(request)]),
  ];
}

/** Nobody has looked since the restriction: where nothing is told of a device it must not pass for one that is well. */
function unreadLines({ lifts, state }: DeviceRequest): Line[] {
  if (lifts === undefined || state.status !== 'awaiting') return [];
  const text = 'Defender’s facts were not read for this lift yet; they are read when somebody approves.';
  return [line(words(text, { size: 'Small', subtle: true }))];
}

function factLines(device: DeviceFacts): Line[] {
  const facts = [
    fact('', joined(device.osPlatform, device.osVersion)),
    fact('', device.health),
    fact('onboarding ', unlessUsual(device.onboarding, 'onboarded')),
    fact('risk ', device.risk),
    fact('exposure ', device.exposure),
    fact('value ', device.value),
    fact('group ', device.group),
    fact('last seen ', device.lastSeen === undefined ? undefined : utc(device.lastSeen)),
    fact('antivirus ', unlessUsual(device.antivirus, 'updated')),
    ...tagFacts(device.tags ?? []),
  ].filter((runs) => runs.length > 0);
  return facts.length === 0 ? [] : [line(separated(facts))];
}

const shownTags = 4;

function tagFacts(tags: readonly string[]): Run[][] {
  const more = tags.length - shownTags;
  return [
    ...tags.slice(0, shownTags).map((tag, index) => fact(index === 0 ? 'tags ' : '', tag)),
    ...(more > 0 ? [[words(`and ${more} more`, { size: 'Small', subtle: true })]] : []),
  ];
}

/** What would make the action late, or hit a record that is no device any more. */
function warnings(request: DeviceRequest, { mergedInto, isPotentialDuplicate }: DeviceFacts): Line[] {
  const since = isUnderWay(request) ? offlineAsRead(request) : undefined;
  return [
    ...(mergedInto === undefined
      ? []
      : [line(words('Defender has merged this record into another one: check the device page.'))]),
    ...(isPotentialDuplicate === true
      ? [line(words('Defender takes this record for a possible duplicate: check the device page.'))]
      : []),
    ...(since === undefined
      ? []
      : [line(words(`Offline since ${utc(since)} or so: an action stays Pending until it connects.`))]),
  ];
}

/** Before the device has told Defender anything of the action. */
function isUnderWay({ state }: DeviceRequest): boolean {
  return isBeforeDefender(state) || (state.status === 'running' && state.machineAction.status === 'Pending');
}

/** Nobody's token has found it: nothing is claimed but what was typed. */
function namedLines({ deviceName, state }: NamedRequest): Line[] {
  const name = line(theirName(deviceName, { weight: 'Bolder' }));
  const hint = 'as typed; looked up when somebody with access to it approves this';
  return state.status === 'awaiting'
    ? [name, line(words(hint, { size: 'Small', subtle: true }))]
    : [name, line(words('as typed; the device was not looked up', { size: 'Small', subtle: true }))];
}

function fact(title: string, value: string | undefined): Run[] {
  if (value === undefined || value.trim() === '') return [];
  const look = { size: 'Small' } as const;
  return [
    ...(title === '' ? [] : [words(title, { ...look, subtle: true })]),
    ...theirName(value, look, shownLength.fact),
  ];
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

/** An onboarded device is the rule and not worth a word. */
function unlessUsual(value: string | undefined, usual: string): string | undefined {
  return value?.toLowerCase() === usual ? undefined : value;
}

function separated(facts: readonly (readonly Run[])[]): Run[] {
  return facts.flatMap((runs, index) =>
    index === 0 ? runs : [words(' · ', { size: 'Small', subtle: true }), ...runs],
  );
}
