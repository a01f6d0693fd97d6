import type { FaultAction, FaultTarget, Switches } from '../../sandbox/faults.ts';
import type { Random } from '../support/random.ts';

/** Where something may break, those that cost the most thought more often. */
const targets: readonly [FaultTarget, ...FaultTarget[]] = [
  'defender.submit',
  'defender.submit',
  'defender.submit',
  'defender.device',
  'defender.list',
  'defender.list',
  'defender.cancel',
  'entra.token',
  'entra.obo',
  'tokenservice.get',
  'connector.send',
  'connector.send',
  'connector.update',
  'connector.update',
  'connector.create',
];

const kinds = [
  'status',
  'status',
  'hang',
  'delay',
  'reset',
  'reset-after',
  'malformed',
] as const satisfies FaultAction['kind'][];

/** What a slow service does late it does before time is put forward: see `converge.ts`. */
export const longestDelayMs = 1_500;

export function faultOf(random: Random): { readonly target: FaultTarget; readonly fault: FaultAction } {
  const target = random.pick(targets);
  const times = random.whole(1, 4);
  const any = random.pick(kinds);
  // Whatever else Teams answers, with 200 it says that it took the message.
  const kind = any === 'malformed' && target.startsWith('connector') ? 'reset-after' : any;
  switch (kind) {
    case 'status':
      return { target, fault: { kind, times, ...statusOf(random, target) } };
    case 'hang':
      return { target, fault: { kind, times, ms: random.whole(500, 20_000) } };
    case 'delay':
      return { target, fault: { kind, times, ms: random.whole(50, longestDelayMs) } };
    default:
      return { target, fault: { kind, times } };
  }
}

/** 4xx that end a request for good are rare: most runs should get somewhere. */
function statusOf(
  random: Random,
  target: FaultTarget,
): { status: number; code?: string; retryAfterSeconds?: number } {
  const kind = random.next();
  if (kind < 0.25) return { status: 429, retryAfterSeconds: random.pick([1, 2, 30]) };
  if (kind < 0.85) return { status: random.pick([500, 502, 503, 504]) };
  if (target === 'defender.submit' && kind < 0.9) return { status: 400, code: 'ActiveRequestAlreadyExists' };
  // 403 and 404 say that a card or the app is gone: cards are deleted for real instead.
  if (target.startsWith('connector')) return { status: 412 };
  return { status: random.pick([401, 403, 404]) };
}

export function doubtOf(random: Random): { readonly target: FaultTarget; readonly fault: FaultAction } {
  const target = 'defender.submit';
  const times = random.whole(1, 3);
  const kind = random.pick(['reset-after', 'reset-after', 'delay']);
  // Longer than any client waits would be longer than a run may take; the presser's process is killed meanwhile.
  return {
    target,
    fault: kind === 'delay' ? { kind, times, ms: longestDelayMs } : { kind: 'reset-after', times },
  };
}

/** What is documented of Defender or was seen by users, and differs from tenant to tenant and from day to day. */
export function switchesOf(random: Random): Partial<Switches> {
  return {
    ...(random.chance(0.3) ? { defenderDuplicate: 'existing' } : {}),
    ...(random.chance(0.4) ? { defenderLagMs: random.pick([500, 5_000, 30_000, 100_000]) } : {}),
    ...(random.chance(0.3) ? { defenderEnd: random.pick(['Failed', 'TimeOut', 'Cancelled']) } : {}),
    ...(random.chance(0.1) ? { outOfScope: '403' } : {}),
  };
}
