import type { Wire } from '../sandbox/wire.ts';
import { asObject } from '../sandbox/http.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Figure, Samples, SubjectName } from './figure.ts';
import { countOf, valuesOf } from './figure.ts';
import { writeOpenRequests } from './open-requests.ts';
import { median } from './statistics.ts';
import { emptyDatabase } from './subjects.ts';
import { workstations } from './workstations.ts';

const openRequests = 1_000;
const rounds = 3;
const timeoutMs = 120_000;

/** With the usual budgets of calls: Defender's own limits hold after a kill too. */
const settings = { TRACKING_INTERVAL_SECONDS: '15', LOG_LEVEL: 'warn' };

/** From SIGKILL, with the restart right behind it, until Defender was asked about the last of all open actions. */
export async function measureTakeOver(postgresUrl: string | undefined): Promise<Figure[]> {
  const samples: Samples = { pglite: await take({}) };
  if (postgresUrl !== undefined) {
    samples.postgres = await take({ databaseUrl: await emptyDatabase(postgresUrl) });
  }
  return [
    {
      name: `kill → all of ${openRequests} open requests tracked again`,
      unit: 's',
      samples: countOf(samples),
      values: valuesOf(samples, median) satisfies Partial<Record<SubjectName, number>>,
    },
  ];
}

async function take(options: { readonly databaseUrl?: string }): Promise<number[]> {
  const moreDevices = workstations(openRequests, false);
  const sandbox = await startSandbox({ ...options, page: false, settings, moreDevices });
  try {
    const { bot, tokenService, wire, world } = sandbox;
    tokenService.signIn(world.person('alex'));
    await bot.stop();
    await writeOpenRequests(sandbox, moreDevices);
    const first = allAsked(wire);
    await bot.start();
    await first;
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const again = allAsked(wire);
      const started = performance.now();
      await bot.kill();
      await bot.start();
      await again;
      seconds.push((performance.now() - started) / 1_000);
    }
    return seconds;
  } finally {
    await sandbox.stop();
  }
}

/**
 * Resolves when lists that Defender answered from now on have told of all open actions. The wire shows the beginning of a
 * long filter only: a list is known by the first action it asks for, and counts with what it was answered.
 */
function allAsked(wire: Wire): Promise<void> {
  return new Promise((resolve, reject) => {
    const answered = new Map<string, number>();
    const total = (): number => [...answered.values()].reduce((sum, count) => sum + count, 0);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Only ${total()} of ${openRequests} actions were asked about in time.`));
    }, timeoutMs);
    const stop = wire.onEntry(({ what, status, detail }) => {
      if (what !== 'GET machineactions' || status !== 200) return;
      const { query, response } = asObject(detail) ?? {};
      const first = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(JSON.stringify(query))?.[0] ?? '';
      answered.set(first, Number(asObject(response)?.['entries'] ?? 0));
      if (total() < openRequests) return;
      stop();
      clearTimeout(timer);
      resolve();
    });
  });
}
