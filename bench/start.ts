import type { Figure } from './figure.ts';
import { inRounds, valuesOf } from './figure.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

const restarts = 3;

/** From the start of the process to 200 at `/readyz`, which is asked every 50 ms. All bots run afterwards. */
export async function measureStart(subjects: readonly Subject[]): Promise<Figure[]> {
  const first = await inRounds(subjects, 1, ({ sandbox }) => start(sandbox.bot));
  const again = await inRounds(subjects, restarts, async ({ sandbox }) => {
    await sandbox.bot.stop();
    return start(sandbox.bot);
  });
  return [
    {
      name: 'start to /readyz, empty database',
      unit: 'ms',
      samples: 1,
      values: valuesOf(first, median),
    },
    { name: 'start to /readyz, again', unit: 'ms', samples: restarts, values: valuesOf(again, median) },
  ];
}

async function start(bot: Subject['sandbox']['bot']): Promise<number[]> {
  const started = performance.now();
  await bot.start();
  return [performance.now() - started];
}
