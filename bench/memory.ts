import type { Figure } from './figure.ts';
import { inRounds, valuesOf } from './figure.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

/** Resident memory as the process itself reports it. */
export async function measureMemory(subjects: readonly Subject[], when: string): Promise<Figure> {
  const samples = await inRounds(subjects, 1, async ({ sandbox }) => [
    await residentMegabytes(sandbox.bot.url),
  ]);
  return { name: `resident memory ${when}`, unit: 'MB', samples: 1, values: valuesOf(samples, median) };
}

async function residentMegabytes(botUrl: string): Promise<number> {
  const answer = await fetch(`${botUrl}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
  return Number(bytes) / 1024 ** 2;
}
