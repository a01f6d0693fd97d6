import { startSandbox } from '../sandbox/sandbox.ts';
import { createClient } from './client.ts';
import type { Figure } from './figure.ts';
import { request, restrictable, signInApprover, succeeded } from './request.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

const requests = 3;

/** Calls that one request costs when all goes well, at the usual pace of sweeps and with a device that is online. */
export async function measureDefenderCalls(): Promise<Figure[]> {
  const settings = { TRACKING_INTERVAL_SECONDS: '15', LOG_LEVEL: 'warn' };
  const sandbox = await startSandbox({ page: false, settings });
  try {
    sandbox.faults.set({ silentSignIn: 'always' });
    const subject: Subject = { name: 'pglite', sandbox, client: await createClient(sandbox) };
    const [first = '', ...devices] = restrictable(subject);
    await signInApprover(subject, first);
    const counts: Record<string, number>[] = [];
    const seconds: number[] = [];
    for (const device of devices.slice(0, requests)) {
      const started = performance.now();
      counts.push(await callsOfOne(subject, device));
      seconds.push((performance.now() - started) / 1_000);
    }
    const kinds = [...new Set(counts.flatMap((count) => Object.keys(count)))];
    return [
      ...kinds.map((kind): Figure => ({
        name: `Defender calls of a request, ${kind}`,
        unit: 'calls',
        samples: counts.length,
        value: median(counts.map((count) => count[kind] ?? 0)),
      })),
      { name: 'command → Succeeded on the card', unit: 's', samples: seconds.length, value: median(seconds) },
    ];
  } finally {
    await sandbox.stop();
  }
}

async function callsOfOne(subject: Subject, device: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const stop = subject.sandbox.wire.onEntry(({ to, what }) => {
    if (to === 'defender') counts[what] = (counts[what] ?? 0) + 1;
  });
  try {
    const card = await request(subject, device);
    await subject.client.press(subject.client.approver, card, 'approve');
    await succeeded(subject, card);
    return counts;
  } finally {
    stop();
  }
}
