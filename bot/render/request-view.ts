import { cardLabel } from '../../src/containment/batch.ts';
import { type ContainmentRequest, nameOrId } from '../../src/containment/request.ts';
import { nextStep } from '../texts/next-steps.ts';
import { deviceLines } from './device-lines.ts';
import { refreshUsers } from './refresh-users.ts';
import { type RequestButton, buttonRows, links, requestButtons } from './request-buttons.ts';
import { factRows } from './request-facts.ts';
import { remarks } from './request-remarks.ts';
import { actionTitle } from './request-title.ts';
import { type Line, line, subtle, theirText, words } from './runs.ts';
import { choiceSets, deviceSets, factsOfAll, remarksOfAll, roomsFor } from './several-view.ts';
import type { Room } from './several-rows.ts';
import { toneOfCard } from './tone.ts';
import { isShortened, shownLength } from './untrusted.ts';

export interface RequestCardOptions {
  /** Where the Defender portal is; links are built from it and from checked ids only. */
  readonly portalUrl: string;
  /** What only the person who gets this view is to learn. */
  readonly note?: string | undefined;
  /** The card stands for one that somebody deleted. */
  readonly replacesDeleted?: boolean;
}

const replacement = line(subtle('Replaces a card that was deleted'));

/**
 * Everything that `cards/request.json` shows, as strings, booleans and lists. What may be missing is a list of one
 * or none: the templating drops an element whose list is empty, without the noise that its `$when` makes.
 */
export function requestView(
  request: ContainmentRequest,
  options: RequestCardOptions,
  room: Room = roomsFor(request)[0],
) {
  const { portalUrl, note, replacesDeleted = false } = options;
  const label = cardLabel(request);
  const offered = requestButtons(request);
  const shownLinks = links(request, portalUrl);
  const takesComment = offered.some((button) => button.inputs === 'auto');
  return {
    requestId: request.id,
    title: `${actionTitle(request.action)} · #${request.number}`,
    label,
    tone: toneOfCard(request),
    next: nextStep(request),
    spoken: `${actionTitle(request.action)}, request ${request.number}: ${label}.`,
    notes: optional(note, (text) => ({ lines: [line(theirText(text, shownLength.answer))] })),
    deviceSets: request.members === undefined ? [{ lines: deviceLines(request) }] : [],
    severalSets: deviceSets(request, room),
    choiceSets: choiceSets(request, room),
    reason: reasonLines(request.reason),
    rows: request.members === undefined ? factRows(request) : factsOfAll(request),
    remarks: asBlocks([...(replacesDeleted ? [replacement] : []), ...remarksOf(request)]),
    repeats: repeatBlocks(request),
    comments: takesComment ? [{ label: commentLabel(request) }] : [],
    durations: durationFields(request, offered),
    buttonSets: buttonRows(offered).map((buttons) => ({ buttons })),
    linkSets: shownLinks.length === 0 ? [] : [{ links: shownLinks }],
    refreshUsers: refreshUsers(request),
  };
}

function remarksOf(request: ContainmentRequest): Line[] {
  return request.members === undefined ? remarks(request) : remarksOfAll(request);
}

/** Untouched it is the duration that was asked for at first. */
function durationFields({ box }: ContainmentRequest, offered: readonly Pick<RequestButton, 'verb'>[]) {
  const takesDuration = offered.some(({ verb }) => verb === 'extend');
  return box !== undefined && takesDuration ? [{ value: box.duration.text }] : [];
}

function optional<Value, View>(value: Value | undefined, view: (value: Value) => View): View[] {
  return value === undefined ? [] : [view(value)];
}

function asBlocks(lines: readonly Line[]): { lines: readonly Line[] }[] {
  return lines.length === 0 ? [] : [{ lines }];
}

function reasonLines(reason: string): Line[] {
  const shown = line(theirText(reason, shownLength.reason));
  const hint = line(words('(shortened; the record has all of it)', { size: 'Small', subtle: true }));
  return isShortened(reason, shownLength.reason) ? [shown, hint] : [shown];
}

function commentLabel(request: ContainmentRequest): string {
  const label = cardLabel(request);
  if (label === 'Needs attention') return 'Remark (Close needs one)';
  return label === 'Awaiting approval' && request.place.kind !== 'personal'
    ? 'Comment (Deny needs one)'
    : 'Comment for the record';
}

/** In a personal chat nobody else is there to approve: the same request, to be sent where somebody is. */
function repeatBlocks(request: ContainmentRequest) {
  const { state, place, action, box, reason } = request;
  // Of several devices the command itself is above the card, and shorter to send again.
  if (request.members !== undefined) return [];
  if (state.status !== 'awaiting' || place.kind !== 'personal') return [];
  const small = { size: 'Small' } as const;
  // A shortened reason is not the reason: who repeats it types it again.
  const tail = isShortened(reason, shownLength.reason)
    ? [words('<reason>', small)]
    : theirText(reason, shownLength.reason, small);
  const time = box === undefined ? '' : `for ${box.duration.text} `;
  return [{ lines: [line(words(`@Cordon /${action} ${nameOrId(request)} ${time}`, small), tail)] }];
}
