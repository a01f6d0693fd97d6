import type { ContainmentRequest } from '../../src/containment/request.ts';
import { devicesText, inShort } from './counted.ts';
import { type Pressed, again, lower } from './pressed.ts';
import { targetOf } from './target.ts';

/** What becomes of a person's earlier press on several devices, when they press again for others of them. */

/** Another choice is no change of the one that is under way: what was recorded goes on. */
export function earlierPressText(devices: number): string {
  const them = devices === 1 ? 'it' : 'them';
  return `Your earlier Approve for ${devicesText(devices)} that this press is not for is still being checked and goes on; if it holds, your Cancel stops what is not done yet of ${them}.`;
}

export function earlierPressWaitsText(
  pressed: Pressed,
  devices: number,
  { number }: Pick<ContainmentRequest, 'number'>,
): string {
  return `Your earlier ${pressed} for ${devicesText(devices)} that this press is not for still waits for your sign-in and goes on with it. If the page for that is gone, ${lower(again(pressed))} on the card of #${number}.`;
}

export function takenBackText(pressed: Pressed, back: readonly ContainmentRequest[]): string {
  const names = inShort(
    back.map((member) => targetOf(member)),
    3,
  );
  return `Your earlier ${pressed}, which waited for your sign-in, is taken back for ${names}: you have not chosen ${back.length === 1 ? 'it' : 'them'} now.`;
}
