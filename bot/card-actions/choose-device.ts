import { membersOf } from '../../src/containment/batch.ts';
import type { DeviceId } from '../../src/containment/ids.ts';
import type { Person } from '../../src/containment/person.ts';
import { DefenderError } from '../../src/defender/errors.ts';
import { readDeviceTwice } from '../../src/jobs/device-facts.ts';
import { type NoSession, type Session, openSessionBeforehand } from '../../src/jobs/defender-session.ts';
import { reasonOf } from '../../src/jobs/check-approval.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import type { DeviceQuestion, DevicesQuestion } from '../../src/store/question.ts';
import { type InvokeAnswer, cardAnswer, messageAnswer } from '../answers.ts';
import { askForSeveral } from '../commands/ask-for-several.ts';
import { resolveDevices } from '../commands/resolve-devices.ts';
import type { Inbound } from '../inbound.ts';
import { renderAskCard } from '../render/ask-card.ts';
import { type Unclear, chooseDirectly } from '../commands/ask-which-device.ts';
import type { SignInInput } from '../sign-in.ts';
import { noRightsText } from '../texts/decisions.ts';
import * as texts from '../texts/devices.ts';
import { alreadyOpen } from '../texts/replies.ts';
import { alreadyOpenSeveral } from '../texts/several-devices.ts';
import { type CardActionParts, orWhenLate, setupOf, timeLeft } from './card-turn.ts';
import { askByButton } from './refusals.ts';

interface Choice {
  readonly questionId: string;
  readonly question: DeviceQuestion | DevicesQuestion;
  readonly person: Person;
  readonly activity: Inbound;
  readonly signIn: SignInInput;
  readonly arrivedAt: number;
  /** Whatever the card sent: what this person's own token sees decides. */
  readonly deviceId?: DeviceId | undefined;
}

interface Turn {
  readonly signal: AbortSignal;
  /** The request is being written: nobody can say any more that nothing was asked for. */
  hasBegun: boolean;
}

interface Chosen {
  readonly answer: InvokeAnswer;
  readonly refused?: string | undefined;
}

/** The asker alone chooses among the devices that they can see; what they choose becomes the request, once. */
export async function chooseDevice(parts: CardActionParts, choice: Choice): Promise<Chosen> {
  const identity = await parts.signIn(choice.activity, choice.person, choice.signIn);
  if (identity.kind === 'answer')
    return { answer: identity.answer, refused: identity.refused ? 'not-verified' : undefined };
  const turn: Turn = { signal: timeLeft(choice), hasBegun: false };
  const work = withOwnToken(parts, choice, turn).catch((error: unknown) => {
    parts.log.warn({ err: error }, 'devices could not be listed, or the one chosen was not surely asked for');
    return undefined;
  });
  const chosen = await orWhenLate(work, turn.signal, undefined);
  return chosen ?? { answer: messageAnswer(turn.hasBegun ? texts.notCertain : texts.noAnswer) };
}

async function withOwnToken(parts: CardActionParts, choice: Choice, turn: Turn): Promise<Chosen> {
  const { signal } = turn;
  const wanted = { priority: 'interactive', signal } as const;
  const session = await openSessionBeforehand(parts, choice.person, wanted);
  if (!session.ok) return withoutToken(parts, choice, session);
  try {
    const answer =
      choice.deviceId === undefined
        ? await listDevices(parts, choice, session)
        : await askFor(parts, choice, { deviceId: choice.deviceId, session, turn });
    return { answer };
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return refusedBy(parts, error);
  } finally {
    await session.close();
  }
}

function refusedBy(parts: CardActionParts, error: DefenderError): Chosen {
  const why = reasonOf(error);
  if (why === undefined) return { answer: messageAnswer(texts.noAnswer) };
  const text =
    why.code === 'device-not-visible'
      ? texts.chosenNotVisible
      : texts.noList(noRightsText(why, 'Choose device', setupOf(parts)));
  return { answer: messageAnswer(text), refused: why.code };
}

