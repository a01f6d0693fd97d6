import type { Person } from '../../src/containment/person.ts';
import type { Action, DeviceWish, Place } from '../../src/containment/request.ts';
import { DefenderError } from '../../src/defender/errors.ts';
import { openSessionBeforehand } from '../../src/jobs/defender-session.ts';
import type { JobParts } from '../../src/jobs/parts.ts';
import { onlyOne } from '../../src/jobs/resolve-device.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import type { FoundDevices } from '../../src/defender/device-search.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import * as texts from '../texts/replies.ts';
import { type Unclear, askWhichDevice } from './ask-which-device.ts';
import type { RestrictionCommand } from './parsed-command.ts';

export interface RestrictionParts extends Pick<JobParts, 'requests' | 'access' | 'defender'> {
  readonly questions: Pick<PrivateQuestions, 'open'>;
  readonly expirySeconds: number;
}

export interface Asked {
  readonly command: RestrictionCommand;
  readonly person: Person;
  readonly place: Place;
  /** The same message delivered again is the same request. */
  readonly activityId: string;
  /** Nobody but they reads the answer. */
  readonly isPrivate: boolean;
}

type Reply = { readonly text: string } | { readonly card: AdaptiveCardJson; readonly summary: string };

/** How long a typed command waits for a name to be looked up, before the name alone has to do. */
const lookUpMs = 3_000;

/**
 * Asks for approval. The card is a job of the stored request; only a refusal is answered in words, and a name that does not
 * say for certain which device is meant by a question to its asker.
 */
export async function runRestriction(parts: RestrictionParts, asked: Asked): Promise<Reply | undefined> {
  const { command, place, activityId } = asked;
  if (command.deviceId !== undefined) return ask(parts, asked, { deviceId: command.deviceId });
  const { deviceName } = command;
  // Delivered again, it is answered already, whatever would be found now.
  if (await parts.requests.isMade(place.conversation, activityId)) return undefined;
  const seen = await lookUp(parts, asked, deviceName);
  if (seen === undefined) return ask(parts, asked, { deviceName });
  const deviceId = onlyOne(seen.found);
  if (deviceId !== undefined) return ask(parts, asked, { deviceId, deviceName });
  const { kind: action, reason, duration } = command;
  const box = duration === undefined ? {} : { box: duration };
  const question = { kind: 'device', action, deviceName, reason, ...box, place } as const;
  return askWhichDevice(parts, {
    question: { ...question, sourceActivity: activityId },
    person: asked.person,
    isPrivate: asked.isPrivate,
    seen,
  });
}

/** By their own token, if that is there without asking them; undefined says nothing of the device. */
async function lookUp(
  parts: RestrictionParts,
  { person, isPrivate }: Asked,
  deviceName: string,
): Promise<Unclear | undefined> {
  const signal = AbortSignal.timeout(lookUpMs);
  const session = await openSessionBeforehand(parts, person, { priority: 'interactive', signal });
  if (!session.ok) return undefined;
  try {
    const found: FoundDevices = await parts.defender.findDevices(session.token, deviceName, session.options);
    // The nearest names are shown to their asker alone; elsewhere that takes the button first.
    const isShown = found.fit === 'none' && isPrivate;
    const nearest = isShown
      ? await parts.defender.nearestDevices(session.token, deviceName, session.options)
      : [];
    return { found, nearest };
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return undefined;
  } finally {
    await session.close();
  }
}

async function ask(parts: RestrictionParts, asked: Asked, device: DeviceWish): Promise<Reply | undefined> {
  const action: Action = asked.command.kind;
  const created = await parts.requests.create({
    id: newRequestId(),
    tenantId: asked.person.tenantId,
    action,
    ...device,
    reason: asked.command.reason,
    requestor: asked.person,
    place: asked.place,
    sourceActivity: asked.activityId,
    expirySeconds: parts.expirySeconds,
    ...(asked.command.duration === undefined ? {} : { box: asked.command.duration }),
  });
  passed(created.kind === 'already-open' ? 'repeated-wish-recorded' : 'request-stored');
  if (created.kind !== 'already-open') return undefined;
  const meant = device.deviceId === undefined ? 'a device of that name' : 'this device';
  return { text: texts.alreadyOpen(created.number, action, meant) };
}
