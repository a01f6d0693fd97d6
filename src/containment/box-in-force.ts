import { later } from './decision.ts';
import type { Instant, Person } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import type { RunningBox } from './time-box.ts';

const longestLeadSeconds = 900;
const callAfterSeconds = 900;
/** For so long a restriction that somebody is about to extend is not lifted under their hands, however often they press. */
const graceForExtensionSeconds = 60;

/** Defender confirmed that the device is restricted, and no lift is known, by a request or elsewhere. */
export function isInForce({ action, state, released, elsewhere }: ContainmentRequest): boolean {
  const isConfirmed = state.status === 'ended' && state.machineAction.status === 'Succeeded';
  return action === 'restrict' && isConfirmed && released === undefined && elsewhere === undefined;
}

/** The box of a restriction that holds. */
export function boxInForce(request: ContainmentRequest): RunningBox | undefined {
  return isInForce(request) ? request.box?.running : undefined;
}

/** Early enough to answer, and never more than a quarter of the box before its end. */
export function warnAt({ until, duration }: RunningBox): Instant {
  return later(until, -Math.min(longestLeadSeconds, duration.seconds / 4));
}

export function callAt(awaitedSince: Instant): Instant {
  return later(awaitedSince, callAfterSeconds);
}

export function isBeingExtended({ until, wishes }: RunningBox, now: Instant): boolean {
  if (later(until, graceForExtensionSeconds) <= now) return false;
  return wishes.some((wish) => wish.verb === 'extend' && later(wish.at, graceForExtensionSeconds) > now);
}

/** The approval of the end was not used yet, and nobody has turned the lift down since the end has come. */
export function isEndOpen({ spentOn, ended, failed }: RunningBox): boolean {
  return spentOn === undefined && !(ended === true && failed?.label === 'Denied');
}

/** What Defender and the record are told; it names the request that set the box, by its number. */
export function liftReason({ number, box }: ContainmentRequest, releasedBy?: Person): string {
  const { text } = box?.duration ?? { text: '' };
  const running = box?.running;
  const extended = running?.extended === undefined ? '' : `, extended until ${minute(running.until)},`;
  const ofBox = `the time box of ${text}${extended} set by #${number}`;
  if (releasedBy === undefined) return `The${ofBox.slice(3)} has ended`;
  return `Released ${running?.ended === true ? 'after' : 'before'} the end of ${ofBox}`;
}

function minute(moment: Instant): string {
  return `${moment.slice(0, 16).replace('T', ' ')} UTC`;
}
