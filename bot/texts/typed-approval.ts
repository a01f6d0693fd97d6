import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { labelOf } from '../../src/containment/state.ts';
import { actionTitle } from '../render/request-title.ts';
import { safeName } from '../render/untrusted.ts';
import type { PrivateText } from './private-answers.ts';

/** Words of `/approve`. Names and reasons in them come from outside: they go into text runs, never into Markdown. */

export function approveButton(number: number): string {
  return `Approve #${number}`;
}

/**
 * For everybody in the conversation to read, where the card of the request is too. It names what would be approved: a number
 * is mistyped more easily than a button is missed.
 */
export function askedApproval(request: ContainmentRequest, asker: Person): PrivateText {
  const { number, action, device, deviceId, requestor, reason } = request;
  const target = device?.name === undefined ? deviceId : `${safeName(device.name)} (${deviceId})`;
  const who = safeName(asker.name);
  return {
    title: `Approve #${number}?`,
    lines: [
      `${actionTitle(action)}: ${target}, asked by ${safeName(requestor.name)}.`,
      `Reason: ${reason}`,
      `${who} sent /approve #${number}. Nothing is decided by that: the button approves, for ${who} alone and with ${who}’s own rights.`,
    ],
  };
}

/** For the presser alone, in the place of the button. It speaks of the moment only, for this card follows nothing. */
export function answeredApproval(request: ContainmentRequest, note: string | undefined): PrivateText {
  const { number, state } = request;
  return {
    title: `Your /approve #${number}`,
    lines: [
      note ?? `Your approval of #${number} was not used.`,
      `When you pressed, the status of #${number} was “${labelOf(state)}”. Its card tells how it goes on.`,
    ],
  };
}
