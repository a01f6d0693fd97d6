import assert from 'node:assert/strict';
import { cardLabel } from '../../sandbox/card-reading.ts';
import type { Aimed, FaultAction, FaultTarget } from '../../sandbox/faults.ts';
import type { Scene } from './scene.ts';
import type { Cell, StepName } from './table.ts';

/** Where the fault strikes, and what in a call makes it one of this cell. */
interface Aim {
  readonly target: FaultTarget;
  readonly about: (scene: Scene) => string;
}

const aims: Readonly<Record<StepName, Aim>> = {
  'token service, at the click': { target: 'tokenservice.get', about: ({ approver }) => approver.teamsId },
  'token service, before the POST': { target: 'tokenservice.get', about: ({ approver }) => approver.teamsId },
  'Entra, at the click': { target: 'entra.obo', about: ({ approver }) => approver.objectId },
  'Entra, before the POST': { target: 'entra.obo', about: ({ approver }) => approver.objectId },
  'read of the device': { target: 'defender.device', about: ({ approver }) => approver.upn },
  'POST to Defender': { target: 'defender.submit', about: ({ approver }) => approver.upn },
  'list before the POST': { target: 'defender.list', about: ({ approver }) => approver.upn },
  'list while tracking': { target: 'defender.list', about: ({ approver }) => approver.upn },
  'first sending of the card': { target: 'connector.send', about: ({ reason }) => reason },
  'update of the card': { target: 'connector.update', about: ({ reason }) => reason },
  'reply with the outcome': { target: 'connector.send', about: ({ approver }) => approver.teamsId },
};

export interface Run {
  readonly step: StepName;
  readonly fault: FaultAction;
  readonly cell: Cell;
  /** For cells that only minutes settle: resolves when they have passed for the bot. */
  readonly minutesLater: () => Promise<void>;
  /** Keeps clicks few at a time: whoever answers them has seconds. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Plays one cell to its end; fails where the table is wrong. */
export async function play(scene: Scene, run: Run): Promise<void> {
  const { cell, step } = run;
  if (step === 'first sending of the card') return playCardSend(scene, run);
  const aimed = await run.inTurn(async () => {
    await scene.ask();
    await scene.until('there is a card', () => scene.cards().length > 0);
    return pressUnder(scene, run);
  });
  await scene.untilStruck(aimed);
  await scene.untilSeen(cell.meanwhile);
  await holdsMeanwhile(scene, run);
  aimed.clear();
  if (step === 'list while tracking') scene.sandbox.defender.setOnline(scene.device.id, true);
  const { next } = cell.answer;
  if (next !== undefined) await run.inTurn(() => pressOn(scene, next, cell));
  await run.minutesLater();
  await assertEnd(scene, cell);
}

/** Approve, with the fault in its place: armed before, while the device is read, or once Defender has the action. */
async function pressUnder(scene: Scene, { step, fault, cell }: Run): Promise<Aimed> {
  const { target, about } = aims[step];
  const times = cell.lasts === 'once' ? 1 : null;
  const arm = (): Aimed => scene.aim(target, about(scene), { ...fault, times });
  if (step.endsWith('before the POST') && step !== 'list before the POST') {
    const slowly = { kind: 'delay', ms: 200 } as const;
    const reading = scene.aim('defender.device', scene.approver.upn, slowly);
    const answer = approve(scene, cell);
    await scene.untilStruck(reading);
    const aimed = arm();
    await answer;
    return aimed;
  }
  if (step === 'list while tracking') {
    scene.sandbox.defender.setOnline(scene.device.id, false);
    await approve(scene, cell);
    await scene.untilSeen(/^Pending$/m);
    return arm();
  }
  const aimed = arm();
  await approve(scene, cell);
  return aimed;
}

/** A busy machine may be too slow to prove who pressed, and says so: then people press again. */
async function approve(scene: Scene, { answer: { says } }: Cell): Promise<void> {
  let answer = '';
  for (let tries = 0; tries < 10; tries += 1) {
    answer = await scene.press('approve');
    if (says.test(answer) || !/[Pp]lease press again/.test(answer)) break;
  }
  assert.match(answer, says);
}

async function pressOn(scene: Scene, verb: 'approve' | 'retry', { meanwhile }: Cell): Promise<void> {
  const before = scene.text();
  assert.match(before, meanwhile);
  for (let tries = 0; tries < 10; tries += 1) {
    const answer = await scene.press(verb);
    if (/Cordon now hands|^Recorded/.test(answer)) return;
  }
  assert.fail(`${verb} does not go on`);
}

/** What must not happen as long as the fault lasts. */
async function holdsMeanwhile(scene: Scene, { step, cell }: Run): Promise<void> {
  if (step === 'update of the card') await scene.until('Defender accepted it', () => scene.accepted() === 1);
  else if (step.endsWith('at the click') || step === 'read of the device') assert.equal(scene.accepted(), 0);
  if (cell.lasts === 'until lifted') assert.match(scene.text(), cell.meanwhile);
  if (step === 'reply with the outcome' && cell.lasts === 'until lifted')
    assert.equal(scene.outcomes().length, 0);
}

async function playCardSend(scene: Scene, { fault, cell, step, minutesLater, inTurn }: Run): Promise<void> {
  const { target, about } = aims[step];
  const times = cell.lasts === 'once' ? 1 : null;
  const aimed = scene.aim(target, about(scene), { ...fault, times });
  await inTurn(() => scene.ask());
  await scene.untilStruck(aimed);
  await scene.untilSeen(cell.meanwhile);
  aimed.clear();
  await scene.until(`there are ${cell.cards} cards`, () => scene.cards().length === cell.cards);
  await minutesLater();
  if (cell.end !== 'no card') await inTurn(() => approve(scene, cell));
  await assertEnd(scene, cell);
}

async function assertEnd(scene: Scene, { end, accepted, cards, told }: Cell): Promise<void> {
  await scene.until(`the card is at ${end}`, () => labelOf(scene) === end);
  await scene.until(`the thread is told ${told} times`, () => scene.outcomes().length >= told);
  assert.equal(scene.accepted(), accepted, 'POSTs that Defender accepted');
  assert.equal(scene.cards().length, cards, 'cards in the thread');
  assert.equal(scene.outcomes().length, told, 'replies with the outcome');
}

function labelOf(scene: Scene): string {
  const newest = scene.cards().at(-1);
  return newest === undefined ? 'no card' : (cardLabel(newest.card ?? {}) ?? '');
}
