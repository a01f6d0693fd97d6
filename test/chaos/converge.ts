import { setTimeout as pause } from 'node:timers/promises';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Person } from '../../sandbox/world.ts';
import { breachesOf } from '../support/promises.ts';
import type { FastClock } from '../support/fast-clock.ts';
import { type Rig, calm } from '../support/rig.ts';
import { type Truth, readTruth } from '../support/truth.ts';
import type { People, Typed } from './people.ts';
import { longestDelayMs } from './plan-faults.ts';
import type { Timeline } from './timeline.ts';

/** Within so much of the database's time everything must be where it belongs, by itself. */
const longestWaitSeconds = 600;
const leapSeconds = 15;
const lookEveryMs = 300;

export interface Scene {
  readonly rig: Rig;
  readonly clock: FastClock;
  readonly people: People;
  readonly timeline: Timeline;
  readonly typed: readonly Typed[];
}

/** Everything works again; then waits, as the database counts, until nothing waits for anything but people. */
export async function settle(scene: Scene): Promise<readonly Truth[]> {
  const { rig, clock, timeline } = scene;
  const until = clock.ahead + longestWaitSeconds;
  const calmSince = performance.now();
  let truths = await truthsOf(scene);
  while (isRestless(rig, truths) && clock.ahead < until) {
    await pause(lookEveryMs);
    // What a slow service still does for somebody who has hung up happens before time is put forward.
    if (performance.now() - calmSince > longestDelayMs + 500) {
      timeline.note(`${leapSeconds} s pass`);
      await clock.advance(leapSeconds);
    }
    truths = await truthsOf(scene);
  }
  return truths;
}

async function truthsOf({ rig, people, typed }: Scene): Promise<readonly Truth[]> {
  const messageIds = typed.flatMap((one) => people.messageOf(one)?.id ?? []);
  return readTruth(rig.database, { messageIds });
}

function isRestless(rig: Rig, truths: readonly Truth[]): boolean {
  return truths.some((truth) => breachesOf(rig, truth).length > 0);
}

/** People see to what only they can: retry, check again, withdraw. */
export async function lendAHand(scene: Scene, truths: readonly Truth[]): Promise<void> {
  calm(scene.rig.sandbox);
  for (const truth of truths) {
    const one = scene.typed.find(({ reason }) => reason === truth.request.reason);
    const { state } = truth.request;
    if (one === undefined) continue;
    if (state.status === 'awaiting') await withdraw(scene, one, truth);
    if (state.status !== 'attention' || state.closed !== undefined) continue;
    const approver = personById(state.approval?.by.objectId);
    const verb = state.reason.code === 'outcome-unknown' ? 'recheck' : 'retry';
    if (approver !== undefined)
      await scene.people.press(one, { by: approver, verb, comment: '', deliveries: 1 });
  }
}

async function withdraw({ rig, people }: Scene, one: Typed, { request }: Truth): Promise<void> {
  const by = personById(request.requestor.objectId) ?? one.by;
  const comment = 'End of the run';
  // Whose card was deleted can still be withdrawn in words.
  if (people.cardsOf(one).length === 0)
    await rig.sandbox.teams.say(by, one.conversation, `/cancel ${request.number} ${comment}`);
  else await people.press(one, { by, verb: 'cancel', comment, deliveries: 1 });
}

function personById(id: string | undefined): Person | undefined {
  return addressBook.people.find(({ objectId }) => objectId === id);
}

/** What nobody could bring on is closed by somebody who may; what a check opened anew is taken back. */
export async function closeTheRest(scene: Scene, truths: readonly Truth[]): Promise<void> {
  const { people, typed } = scene;
  for (const truth of truths) {
    const { state, requestor, reason } = truth.request;
    const one = typed.find((typedOne) => typedOne.reason === reason);
    if (one !== undefined && state.status === 'awaiting') await withdraw(scene, one, truth);
    if (one === undefined || state.status !== 'attention' || state.closed !== undefined) continue;
    const by = addressBook.people.find(({ objectId }) => objectId !== requestor.objectId) ?? one.by;
    await people.press(one, { by, verb: 'close', comment: 'Looked at in Defender', deliveries: 1 });
  }
}
