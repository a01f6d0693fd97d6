import assert from 'node:assert/strict';
import type { Asked } from '../e2e/play.ts';
import { riley } from '../e2e/stage.ts';
import { breachesOf, submissionsOf } from '../support/promises.ts';
import { createRandom } from '../support/random.ts';
import { type Rig, openRig } from '../support/rig.ts';
import { type Truth, readTruth } from '../support/truth.ts';
import { type Answered, clickAtOnce, clicksOf } from './clicks.ts';

const requests = Number(process.env['RACE_REQUESTS'] ?? 300);
const seed = Number(process.env['RACE_SEED'] ?? 1);
const clicksEach = 10;
/** Requests whose clicks fall together; with ten clicks each it keeps two cores busy, not drowned. */
const together = 4;
const answerWithinMs = 5_000;
const settleMs = 60_000;

interface Raced {
  readonly asked: Asked;
  readonly answers: readonly Answered[];
}

describe(`${requests} requests with ${clicksEach} contradictory clicks each on three processes`, function () {
  this.timeout(900_000);
  let rig: Rig;
  let raced: readonly Raced[];
  let truths: ReadonlyMap<string, Truth>;

  before(async () => {
    rig = await openRig({ bots: 3, devices: requests });
    raced = await race(rig);
    truths = await settled(rig, raced);
  });
  after('the bots end, having told no secret', async () => {
    assert.deepEqual(await rig.stop(), []);
  });

  const truthOf = ({ asked }: Raced): Truth => {
    const truth = truths.get(asked.requestId);
    assert.ok(truth, `${asked.number} is not in the database`);
    return truth;
  };
  const all = <T>(find: (one: Raced, truth: Truth) => readonly T[]): readonly T[] =>
    raced.flatMap((one) => find(one, truthOf(one)));

  it('are all asked for', () => {
    assert.equal(truths.size, requests);
  });

  it('answer every click with 200 within 5 s', () => {
    const late = all(({ answers }) =>
      answers
        .filter(({ delivered: { status, body, ms } }) => {
          return status !== 200 || body?.['statusCode'] !== 200 || ms > answerWithinMs;
        })
        .map(({ by, verb, delivered }) => ({ by: by.name, verb, ...delivered })),
    );
    assert.deepEqual(late, []);
  });

  it('have one outcome each, one accepted POST per approval and none otherwise, and a card that says so', () => {
    assert.deepEqual(
      all((_one, truth) => breachesOf(rig, truth)),
      [],
    );
  });

  it('are heard, but for a few at the end of the minute', () => {
    const refused = all(({ answers }) => answers.filter((answer) => !isHeard(answer))).length;
    assert.ok(refused <= (requests * clicksEach) / 20, `${refused} were too many`);
  });

  it('are decided once', () => {
    const often = all((_one, { request, records }) => {
      const decisions = records.filter(
        ({ before, after }) => before === 'Awaiting approval' && after !== undefined && after !== before,
      );
      const isOpen = request.state.status === 'awaiting';
      return decisions.length === (isOpen ? 0 : 1) ? [] : [`#${request.number}: ${decisions.length}`];
    });
    assert.deepEqual(often, []);
  });

  it('are never sent a second time', () => {
    const often = all((_one, truth) => {
      const sent = submissionsOf(rig, truth).length;
      return sent > 1 ? [`#${truth.request.number}: ${sent}`] : [];
    });
    assert.deepEqual(often, []);
  });

  it('leave one audit record for each click that was heard', () => {
    const wrong = all(({ answers }, { request, records }) => {
      const heard = answers.filter(isHeard);
      const answered = tally(heard.map(({ by, verb }) => `${verb}-clicked ${by.objectId}`));
      const recorded = tally(
        records.flatMap(({ what, who }) =>
          what.endsWith('-clicked') && who !== 'cordon' ? [`${what} ${who.objectId}`] : [],
        ),
      );
      const same = JSON.stringify(answered) === JSON.stringify(recorded);
      return same ? [] : [{ number: request.number, answered, recorded }];
    });
    assert.deepEqual(wrong, []);
  });

  it('leave a refusal of each click but those that were taken', () => {
    const wrong = all(({ answers }, { request, records }) => {
      const clicks = records.filter(({ what }) => what.endsWith('-clicked'));
      const refused = clicks.filter(({ detail }) => detail?.['refused'] !== undefined).length;
      const decided = clicks.filter(({ before, after, detail }) => {
        return detail?.['refused'] === undefined && before !== after;
      }).length;
      const right = refused + decided <= answers.length && decided <= 2;
      return right ? [] : [`#${request.number}: ${refused} refused, ${decided} decided`];
    });
    assert.deepEqual(wrong, []);
  });

  it('are cancelled in Defender by whoever pressed Cancel, with their own token', () => {
    const cancellers = new Set(
      all((_one, { records }) =>
        records.flatMap(({ what, who }) => (what === 'cancel-clicked' && who !== 'cordon' ? [who.name] : [])),
      ),
    );
    const strangers = rig.changes.filter(
      ({ what, as }) => what.includes('cancel') && !cancellers.has(as ?? ''),
    );
    assert.deepEqual(strangers, []);
  });
});

/** Five people press more here than Cordon takes of anybody in a minute; what goes beyond is refused before it is a click. */
function isHeard({ delivered }: Answered): boolean {
  return !delivered.text.includes('more than Cordon takes');
}

async function race(rig: Rig): Promise<readonly Raced[]> {
  const random = createRandom(seed);
  const plans = rig.devices.map((device) => ({ device, clicks: clicksOf(random, clicksEach) }));
  const raced: Raced[] = [];
  const worker = async (): Promise<void> => {
    for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) {
      const asked = await rig.ask({ by: riley, device: plan.device });
      raced.push({ asked, answers: await clickAtOnce(rig, asked, plan.clicks) });
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  return raced;
}

/** Waits until no request waits for anything but people, and each card and thread knows. */
async function settled(rig: Rig, raced: readonly Raced[]): Promise<ReadonlyMap<string, Truth>> {
  const messageIds = raced.map(({ asked }) => asked.threadId);
  const deadline = performance.now() + settleMs;
  for (;;) {
    const truths = await readTruth(rig.database, { messageIds });
    const restless = truths.some((truth) => breachesOf(rig, truth).length > 0);
    if (!restless || performance.now() > deadline)
      return new Map(truths.map((truth) => [truth.request.id, truth]));
    await nextEdit(rig);
  }
}

/** Something changes on a card, or a second passes. */
async function nextEdit({ sandbox: { teams } }: Rig): Promise<void> {
  let changed = false;
  const stop = teams.messages.onChange(() => (changed = true));
  await teams.messages.until(() => changed || undefined, 1_000).catch(() => undefined);
  stop();
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const sorted = words.toSorted();
  return Object.fromEntries(
    [...Map.groupBy(sorted, (word) => word)].map(([word, all]) => [word, all.length]),
  );
}
