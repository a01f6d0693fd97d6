import { membersOf } from '../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type CancelOutcome, cancelAction } from '../../src/jobs/cancel-action.ts';
import { passed } from '../../src/platform/steps.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { cancelPausedText, cancelRecordedText, cancelRefusalText, refusalText } from '../texts/decisions.ts';
import * as texts from '../texts/several-devices.ts';
import { type CardActionParts, type CardTurn, cardWith, orWhenLate, setupOf, timeLeft } from './card-turn.ts';
import { type Pressed, isWithDefender, newest, pressEach, stopByWord } from '../press-each.ts';
import { inTurns } from '../../src/platform/in-turns.ts';
import { askIdentity, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** Stops what can still be stopped of several devices: what was not sent is withdrawn, what runs is cancelled in Defender. */
export async function cancelSeveral(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer> {
  const { request, person, comment } = turn;
  const event = { kind: 'cancel-clicked', by: person, comment } as const;
  const said = await stopByWord(parts, request, event);
  passed('cancel-wish-stored', request.id);
  const shown = new Set(membersOf(request).map(({ id }) => id));
  if (!membersOf(said.request).some((one) => shown.has(one.id) && isWithDefender(one)))
    return answerAtOnce(parts, said);
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  const pressed = await pressEach(parts, request, { isFor: isWithDefender, event });
  // What went to Defender between the two is asked for there.
  const isAsked = (one: ContainmentRequest): boolean =>
    pressed.counted.some(({ request: { id } }) => id === one.id);
  const refused = [...said.refused.filter((one) => !isAsked(one.request)), ...pressed.refused];
  const notes = notesOf(refused);
  if (pressed.refusal !== undefined && said.counted.length > 0)
    return answerAtOnce(parts, { ...said, request: pressed.request, refused });
  if (pressed.refusal !== undefined && notes.length > 0)
    return cardWith(
      parts,
      pressed.request,
      [refusalText(pressed.refusal, pressed.request), ...notes].join(' '),
    );
  if (pressed.refusal !== undefined) return refusalAnswer(parts, pressed.request, pressed.refusal);
  const running = pressed.counted.map((one) => one.request).filter(({ state }) => state.status === 'running');
  if (running.length === 0) return answerAtOnce(parts, { ...pressed, refused });
  const outcomes = await callDefender(parts, turn, running);
  return answerOf(parts, turn, { running, outcomes, notes });
}

function answerAtOnce(parts: CardActionParts, { request, refusal, refused }: Pressed): InvokeAnswer {
  if (refusal !== undefined) return refusalAnswer(parts, request, refusal);
  const notes = notesOf(refused);
  return cardWith(parts, request, notes.length === 0 ? undefined : notes.join(' '));
}

function notesOf(refused: Pressed['refused']): string[] {
  return texts.notStoppedByWord(refused.map((one) => one.request));
}

interface Outcome {
  readonly request: ContainmentRequest;
  readonly outcome: CancelOutcome;
}

/** What does not get Defender's answer in this turn is a job's. */
async function callDefender(
  parts: CardActionParts,
  turn: CardTurn,
  running: readonly ContainmentRequest[],
): Promise<readonly Outcome[]> {
  const signal = timeLeft(turn);
  const outcomes: Outcome[] = [];
  const work = inTurns(running, signal, async (request) => {
    const { id: requestId, state } = request;
    const since = 'cancel' in state ? state.cancel?.at : undefined;
    try {
      const wish = { requestId, since, inTurn: true, mayStepUp: true, signal };
      outcomes.push({ request, outcome: await cancelAction(parts, wish) });
    } catch (error) {
      parts.log.warn({ err: error, requestId }, 'cancellation failed, the job goes on');
    }
  });
  await orWhenLate(
    work.then(() => undefined),
    signal,
    undefined,
  );
  return [...outcomes];
}

interface Called {
  readonly running: readonly ContainmentRequest[];
  readonly outcomes: readonly Outcome[];
  /** What could not be stopped before it is with Defender. */
  readonly notes: readonly string[];
}

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  { running, outcomes, notes }: Called,
): Promise<InvokeAnswer> {
  const { request, comment } = turn;
  const all = outcomes.map(({ outcome }) => outcome);
  const signIn = all.find((outcome) => outcome.kind === 'sign-in-needed');
  if (signIn !== undefined) {
    const devices = running.map(({ id }) => id);
    const purpose = { verb: 'cancel', requestId: request.id, comment, devices } as const;
    const answer = await stepUpAnswer(parts, turn, { purpose, claims: signIn.claims, notes });
    return { ...answer, noteIds: noteIdsOf(all) };
  }
  const refused = outcomes.flatMap(({ request: member, outcome }) =>
    outcome.kind === 'refused'
      ? [{ request: member, text: cancelRefusalText(outcome.why, setupOf(parts)) }]
      : [],
  );
  const decided = all.filter(({ kind }) => kind === 'decided').length;
  const unanswered = running.length - decided - refused.length;
  const isPaused = all.some((outcome) => outcome.kind === 'no-answer' && outcome.paused === true);
  const asked = unanswered === 0 ? [] : [isPaused ? cancelPausedText() : cancelRecordedText()];
  if (refused.length > 0 || notes.length > 0) {
    const note = [...(refused.length === 0 ? [] : [texts.notForText(refused)]), ...asked, ...notes].join(' ');
    return { ...cardWith(parts, await newest(parts, request), note), noteIds: noteIdsOf(all) };
  }
  const [text] = asked;
  return text === undefined ? cardWith(parts, await newest(parts, request)) : messageAnswer(text);
}

function noteIdsOf(outcomes: readonly CancelOutcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => ('noteId' in outcome ? (outcome.noteId ?? []) : []));
}
