import assert from 'node:assert/strict';
import { cardButtons, cardLabel } from '../sandbox/card-reading.ts';
import type { FaultTarget } from '../sandbox/faults.ts';
import type { Message } from '../sandbox/message-store.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { told } from '../test/e2e/play.ts';
import type { FaultName } from '../test/matrix/faults.ts';
import { faultNames, faults } from '../test/matrix/faults.ts';
import type { Cast } from '../test/matrix/scene.ts';
import { castOf } from '../test/matrix/scene.ts';
import type { Client } from './client.ts';
import { createClient } from './client.ts';
import type { Figure } from './figure.ts';

interface Step {
  readonly target: FaultTarget;
  /** What in a call makes it one of this case. */
  readonly about: (cast: Cast) => string;
}

const steps = {
  'token service': { target: 'tokenservice.get', about: ({ approver }) => approver.teamsId },
  Entra: { target: 'entra.obo', about: ({ approver }) => approver.objectId },
  'device read': { target: 'defender.device', about: ({ approver }) => approver.upn },
  'list of actions': { target: 'defender.list', about: ({ approver }) => approver.upn },
  POST: { target: 'defender.submit', about: ({ approver }) => approver.upn },
  'first card': { target: 'connector.send', about: ({ reason }) => reason },
  'card update': { target: 'connector.update', about: ({ reason }) => reason },
  'outcome reply': { target: 'connector.send', about: ({ approver }) => approver.teamsId },
} as const satisfies Readonly<Record<string, Step>>;
type StepName = keyof typeof steps;

const startEveryMs = 500;
/** A POST that may have arrived is looked for during two minutes, since Defender's lists may lag. */
const convergeMs = 300_000;
const mostPresses = 20;

interface Case {
  readonly step: StepName;
  readonly fault: FaultName;
}

interface Run {
  readonly sandbox: Sandbox;
  readonly client: Client;
}

const cases: readonly Case[] = Object.keys(steps).flatMap((step) =>
  faultNames.map((fault) => ({ step: step as StepName, fault })).filter(isMeasured),
);

/** Left out: what only a POST is answered, and a chat that takes no message, since nothing can arrive there. */
function isMeasured({ step, fault }: Case): boolean {
  if (fault === '400 active') return step === 'POST';
  return !((step === 'first card' || step === 'outcome reply') && (fault === '403' || fault === '404'));
}

/**
 * From the command until the card says `Succeeded` and the thread was told, with one fault on the way that strikes once;
 * in real time. The approver presses at once, and again when told to.
 */
export async function measureAfterFaults(): Promise<Figure[]> {
  const none = castOf(cases.length);
  const casts = [...cases.map((_, index) => castOf(index)), none];
  // Budgets are out of the way: what they cost is no fault's doing.
  const budget = { DEFENDER_CALLS_PER_MINUTE: '9000', DEFENDER_CALLS_PER_HOUR: '90000' };
  const sandbox = await startSandbox({
    page: false,
    pace: 0.02,
    settings: { TRACKING_INTERVAL_SECONDS: '15', LOG_LEVEL: 'warn', ...budget },
    moreDevices: casts.map(({ device }) => device),
    morePeople: casts.map(({ approver }) => approver),
  });
  try {
    sandbox.faults.set({ ratePerMinute: 10_000, ratePerHour: 100_000, silentSignIn: 'always' });
    for (const { approver } of casts) sandbox.tokenService.signIn(approver);
    const run: Run = { sandbox, client: await createClient(sandbox) };
    const calm = await measure(run, none, undefined);
    const seconds = new Map<Case, Promise<number | undefined>>();
    const start = (one: Case): Promise<number | undefined> => {
      const result = measure(run, casts[cases.indexOf(one)] ?? none, one).catch(notMeasured(one));
      seconds.set(one, result);
      return result;
    };
    await Promise.all(
      cases
        .filter((one) => !isThrottling(one))
        .map(async (one, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * startEveryMs));
          return start(one);
        }),
    );
    for (const one of cases.filter(isThrottling)) await start(one);
    const figures = cases.map(async (one) => figureOf(one, await seconds.get(one)));
    return [
      { name: 'command → outcome told, no fault', unit: 's', samples: 1, value: calm },
      ...(await Promise.all(figures)),
    ];
  } finally {
    await sandbox.stop();
  }
}

