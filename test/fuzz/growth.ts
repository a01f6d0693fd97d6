/** What the process held when so many activities had been sent. */
export interface Sample {
  readonly sent: number;
  readonly mb: number;
}

export interface Growth {
  /** The highest of each half of what was measured: a pool breathes, a leak climbs. */
  readonly before: number;
  readonly after: number;
  /** Of the straight line through all samples. */
  readonly bytesPerActivity: number;
  readonly limitMB: number;
  readonly isTooMuch: boolean;
}

const megabyte = 1_048_576;
/** Pools, caches and compiled code fill up in the first part. */
const warmUpShare = 0.4;
/** What a heap and the database's buffers come and go by, however few were sent. */
const allowanceMB = 80;
/** More than this for each is a leak: the shortest activity is longer. */
const leakBytes = 200;

/** How memory moved after the warm-up. A leak of a little for each activity shows in a long run, by its slope. */
export function growthOf(samples: readonly Sample[], count: number): Growth {
  const settled = samples.filter(({ sent }) => sent >= warmUpShare * count);
  const middle = ((1 + warmUpShare) / 2) * count;
  const highest = (some: readonly Sample[]): number => Math.max(...some.map(({ mb }) => mb));
  const before = highest(settled.filter(({ sent }) => sent < middle));
  const after = highest(settled.filter(({ sent }) => sent >= middle));
  const limitMB = allowanceMB + (leakBytes * count * (1 - warmUpShare)) / 2 / megabyte;
  const bytesPerActivity = slopeOf(settled) * megabyte;
  return { before, after, bytesPerActivity, limitMB, isTooMuch: !(after - before <= limitMB) };
}

/** Least squares, in MB for each activity. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [sent, mb] = [mean((sample) => sample.sent), mean((sample) => sample.mb)];
  const together = mean((sample) => (sample.sent - sent) * (sample.mb - mb));
  return together / mean((sample) => (sample.sent - sent) ** 2);
}
