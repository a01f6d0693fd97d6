import { isFoundByName } from '../../src/containment/found-device.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type StateOf, isInDoubt, isRetryable } from '../../src/containment/state.ts';
import { isStoppable } from '../../src/containment/cancellation.ts';
import { awaitsDecision, choiceOf, mayMoveBox, offerOf } from '../chosen-devices.ts';
import { latestNamed } from '../seen-on-card.ts';
import { type PortalLink, actionCenter, devicePage } from './portal-links.ts';

type Button = {
  readonly verb: 'approve' | 'deny' | 'cancel' | 'recheck' | 'retry' | 'close' | 'release' | 'extend';
  readonly title: string;
  readonly style: 'default' | 'positive';
  /** Whether the fields go with the click. */
  readonly inputs: 'auto' | 'none';
};

/** A button and what its press sends: nothing of it is trusted. */
export type RequestButton = Button & {
  readonly data: Shown & { readonly requestId: string; readonly shown?: number };
};

type Shown = Readonly<Partial<Record<'devices' | 'offered' | 'seen', string>>>;

const approve: Button = { verb: 'approve', title: 'Approve', style: 'positive', inputs: 'auto' };
const deny: Button = { verb: 'deny', title: 'Deny', style: 'default', inputs: 'auto' };
const recheck: Button = { verb: 'recheck', title: 'Check again', style: 'default', inputs: 'none' };
const retry: Button = { verb: 'retry', title: 'Retry', style: 'positive', inputs: 'none' };
const close: Button = { verb: 'close', title: 'Close', style: 'default', inputs: 'auto' };

const release: Button = { verb: 'release', title: 'Release', style: 'default', inputs: 'auto' };
const extend: Button = { verb: 'extend', title: 'Extend', style: 'default', inputs: 'auto' };

export function requestButtons(request: ContainmentRequest): RequestButton[] {
  const { id, members } = request;
  if (members !== undefined) return buttonsOfAll(request, members);
  return buttons(request).map((button) => ({
    ...button,
    data: { requestId: id, ...(button.verb === 'approve' ? shownBy(request) : {}) },
  }));
}

/**
 * What an older card does not show: which device it is, where only its name was asked for, and as of when what else restricts
 * it stands there.
 */
function shownBy(request: ContainmentRequest): Shown {
  const { deviceId, alsoRestricted } = request;
  return {
    ...(isFoundByName(request) && deviceId !== undefined ? { devices: deviceId } : {}),
    ...(alsoRestricted === undefined ? {} : { seen: alsoRestricted.at }),
  };
}

/** Each button of any of the devices, once; a press is for all that it can be about. */
function buttonsOfAll(request: ContainmentRequest, members: readonly ContainmentRequest[]): RequestButton[] {
  const wanted = new Set(members.flatMap((member) => buttons(member).map(({ verb }) => verb)));
  const isRest = members.some(({ state }) => !isStoppable({ state }));
  const isSent = members.some(({ state }) => state.status === 'running' || state.status === 'submitting');
  const stop = cancel(isRest ? 'Cancel the rest' : isSent ? 'Cancel actions' : 'Cancel request');
  return [approve, deny, retry, recheck, stop, close, release, extend]
    .filter(({ verb }) => wanted.has(verb))
    .map((button) => ({
      ...button,
      data: { requestId: request.id, ...offeredBy(members, button), ...howMany(request, members) },
    }));
}

/** Only a card of lifts may have more of them when a press of its buttons comes. */
function howMany({ lifts }: ContainmentRequest, { length }: readonly unknown[]): { readonly shown?: number } {
  return lifts === undefined ? {} : { shown: length };
}

function offeredBy(members: readonly ContainmentRequest[], { verb }: Button): Shown {
  if (verb === 'release' || verb === 'extend') return aboutThese(members.filter(mayMoveBox));
  if (verb !== 'approve') return {};
  const seen = latestNamed(members);
  return { ...aboutThese(members.filter(awaitsDecision)), ...(seen === undefined ? {} : { seen }) };
}

/** What the press is about. The one that is left is named; among several there is a choice, which may not be left empty. */
function aboutThese(open: readonly ContainmentRequest[]): Shown {
  const [only, ...others] = open;
  const isOne = only !== undefined && others.length === 0;
  return { ...(isOne ? { devices: choiceOf(only) } : {}), offered: offerOf(open) };
}

/** What is still to be decided, and what is in force by now: each in a row of its own, for clients show six buttons in one. */
export function buttonRows(buttons: readonly RequestButton[]): RequestButton[][] {
  const isOfBox = ({ verb }: RequestButton): boolean => verb === 'release' || verb === 'extend';
  const rows = [buttons.filter((button) => !isOfBox(button)), buttons.filter(isOfBox)];
  return rows.filter((row) => row.length > 0);
}

/** What may be pressed; whether the one who presses is allowed to is decided at the click, never here. */
function buttons(request: ContainmentRequest): Button[] {
  const { state, place } = request;
  switch (state.status) {
    case 'awaiting':
      return place.kind === 'personal'
        ? [cancel('Cancel request')]
        : [approve, deny, cancel('Cancel request')];
    case 'approved':
      return [cancel('Cancel request')];
    case 'submitting':
      return [cancel('Cancel action')];
    case 'running':
      return state.unconfirmed === true ? [recheck, cancel('Cancel action')] : [cancel('Cancel action')];
    case 'ended':
      return mayMoveBox(request) ? [release, extend] : [];
    case 'attention':
      // In a personal chat only the requestor could press, who may not.
      return place.kind === 'personal' ? [] : waysOut(state);
    default:
      return [];
  }
}

function waysOut(state: StateOf<'attention'>): Button[] {
  if (state.closed !== undefined) return [];
  if (isInDoubt(state)) return [recheck, close];
  return isRetryable(state) ? [retry, close] : [close];
}

function cancel(title: string): Button {
  return { verb: 'cancel', title, style: 'default', inputs: 'auto' };
}

/** The Action center helps once Defender has an action, or may have one. */
export function links(request: ContainmentRequest, portalUrl: string): PortalLink[] {
  if (request.members !== undefined) return linksOfAll(request.members, portalUrl);
  const { state, deviceId, unchecked } = request;
  const hasAction = state.status === 'running' || state.status === 'ended';
  const isUnclear = state.status === 'attention' && state.reason.code === 'outcome-unknown';
  const mayHaveAction = isUnclear || unchecked === true;
  return [
    ...(deviceId === undefined ? [] : devicePage(portalUrl, deviceId)),
    ...(hasAction || mayHaveAction ? [actionCenter(portalUrl)] : []),
  ];
}

/** A link for each of fifty would be a wall of buttons: their pages are behind the Action center. */
function linksOfAll(members: readonly ContainmentRequest[], portalUrl: string): PortalLink[] {
  const center = actionCenter(portalUrl);
  const isWanted = members.some((member) => links(member, portalUrl).some(({ url }) => url === center.url));
  return isWanted ? [center] : [];
}
