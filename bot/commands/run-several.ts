import type { Person } from '../../src/containment/person.ts';
import type { Place } from '../../src/containment/request.ts';
import { openSessionBeforehand } from '../../src/jobs/defender-session.ts';
import { DefenderError } from '../../src/defender/errors.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { alreadyOpenSeveral } from '../texts/several-devices.ts';
import { askForSeveral } from './ask-for-several.ts';
import { type Unclear, askWhichDevice } from './ask-which-device.ts';
import type { SeveralCommand } from './parsed-command.ts';
import { type Resolved, resolveDevices } from './resolve-devices.ts';
import type { RestrictionParts } from './run-restriction.ts';

interface Asked {
  readonly command: SeveralCommand;
  readonly person: Person;
  readonly place: Place;
  readonly activityId: string;
  /** Nobody but they reads the answer. */
  readonly isPrivate: boolean;
}

type Reply = { readonly text: string } | { readonly card: AdaptiveCardJson; readonly summary: string };

/** As for one device: then the names alone have to do. */
const lookUpMs = 3_000;

/** Asks for approval of several devices with one card; a name that is not certain is asked about first, alone. */
export async function runSeveral(parts: RestrictionParts, asked: Asked): Promise<Reply | undefined> {
  const { command, person, place, isPrivate, activityId: sourceActivity } = asked;
  const { action, reason, duration } = command;
  const box = duration === undefined ? {} : { box: duration };
  // Delivered again, it is answered already, whatever would be found now.
  if (await parts.requests.isMade(place.conversation, sourceActivity)) return undefined;
  const { resolved, seen } = await lookUp(parts, asked);
  const { devices, unclear } = resolved;
  if (unclear !== undefined && seen !== undefined) {
    const { deviceName } = unclear;
    const question = { kind: 'devices', action, deviceName, devices, reason, ...box, place } as const;
    return askWhichDevice(parts, { question: { ...question, sourceActivity }, person, isPrivate, seen });
  }
  const wish = { action, devices, reason, ...box, person, place, sourceActivity };
  const outcome = await askForSeveral(parts, wish);
  return outcome.kind === 'asked' ? undefined : { text: alreadyOpenSeveral(outcome.taken, action) };
}

interface LookedUp {
  readonly resolved: Resolved;
  readonly seen?: Unclear | undefined;
}

/** By the asker's own token, if that is there without asking them. */
async function lookUp(parts: RestrictionParts, { command, person, isPrivate }: Asked): Promise<LookedUp> {
  const asTyped = { resolved: { devices: command.devices } };
  if (command.devices.every(({ deviceId }) => deviceId !== undefined)) return asTyped;
  const signal = AbortSignal.timeout(lookUpMs);
  const session = await openSessionBeforehand(parts, person, { priority: 'interactive', signal });
  if (!session.ok) return asTyped;
  try {
    const resolved = await resolveDevices(parts, session, command.devices);
    const { unclear } = resolved;
    if (unclear === undefined) return { resolved };
    // The nearest names are shown to their asker alone; elsewhere that takes the button first.
    const isShown = unclear.found.fit === 'none' && isPrivate;
    const { token, options } = session;
    const nearest = isShown ? await parts.defender.nearestDevices(token, unclear.deviceName, options) : [];
    return { resolved, seen: { found: unclear.found, nearest } };
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return asTyped;
  } finally {
    await session.close();
  }
}
