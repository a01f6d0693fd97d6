import { setTimeout as pause } from 'node:timers/promises';
import { addressBook } from '../../sandbox/address-book.ts';
import type { BotProcess } from '../../sandbox/bot-process.ts';
import type { Device } from '../../sandbox/world.ts';
import type { FastClock } from '../support/fast-clock.ts';
import { breachesOf, isOver } from '../support/promises.ts';
import { type Rig, roomyQuota } from '../support/rig.ts';
import type { Truth } from '../support/truth.ts';
import { type Scene, closeTheRest, lendAHand, settle } from './converge.ts';
import { type People, type Typed, createPeople, personOf } from './people.ts';
import { lostClicks } from './lost-clicks.ts';
import type { Plan, Step } from './plan.ts';
import { type Timeline, startTimeline } from './timeline.ts';

export interface ChaosResult {
  readonly breaches: readonly string[];
  readonly timeline: readonly string[];
  /** Seconds of the database's time that passed beside the true ones. */
  readonly skippedSeconds: number;
}

interface Place {
  readonly rig: Rig;
  readonly clock: FastClock;
  readonly devices: readonly Device[];
}

/** Plays a plan, lets everything become calm, and says what was promised and not kept. */
export async function runChaos({ rig, clock, devices }: Place, plan: Plan): Promise<ChaosResult> {
  const timeline = startTimeline(rig.sandbox);
  const skippedBefore = clock.ahead;
  const people = createPeople(rig, timeline);
  const stage = createStage({ rig, timeline, people, devices, plan });
  await stage.play();
  await stage.calm();
  const scene: Scene = { rig, clock, people, timeline, typed: stage.typed() };
  const breaches = await judge(scene);
  timeline.close();
  return { breaches, timeline: timeline.lines(), skippedSeconds: clock.ahead - skippedBefore };
}

async function judge(scene: Scene): Promise<readonly string[]> {
  const { rig, people, typed } = scene;
  const settled = await settle(scene);
  const alone = breaches(rig, settled);
  await lendAHand(scene, settled);
  await closeTheRest(scene, await settle(scene));
  const ended = await settle(scene);
  const lost = await Promise.all(
    typed.map(async (one) => {
      const known = ended.some(({ request }) => request.reason === one.reason);
      return (await one.taken) && !known ? [`${one.reason}: the command was taken and is lost`] : [];
    }),
  );
  return [
    ...alone.map((breach) => `by itself: ${breach}`),
    ...breaches(rig, ended).map((breach) => `in the end: ${breach}`),
    ...lost.flat(),
    ...ended.flatMap((truth) => lostClicks(truth, people.told)),
    ...ended.flatMap(openAtTheEnd),
  ];
}

function breaches(rig: Rig, truths: readonly Truth[]): readonly string[] {
  return truths.flatMap((truth) => breachesOf(rig, truth));
}

function openAtTheEnd(truth: Truth): string[] {
  const { number, state } = truth.request;
  return isOver(truth) ? [] : [`#${number}: people could not end it: ${JSON.stringify(state)}`];
}

interface Stage {
  play(): Promise<void>;
  /** Ends what was set going: processes run again, nothing is broken, every press has its answer. */
  calm(): Promise<void>;
  typed(): readonly Typed[];
}

interface StageParts {
  readonly rig: Rig;
  readonly timeline: Timeline;
  readonly people: People;
  readonly devices: readonly Device[];
  readonly plan: Plan;
}

function createStage({ rig, timeline, people, devices, plan }: StageParts): Stage {
  const { sandbox } = rig;
  const typed = new Map<number, Typed>();
  const underWay: Promise<unknown>[] = [];
  const hands = createHands(sandbox.bots);
  const ask = (step: Extract<Step, { do: 'ask' }>): Promise<boolean> => {
    const device = devices[step.device];
    if (device === undefined) throw new Error('The plan names a device that is not there.');
    const reason = `seed ${plan.seed} request ${step.request} of ${plan.requests}.`;
    const conversation = addressBook.conversation(step.where);
    const one = people.type({ by: personOf(step.by), conversation, device, reason });
    typed.set(step.request, one);
    return one.taken;
  };
  const click = (step: Extract<Step, { do: 'click' }>): Promise<void> | undefined => {
    const one = typed.get(step.request);
    const comment = step.verb === 'approve' ? '' : 'In the middle of it';
    return one && people.press(one, { ...step, by: personOf(step.by), comment });
  };
  const deleteCard = (request: number): void => {
    const one = typed.get(request);
    const card = one && people.cardsOf(one).at(-1);
    if (card !== undefined) sandbox.teams.messages.remove(card.conversationId, card.id);
  };
  const perform = (step: Step): Promise<unknown> | undefined => {
    switch (step.do) {
      case 'ask':
        return ask(step);
      case 'click':
        return click(step);
      case 'kill':
      case 'stop':
      case 'freeze':
        return hands.disturb(step);
      case 'break':
        sandbox.faults.set({ faults: { [step.target]: step.fault } });
        return undefined;
      case 'sign out':
        sandbox.tokenService.signOut(personOf(step.person));
        return undefined;
      case 'delete card':
        deleteCard(step.request);
        return undefined;
    }
  };
  return {
    typed: () => [...typed.values()],
    play: async () => {
      sandbox.faults.set(plan.switches);
      const began = performance.now();
      for (const step of plan.steps) {
        await pause(Math.max(0, step.atMs - (performance.now() - began)));
        timeline.note(`» ${JSON.stringify(step)}`);
        const work = perform(step);
        if (work !== undefined) underWay.push(work);
      }
    },
    calm: async () => {
      await hands.still();
      sandbox.faults.reset();
      sandbox.faults.set({ ...roomyQuota, ...plan.switches });
      timeline.note('calm');
      await Promise.all(underWay);
      await hands.still();
    },
  };
}

type Disturbance = Extract<Step, { do: 'kill' | 'stop' | 'freeze' }>;

/** What is done to a process is done one after the other. */
function createHands(bots: readonly BotProcess[]) {
  const last = new Map<BotProcess, Promise<void>>();
  const afterwards = (bot: BotProcess, deed: () => Promise<void>): Promise<void> => {
    const next = (last.get(bot) ?? Promise.resolve()).then(deed);
    last.set(bot, next);
    return next;
  };
  return {
    disturb: (step: Disturbance): Promise<void> => {
      const bot = bots[step.bot];
      if (bot === undefined) throw new Error('The plan names a process that is not there.');
      return afterwards(bot, async () => {
        if (step.do === 'freeze') {
          bot.signal('SIGSTOP');
          await pause(step.frozenMs);
          bot.signal('SIGCONT');
          return;
        }
        await (step.do === 'kill' ? bot.kill() : bot.stop());
        await pause(step.downMs);
        await bot.start();
      });
    },
    still: async (): Promise<void> => {
      await Promise.all(last.values());
    },
  };
}
