import type { Message } from '../sandbox/message-store.ts';
import type { Figure, Samples } from './figure.ts';
import { countOf, inRounds, valuesOf } from './figure.ts';
import { request, restrictable, signInApprover, succeeded } from './request.ts';
import { percentile } from './statistics.ts';
import type { Subject } from './subjects.ts';

const rounds = 8;
const arrivalTimeoutMs = 15_000;

/** From the press of Approve to the arrival of the POST at the simulated Defender, and to the answer of the press. */
export async function measureClicks(subjects: readonly Subject[]): Promise<Figure[]> {
  const products = subjects.filter(({ name }) => name !== 'bare');
  for (const subject of products) await signInApprover(subject, restrictable(subject)[0] ?? '');
  const answers: Samples = {};
  const arrivals = await inRounds(products, rounds, async (subject) => {
    const clicks: Click[] = [];
    for (const device of restrictable(subject))
      clicks.push(await click(subject, await request(subject, device)));
    // A device takes the next restriction only when the last one has ended.
    for (const { card } of clicks) await succeeded(subject, card);
    (answers[subject.name] ??= []).push(...clicks.map(({ answerMs }) => answerMs));
    return clicks.map(({ arrivalMs }) => arrivalMs);
  });
  const figure = (name: string, samples: Samples, percent: number): Figure => ({
    name: `${name}, p${percent}`,
    unit: 'ms',
    samples: countOf(samples),
    values: valuesOf(samples, (all) => percentile(all, percent)),
  });
  return [
    figure('click → POST at Defender', arrivals, 50),
    figure('click → POST at Defender', arrivals, 95),
    figure('answer to approve', answers, 50),
    figure('answer to approve', answers, 95),
  ];
}

interface Click {
  readonly card: Message;
  readonly arrivalMs: number;
  readonly answerMs: number;
}

async function click({ client, sandbox }: Subject, card: Message): Promise<Click> {
  const arrival = nextArrival(sandbox.wire);
  const started = performance.now();
  const [answerMs, arrived] = await Promise.all([client.press(client.approver, card, 'approve'), arrival]);
  return { card, answerMs, arrivalMs: arrived - started };
}

/** The wire tells of a call when it has been answered, and how long that took. */
function nextArrival(wire: Subject['sandbox']['wire']): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = wire.onEntry(({ to, what, ms = 0 }) => {
      if (to !== 'defender' || what !== 'POST restrictCodeExecution') return;
      stop();
      clearTimeout(timer);
      resolve(performance.now() - ms);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error('No POST arrived at Defender after the click.'));
    }, arrivalTimeoutMs);
  });
}