/** What Defender asks of one holds for all: such cases come one after the other. */
function isThrottling({ step, fault }: Case): boolean {
  return steps[step].target.startsWith('defender.') && fault.startsWith('429');
}

/** A case that went wrong leaves its place empty and is told; the others are figures all the same. */
function notMeasured({ step, fault }: Case): (error: unknown) => undefined {
  return (error) => {
    process.stderr.write(`not measured: ${fault} at ${step}: ${String(error)}\n`);
    return undefined;
  };
}

function figureOf({ step, fault }: Case, value: number | undefined): Figure {
  const name = `command → outcome told, ${fault} at ${step}`;
  const cell = { row: fault, column: step };
  return { name, unit: 's', samples: 1, cell, ...(value === undefined ? {} : { value }) };
}

async function measure(run: Run, cast: Cast, one: Case | undefined): Promise<number> {
  const { sandbox, client } = run;
  const { messages } = sandbox.teams;
  const aimed = one === undefined ? undefined : aim(run, cast, one);
  const started = performance.now();
  const threadId = await client.say(`/restrict ${cast.device.id} ${cast.reason}`);
  const ours = (all: readonly Message[]) => all.filter((each) => each.threadId === threadId);
  const card = await messages.until((all) => ours(all).find(hasApprove), convergeMs);
  await approve(run, cast, card);
  const stop = approveAgainWhenVoided(run, cast, card);
  try {
    await messages.until((all) => isAtItsEnd(ours(all)) || undefined, convergeMs);
  } finally {
    stop();
  }
  const value = (performance.now() - started) / 1_000;
  // A figure is one only if the fault struck, and nothing was done twice to get there.
  const about = one === undefined ? 'no fault' : `${one.fault} at ${one.step}`;
  const posts = sandbox.defender
    .submissions()
    .filter(({ deviceId, accepted }) => deviceId === cast.device.id && accepted);
  assert.equal(posts.length, 1, `POSTs that Defender accepted, ${about}`);
  if (aimed !== undefined) assert.ok(aimed(), `the fault struck, ${about}`);
  return value;
}

/** Answers how to ask whether the fault has struck. */
function aim({ sandbox }: Run, cast: Cast, { step, fault }: Case): () => boolean {
  const { target, about } = steps[step];
  let hasStruck = false;
  const aimed = sandbox.faults.aim({ target, about: about(cast), fault: faults[fault] });
  void aimed.struck.then(() => (hasStruck = true));
  return () => hasStruck;
}

/** One card is enough: an earlier copy that was deleted, or that nobody knows arrived, stays as it was and still works. */
function isAtItsEnd(thread: readonly Message[]): boolean {
  const isToldOf = ({ from, text = '' }: Message): boolean => from.isBot && / Succeeded: /.test(text);
  return thread.some(({ card }) => cardLabel(card ?? {}) === 'Succeeded') && thread.some(isToldOf);
}

function hasApprove({ card }: Message): boolean {
  return cardButtons(card ?? {}).some(({ verb }) => verb === 'approve');
}

async function approve({ sandbox }: Run, { approver }: Cast, { conversationId, id }: Message): Promise<void> {
  for (let press = 0; press < mostPresses; press += 1) {
    const card = sandbox.teams.messages.get(conversationId, id);
    if (card === undefined || !hasApprove(card)) return;
    const answer = told(await sandbox.teams.press(approver, card, 'approve'));
    if (!/[Pp]lease press again|^Sign in/.test(answer)) return;
  }
}

/** A refusal opens the request again: then it is approved once more, as people would. */
function approveAgainWhenVoided(run: Run, cast: Cast, { conversationId, id }: Message): () => void {
  let isPressing = false;
  const { messages } = run.sandbox.teams;
  const look = (): void => {
    const card = messages.get(conversationId, id);
    if (isPressing || card === undefined || !hasApprove(card)) return;
    if (!JSON.stringify(card.card).includes('approval did not hold')) return;
    isPressing = true;
    void approve(run, cast, card)
      .catch(() => undefined)
      .finally(() => (isPressing = false));
  };
  const stop = messages.onChange(({ message }) => {
    if (message.id === id) look();
  });
  look();
  return stop;
}
