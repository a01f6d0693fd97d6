import { parseDeviceId } from '../src/containment/ids.ts';
import { boxInForce } from '../src/containment/box-in-force.ts';
import { membersOf } from '../src/containment/batch.ts';
import type { ContainmentRequest } from '../src/containment/request.ts';

/** How one of several devices is named in a choice: by its id, where that is known, or by its place in the list. */
export function choiceOf({ deviceId, batch }: ContainmentRequest): string {
  return deviceId ?? placeOf({ batch });
}

/** Devices may be called by numbers, and by no name with a colon. */
export function placeOf({ batch }: Pick<ContainmentRequest, 'batch'>): string {
  return `:${batch?.place ?? 1}`;
}

type Is = (member: ContainmentRequest) => boolean;

export const awaitsDecision: Is = ({ state }) => state.status === 'awaiting';

/** Once its lift is asked for, that one's card has the buttons. */
export const mayMoveBox: Is = (member) => {
  const box = boxInForce(member);
  return box !== undefined && box.lift === undefined;
};

/**
 * The devices that were chosen, of those that a press can be about; all of them where no choice was sent: a client that shows
 * the choice sends none that is empty. Whatever a card or a client sent, by id, by place or by the name that was typed: a word that names none of them chooses nothing.
 */
export function chosenOf(
  request: ContainmentRequest,
  chosen: string | undefined,
  isOpen: Is = awaitsDecision,
): readonly ContainmentRequest[] {
  const open = membersOf(request).filter(isOpen);
  if (chosen === undefined) return open;
  const words = new Set(chosen.split(',').map((word) => word.trim().toLowerCase()));
  return open.filter((member) => namesOf(member).some((name) => words.has(name)));
}

/** What the presser could have chosen and did not. One that their card did not offer is open for another press. */
export function leftOutBy(
  request: ContainmentRequest,
  { chosen, offered }: { readonly chosen: string | undefined; readonly offered: string | undefined },
): readonly ContainmentRequest[] {
  const taken = chosenOf(request, chosen);
  return chosenOf(request, offered).filter((member) => !taken.includes(member));
}

/** The places of those that a card offers, to be sent with the press. */
export function offerOf(members: readonly ContainmentRequest[]): string {
  return members.map((member) => placeOf(member)).join(',');
}

function namesOf(member: ContainmentRequest): string[] {
  const { deviceId, deviceName } = member;
  return [deviceId, deviceName?.toLowerCase(), placeOf(member)].flatMap((name) => name ?? []);
}

/** Whether the choice names this very device, and not only what was typed for it. */
export function isSeen({ deviceId }: ContainmentRequest, chosen: string | undefined): boolean {
  return (
    deviceId !== undefined &&
    (chosen ?? '').split(',').some((word) => parseDeviceId(word.trim()) === deviceId)
  );
}
