import { membersOf } from '../../src/containment/batch.ts';
import { decide } from '../../src/containment/decide.ts';
import type { Refusal } from '../../src/containment/event.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest, Place } from '../../src/containment/request.ts';
import { newClickId } from '../../src/platform/ids.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import type { ApprovalQuestion } from '../../src/store/question.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { renderAskCard } from '../render/ask-card.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { refusalText } from '../texts/decisions.ts';
import { awaitsDecision, offerOf } from '../chosen-devices.ts';
import { latestNamed } from '../seen-on-card.ts';
import * as texts from '../texts/typed-approval.ts';
import { noSuchRequest } from '../texts/replies.ts';
import { findRequestHere } from './find-request.ts';
import type { DecisionCommand } from './parsed-command.ts';

export interface ApproveParts {
  readonly requests: RequestStore;
  readonly questions: Pick<PrivateQuestions, 'open'>;
}

interface Asked {
  readonly command: DecisionCommand;
  readonly person: Person;
  readonly place: Place;
}

type Reply = { readonly text: string } | { readonly card: AdaptiveCardJson; readonly summary: string };

/**
 * An approval takes the person's own sign-in, which only the press of a button can lead to, and what it comes to is theirs
 * alone: so the answer is a button. What can obviously not count is told at once, for nothing of it is private.
 */
export async function runApprove(parts: ApproveParts, { command, person, place }: Asked): Promise<Reply> {
  const { requestNumber, comment } = command;
  const request = await findRequestHere(parts.requests, { command: 'approve', requestNumber, person, place });
  if (request === undefined) return { text: noSuchRequest(requestNumber) };
  const hopeless = await foreseeRefusal(parts, request, person);
  if (hopeless !== undefined) return { text: hopeless };
  const questionId = await parts.questions.open({
    question: { kind: 'approve', requestId: request.id, requestNumber, comment, ...seenIn(request) },
    askedBy: person,
    place,
  });
  const question = texts.askedApproval(request, person);
  const button = { title: texts.approveButton(requestNumber), questionId };
  return { card: renderAskCard({ ...question, button }), summary: question.title };
}

/** What the answer to what was typed shows. */
function seenIn({
  deviceId,
  members,
  alsoRestricted,
}: ContainmentRequest): Pick<ApprovalQuestion, 'deviceId' | 'deviceIds' | 'offered' | 'alsoRestrictedAt'> {
  const found = members === undefined ? alsoRestricted?.at : latestNamed(members);
  const also = found === undefined ? {} : { alsoRestrictedAt: found };
  if (members !== undefined) {
    const named = members.filter(awaitsDecision);
    return { deviceIds: named.flatMap((member) => member.deviceId ?? []), offered: offerOf(named), ...also };
  }
  return {
    ...(deviceId === undefined ? {} : { deviceId }),
    ...also,
  };
}

/** Whether the check of the rights is over, and how it ended, is for the press to tell, and for nobody else to read. */
const toldPrivately: readonly Refusal['code'][] = ['already-checking'];

async function foreseeRefusal(
  { requests }: ApproveParts,
  request: ContainmentRequest,
  person: Person,
): Promise<string | undefined> {
  const now = await requests.now();
  const refusals = membersOf(request).map((member) => {
    const { deviceId } = member;
    const seen = deviceId === undefined ? {} : { deviceId };
    const event = { kind: 'approve-clicked', by: person, clickId: newClickId(), ...seen } as const;
    return decide(member, event, now).refusal;
  });
  // As long as one of the devices can be approved, the press may count.
  const refusal = refusals.includes(undefined) ? undefined : refusals[0];
  if (refusal === undefined || toldPrivately.includes(refusal.code)) return undefined;
  await requests.note(request.id, {
    what: 'approve-typed',
    who: { objectId: person.objectId, name: person.name },
    request: { id: request.id, number: request.number },
    detail: { refused: refusal.code },
  });
  if (refusal.code !== 'expired') return refusalText(refusal, request);
  // It came after the end of the time, which ends now, should the job of that be late.
  const [expired] = await requests.applyToAll(request.id, () => ({ kind: 'time-passed' }));
  return refusalText(refusal, expired?.request ?? request);
}
