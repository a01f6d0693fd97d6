import type { FaultAction, FaultTarget, Switches } from '../../sandbox/faults.ts';
import type { Random } from '../support/random.ts';
import { createRandom } from '../support/random.ts';
import { doubtOf, faultOf, switchesOf } from './plan-faults.ts';

type PersonKey = 'alex' | 'priya' | 'sam' | 'jordan' | 'riley';

/** What happens in one run, and when; the same for the same seed. */
export interface Plan {
  readonly seed: number;
  readonly bots: number;
  readonly requests: number;
  /** How Defender behaves in all of the run: this is its nature, not a fault that ends. */
  readonly switches: Partial<Switches>;
  readonly steps: readonly Step[];
}

export type Step = { readonly atMs: number } & Deed;

type Deed =
  | {
      readonly do: 'ask';
      readonly request: number;
      /** Index of the device; two requests may be about the same. */
      readonly device: number;
      readonly by: PersonKey;
      readonly where: 'INC-2481' | 'General' | 'Night shift';
    }
  | ({ readonly do: 'click' } & PlannedClick)
  | { readonly do: 'kill'; readonly bot: number; readonly downMs: number }
  | { readonly do: 'stop'; readonly bot: number; readonly downMs: number }
  | { readonly do: 'freeze'; readonly bot: number; readonly frozenMs: number }
  | { readonly do: 'break'; readonly target: FaultTarget; readonly fault: FaultAction }
  | { readonly do: 'sign out'; readonly person: PersonKey }
  | { readonly do: 'delete card'; readonly request: number };

export interface PlannedClick {
  readonly request: number;
  readonly by: PersonKey;
  readonly verb: 'approve' | 'deny' | 'cancel';
  /** Deliveries of the same press, at once. */
  readonly deliveries: number;
}

export const botsInChaos = 2;
export const longestPlan = { requests: 5, devices: 5 };
const spanMs = 3_500;

export function planOf(seed: number): Plan {
  const random = createRandom(seed);
  const requests = random.whole(3, longestPlan.requests);
  const switches = switchesOf(random);
  const places = range(requests).map(() => random.whole(0, conversations.length - 1));
  const steps = [
    ...range(requests).flatMap((request) => requestSteps(random, request, places)),
    ...range(random.whole(1, 3)).map(() => ({ atMs: random.whole(300, spanMs), ...disruption(random) })),
    ...range(random.whole(2, 6)).map(() => ({
      atMs: random.whole(0, spanMs),
      do: 'break' as const,
      ...faultOf(random),
    })),
    // What is hardest to get right: a POST of which nobody knows whether it was taken.
    ...(random.chance(0.5)
      ? [{ atMs: random.whole(0, 1_500), do: 'break' as const, ...doubtOf(random) }]
      : []),
    ...(random.chance(0.2)
      ? [{ atMs: random.whole(500, spanMs), do: 'sign out' as const, person: random.pick(approvers) }]
      : []),
    ...(random.chance(0.2)
      ? [{ atMs: random.whole(800, spanMs), do: 'delete card' as const, request: 0 }]
      : []),
  ];
  return {
    seed,
    bots: botsInChaos,
    requests,
    switches,
    steps: steps.toSorted((one, other) => one.atMs - other.atMs),
  };
}

const approvers: readonly [PersonKey, PersonKey] = ['alex', 'priya'];

const conversations: readonly Extract<Deed, { do: 'ask' }>['where'][] = [
  'INC-2481',
  'General',
  'Night shift',
];

function requestSteps(random: Random, request: number, places: readonly number[]): Step[] {
  const askedAt = random.whole(0, 800);
  // In the same conversation a second request for a device is refused, which other tests prove.
  const sameDevice = places[request - 1] !== places[request] && request > 0 && random.chance(0.2);
  const ask: Step = {
    atMs: askedAt,
    do: 'ask',
    request,
    device: sameDevice ? request - 1 : request,
    by: random.chance(0.8) ? 'riley' : 'priya',
    where: conversations[places[request] ?? 0] ?? 'INC-2481',
  };
  const clicks = range(random.whole(2, 6)).flatMap(() => {
    const atMs = random.whole(askedAt + 300, spanMs);
    const click: Step = { atMs, do: 'click', ...clickOf(random, request) };
    // Some press twice, as people do when nothing seems to happen.
    return random.chance(0.25) ? [click, { ...click, atMs: atMs + random.whole(0, 400) }] : [click];
  });
  return [ask, ...clicks];
}

function clickOf(random: Random, request: number): PlannedClick {
  const kind = random.next();
  const deliveries = random.chance(0.2) ? random.whole(2, 4) : 1;
  const [by, verb] = ((): [PersonKey, PlannedClick['verb']] => {
    if (kind < 0.6) return [random.pick(approvers), 'approve'];
    if (kind < 0.7) return [random.pick(['riley', 'sam', 'jordan']), 'approve'];
    if (kind < 0.8) return [random.pick(['alex', 'priya', 'jordan']), 'deny'];
    return [random.pick(['riley', 'alex', 'alex', 'priya']), 'cancel'];
  })();
  return { request, by, verb, deliveries };
}

function disruption(random: Random): Deed {
  const bot = random.whole(0, botsInChaos - 1);
  const kind = random.next();
  if (kind < 0.5) return { do: 'kill', bot, downMs: random.whole(0, 1_000) };
  if (kind < 0.7) return { do: 'stop', bot, downMs: random.whole(0, 500) };
  return { do: 'freeze', bot, frozenMs: random.whole(300, 3_000) };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** For people: what to read first when a run failed. */
export function describePlan({ seed, bots, requests, switches, steps }: Plan): string {
  const lines = steps.map(({ atMs, ...deed }) => `${String(atMs).padStart(6)} ms  ${JSON.stringify(deed)}`);
  return [`seed ${seed}: ${bots} bots, ${requests} requests, ${JSON.stringify(switches)}`, ...lines].join(
    '\n',
  );
}
