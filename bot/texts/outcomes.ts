import { type Mention, mentionOf } from '../render/mention.ts';
import { markdownSafeName, markdownSafeText, shownLength } from '../render/untrusted.ts';
import { utcShort } from '../render/utc.ts';
import type { Person } from '../../src/containment/person.ts';
import type { Action, ContainmentRequest } from '../../src/containment/request.ts';
import {
  type AttentionReason,
  type MachineAction,
  type State,
  type StateOf,
} from '../../src/containment/state.ts';
import { cardLabel } from '../../src/containment/batch.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import { concerned } from './concerned.ts';
import { outcomeOfAll } from './several-devices.ts';
import { targetOf } from './target.ts';
import { atEndText, lengthText } from './time-box.ts';
import { uncertain } from './unchecked.ts';

type Closed = NonNullable<StateOf<'attention'>['closed']>;

export interface OutcomeReply {
  /** Markdown that holds the text of each mention. */
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/**
 * The reply in the thread when a request has ended or needs a person. Comments and reasons stay on the card, but for
 * the remark of whoever closed it: Teams reads this text as Markdown.
 */
export function outcomeReply(request: ContainmentRequest): OutcomeReply {
  const mentions = concerned(request).map(mentionOf);
  const called = mentions.map((mention) => mention.text).join(' ');
  const what = request.members === undefined ? whatHappened(request) : outcomeOfAll(request);
  return {
    text: `${called} #${request.number} ${cardLabel(request)}: ${what}`,
    mentions,
  };
}

function whatHappened(request: ContainmentRequest): string {
  const { state } = request;
  const target = targetOf(request);
  switch (state.status) {
    case 'denied':
      return `${nameOf(state.by)} denied to ${asked[request.action]} ${target}; the comment is on the card. ${certainty(request)}`;
    case 'expired':
      return `nobody decided in time whether to ${asked[request.action]} ${target}. ${certainty(request)}`;
    case 'withdrawn':
      return `${nameOf(state.by)} took back the request to ${asked[request.action]} ${target}. ${certainty(request)}`;
    case 'ended':
      return `${ends[state.machineAction.status](request.action, target)}${boxed(request)}${followed(state.machineAction)}`;
    case 'attention':
      return state.closed === undefined
        ? attention(request, state.reason)
        : closed(request, state.closed, state.reason);
    default:
      return underWay(state, request.action, target);
  }
}

/** What the device may have seen of a request that ended without being handed over. */
function certainty({ unchecked }: ContainmentRequest): string {
  return unchecked === true ? uncertain : 'Nothing was changed.';
}

const asked = {
  restrict: 'restrict app execution on',
  unrestrict: 'lift the restriction of app execution on',
} as const satisfies Record<Action, string>;

type End = (action: Action, target: string) => string;

const ends: Readonly<Record<MachineAction['status'], End>> = {
  Pending: (_action, target) => `Defender has the action for ${target}.`,
  InProgress: (_action, target) => `Defender has the action for ${target}.`,
  Succeeded: (action, target) =>
    action === 'restrict'
      ? `Defender reports that app execution on ${target} is restricted.`
      : `Defender reports that the restriction of app execution on ${target} is lifted.`,
  Failed: (action, target) =>
    `Defender reports that it failed to ${asked[action]} ${target}. The card has the error code, if there is one.`,
  TimeOut: (action, target) =>
    `Defender reports that the action to ${asked[action]} ${target} timed out. See that the device is on and connected, then ask again.`,
  Cancelled: (action, target) =>
    `Defender reports that the action to ${asked[action]} ${target} was cancelled.`,
};

/** Said when the restriction is confirmed; it may have been moved or lifted by the time that anybody reads it. */
function boxed(request: ContainmentRequest): string {
  const box = boxInForce(request);
  return box === undefined
    ? ''
    : ` Its time box of ${lengthText(box.duration)} ends at ${utcShort(box.until, request.createdAt)}; ${atEndText(request)}.`;
}

function followed({ ours, requestor }: MachineAction): string {
  if (ours) return '';
  const who = requestor === undefined ? 'somebody else' : markdownSafeName(requestor);
  return ` This was the action that ${who} had started; Cordon followed it.`;
}

function attention(request: ContainmentRequest, reason: AttentionReason): string {
  const { action, unchecked } = request;
  const target = targetOf(request);
  const sent = unchecked === true ? uncertain : 'Nothing was sent.';
  switch (reason.code) {
    case 'os-not-supported':
      return `the operating system of ${target} cannot restrict app execution. Nothing was changed.`;
    case 'not-onboarded':
      return `${target} is not onboarded to Defender for Endpoint. Nothing was changed.`;
    case 'client-too-old':
      return `the Defender client on ${target} is too old for this action. Nothing was changed.`;
    case 'refused-by-defender':
      return `Defender refused to ${asked[action]} ${target}. Nothing was changed; its answer is on the card.`;
    case 'outcome-unknown':
      return `it is not certain whether Defender took the action to ${asked[action]} ${target}. Press Check again on the card, or look in the Action center.`;
    case 'sign-in-needed': {
      const after =
        reason.notBefore === undefined ? '' : `, after ${utcShort(reason.notBefore, request.createdAt)}`;
      return `the approver has to sign in again before the action to ${asked[action]} ${target} can be sent. ${sent} The approver presses Retry on the card${after}.`;
    }
    case 'step-failed':
      return `handing over the action to ${asked[action]} ${target} failed again and again. ${sent} The approver may press Retry on the card.`;
  }
}

/** The remark stands here too: it is what the people who waited have to know. */
function closed(request: ContainmentRequest, { by, comment }: Closed, { code }: AttentionReason): string {
  const honest =
    code === 'outcome-unknown'
      ? 'It was never confirmed whether Defender took the action; the Action center shows it if it did.'
      : certainty(request);
  return `${nameOf(by)} closed the request to ${asked[request.action]} ${targetOf(request)}: “${markdownSafeText(comment, shownLength.comment)}”. ${honest}`;
}

/** Not an end; said truthfully should it ever be asked for. */
function underWay(state: State, action: Action, target: string): string {
  return state.status === 'awaiting'
    ? `the request to ${asked[action]} ${target} is open.`
    : `the request to ${asked[action]} ${target} is under way.`;
}

function nameOf(person: Person): string {
  return markdownSafeName(person.name);
}
