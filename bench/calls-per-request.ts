import { startSandbox } from '../sandbox/sandbox.ts';
import { createClient } from './client.ts';
import type { Figure } from './figure.ts';
import { outcomeTold, request, restrictable, signInApprover, succeeded } from './request.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

const requests = 3;

/** What a request cannot do without, and what ours has beside it. */
const least: Readonly<Record<string, { readonly least: number; readonly why: string }>> = {
  'Defender: GET machine': { least: 1, why: 'the approver’s own token must see the device' },
  'Defender: POST restrictCodeExecution': { least: 1, why: 'the action itself' },
  'Defender: GET machineactions': {
    least: 1,
    why: 'one look learns the end, as Defender tells nobody; ours also looks before the POST whether an action runs already, and soon after it, so that the card shows each state; sweeps are shared by all open requests',
  },
  'Teams: POST message': { least: 2, why: 'the card, and the reply that mentions people at the end' },
  'Teams: PUT message': {
    least: 1,
    why: 'the end; ours also shows each state on the way that lasts for a second',
  },
};

/** Calls that one request costs when all goes well, at the usual pace of sweeps and with a device that is online. */
export async function measureCalls(): Promise<Figure[]> {
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
        name: `calls of a request to ${kind}`,
        unit: 'calls',
        samples: counts.length,
        value: median(counts.map((count) => count[kind] ?? 0)),
        ...least[kind],
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
    const service = to === 'defender' ? 'Defender' : to === 'teams' ? 'Teams' : undefined;
    if (service === undefined) return;
    const kind = `${service}: ${what}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  });
  try {
    const card = await request(subject, device);
    await subject.client.press(subject.client.approver, card, 'approve');
    await succeeded(subject, card);
    await outcomeTold(subject, card);
    return counts;
  } finally {
    stop();
  }
}
