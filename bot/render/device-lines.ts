import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type Line, type Run, line, theirName, words } from './runs.ts';
import { shownLength } from './untrusted.ts';
import { utc } from './utc.ts';

/** What a decision needs to know of the device: which one, and what Defender says of it, as far as it is known. */
export function deviceLines({ deviceId, device }: ContainmentRequest): Line[] {
  const id = line(words(deviceId, { size: 'Small', subtle: true }));
  if (device === undefined) return [line(words('Device', { weight: 'Bolder' })), id];
  const facts = [
    fact('', joined(device.osPlatform, device.osVersion)),
    fact('', device.health),
    fact('onboarding ', unlessUsual(device.onboarding, 'onboarded')),
    fact('risk ', device.risk),
    fact('exposure ', device.exposure),
    fact('value ', device.value),
    fact('group ', device.group),
    fact('last seen ', device.lastSeen === undefined ? undefined : utc(device.lastSeen)),
  ].filter((runs) => runs.length > 0);
  const name =
    device.name === undefined
      ? [words('Device', { weight: 'Bolder' })]
      : theirName(device.name, { weight: 'Bolder' });
  return [line(name), id, ...(facts.length === 0 ? [] : [line(separated(facts))])];
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