async function withoutToken(parts: CardActionParts, choice: Choice, session: NoSession): Promise<Chosen> {
  if (session.transient) return { answer: messageAnswer(texts.noAnswer) };
  const { why } = session;
  const answer = messageAnswer(texts.noList(noRightsText(why, 'Choose device', setupOf(parts))));
  // They are asked to sign in, which refuses nothing yet.
  if (why.code === 'sign-in-gone') return { answer: await askByButton(parts, choice, answer) };
  return { answer, refused: why.code };
}

async function listDevices(
  { defender }: CardActionParts,
  { question, questionId }: Choice,
  { token, options }: Session,
): Promise<InvokeAnswer> {
  const { deviceName } = question;
  const found = await defender.findDevices(token, deviceName, options);
  const nearest = found.fit === 'none' ? await defender.nearestDevices(token, deviceName, options) : [];
  return chooseAnswer(question, { found, nearest }, questionId);
}

function chooseAnswer(question: Choice['question'], seen: Unclear, questionId: string): InvokeAnswer {
  return cardAnswer(chooseDirectly(question, seen, questionId).card);
}

interface Wanted {
  readonly deviceId: DeviceId;
  readonly session: Session;
  readonly turn: Turn;
}

async function askFor(
  parts: CardActionParts,
  { question, person }: Choice,
  { deviceId, session, turn }: Wanted,
): Promise<InvokeAnswer> {
  if (question.kind === 'devices') return takeFor(parts, person, question, { deviceId, session, turn });
  // Read with their own token: a device that they cannot see is not asked for, whatever the card sent.
  await readDeviceTwice(parts, session, deviceId);
  // The person has read that nothing was asked for: so it stays.
  if (turn.signal.aborted) return messageAnswer(texts.noAnswer);
  turn.hasBegun = true;
  const { action, deviceName, reason, box, place, sourceActivity } = question;
  const created = await parts.requests.create({
    id: newRequestId(),
    tenantId: person.tenantId,
    action,
    deviceId,
    deviceName,
    reason,
    ...(box === undefined ? {} : { box }),
    requestor: person,
    place,
    // That of the command: pressed twice, or by a delivery that comes again, it is one request.
    sourceActivity,
    expirySeconds: parts.expirySeconds,
  });
  passed(created.kind === 'already-open' ? 'repeated-wish-recorded' : 'request-stored');
  if (created.kind === 'already-open') return messageAnswer(alreadyOpen(created.number, action));
  const { request } = created;
  // The command was delivered twice, or another device was chosen before: it is one request, about that.
  const isOther = created.kind === 'repeated' && request.deviceId !== deviceId;
  return cardAnswer(renderAskCard(isOther ? texts.askedForOther(request) : texts.askedFor(request.number)));
}

/** One device of several: those that are left are looked up anew, and the next that is not certain is asked about. */
async function takeFor(
  parts: CardActionParts,
  person: Person,
  question: DevicesQuestion,
  { deviceId, session, turn }: Wanted,
): Promise<InvokeAnswer> {
  await readDeviceTwice(parts, session, deviceId);
  const { action, deviceName, reason, box, place, sourceActivity } = question;
  const taken = question.devices.map((device) =>
    device.deviceId === undefined && device.deviceName === deviceName ? { deviceId, deviceName } : device,
  );
  const { devices, unclear } = await resolveDevices(parts, session, taken);
  // The person has read that nothing was asked for: so it stays.
  if (turn.signal.aborted) return messageAnswer(texts.noAnswer);
  if (unclear !== undefined) {
    const next = { ...question, devices, deviceName: unclear.deviceName };
    const questionId = await parts.questions.open({ question: next, askedBy: person, place });
    const { token, options } = session;
    const isNone = unclear.found.fit === 'none';
    const nearest = isNone ? await parts.defender.nearestDevices(token, unclear.deviceName, options) : [];
    return chooseAnswer(next, { found: unclear.found, nearest }, questionId);
  }
  turn.hasBegun = true;
  const asked = await askForSeveral(parts, { action, devices, reason, box, person, place, sourceActivity });
  if (asked.kind === 'already-open') return messageAnswer(alreadyOpenSeveral(asked.taken, action));
  const { request, isNew } = asked;
  const isOther = !isNew && !membersOf(request).some((member) => member.deviceId === deviceId);
  return cardAnswer(renderAskCard(isOther ? texts.askedForOther(request) : texts.askedFor(request.number)));
}
