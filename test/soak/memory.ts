/** One look at a process: seconds since the start, and megabytes. */
export interface Sample {
  readonly atSeconds: number;
  readonly residentMb: number;
  readonly heapMb: number;
}

export async function sampleOf(botUrl: string, atSeconds: number): Promise<Sample | undefined> {
  const answer = await fetch(`${botUrl}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  const text = (await answer?.text()) ?? '';
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]) / 1024 ** 2;
  const sample = {
    atSeconds,
    residentMb: megabytes('process_resident_memory_bytes'),
    heapMb: megabytes('nodejs_heap_size_used_bytes'),
  };
  return Number.isNaN(sample.residentMb) ? undefined : sample;
}

/** Megabytes per hour, by least squares; the first half of a run is left out, for caches and pools fill then. */
export function slope(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(half.map(({ atSeconds }) => atSeconds));
  const level = mean(half.map(of));
  const covariance = mean(half.map((sample) => (sample.atSeconds - at) * (of(sample) - level)));
  const variance = mean(half.map(({ atSeconds }) => (atSeconds - at) ** 2));
  return (covariance / variance) * 3_600;
}

/** Of each minute the least heap: what is left behind by a collection, more or less. */
export function floors(samples: readonly Sample[]): readonly Sample[] {
  const minutes = Map.groupBy(samples, ({ atSeconds }) => Math.floor(atSeconds / 60));
  return [...minutes.values()].flatMap((all) => {
    const [least] = all.toSorted((one, other) => one.heapMb - other.heapMb);
    return least === undefined ? [] : [least];
  });
}
