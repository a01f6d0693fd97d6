/** Who is measured: the product on each of its databases, and what the libraries alone would do. */
export const subjectNames = ['pglite', 'postgres', 'bare'] as const;
export type SubjectName = (typeof subjectNames)[number];

/** One measured thing; `values` when it is compared between subjects, `value` when there is only one. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'MB' | 'per s' | 'calls';
  readonly samples: number;
  readonly values?: Readonly<Partial<Record<SubjectName, number>>>;
  readonly value?: number;
  /** What no implementation could do without. */
  readonly least?: number;
  /** Why that is the least, and what ours has beside it. */
  readonly why?: string;
  /** Its place in a table of its own. */
  readonly cell?: { readonly row: string; readonly column: string };
}

export type Samples = Partial<Record<SubjectName, number[]>>;

/** Measures every subject in turn, several times over, so that a busy moment of the machine strikes all of them. */
export async function inRounds<S extends { readonly name: SubjectName }>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S) => Promise<readonly number[]>,
): Promise<Samples> {
  const samples: Samples = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const measured = await measure(subject);
      samples[subject.name] = [...(samples[subject.name] ?? []), ...measured];
    }
  }
  return samples;
}

export function valuesOf(
  samples: Readonly<Samples>,
  statistic: (samples: readonly number[]) => number,
): Partial<Record<SubjectName, number>> {
  return Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, statistic(all)]));
}

export function countOf(samples: Readonly<Samples>): number {
  return Math.max(0, ...Object.values(samples).map((all) => all.length));
}
