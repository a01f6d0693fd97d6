import type { Claim } from './engine-rows.ts';

/** After this the engine has been told of a run's end, if it could be told at all. */
const settledAfterMs = 15_000;

/** The jobs that this process has in hand, and those whose end it may have failed to tell. */
export function createClaims() {
  const inHand = new Set<Claim>();
  const ended = new Map<Claim, number>();
  return {
    begin(claim: Claim): void {
      inHand.add(claim);
    },
    end(claim: Claim): void {
      inHand.delete(claim);
      ended.set(claim, performance.now());
    },
    inHand: (): readonly Claim[] => [...inHand],
    /** After an outage: their ends may have been told to nobody. Those that were told are no longer under this claim. */
    ended: (): readonly Claim[] => [...ended.keys()],
    forget(claims: readonly Claim[]): void {
      for (const claim of claims) ended.delete(claim);
    },
    forgetSettled(): void {
      const before = performance.now() - settledAfterMs;
      for (const [claim, at] of ended) if (at < before) ended.delete(claim);
    },
  };
}
