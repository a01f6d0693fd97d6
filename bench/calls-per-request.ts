import { setTimeout as pause } from 'node:timers/promises';
import { startSandbox } from '../sandbox/sandbox.ts';
import { createClient } from './client.ts';
import type { Figure } from './figure.ts';
import { outcomeTold, request, restrictable, signInApprover, succeeded } from './request.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

const requests = 3;
/** A request has cost all it costs when nothing was called for so long after its end. */
const quietMs = 5_000;

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
    // What that still costs belongs to none of those that are counted.
    await pause(quietMs);
    const costs: Cost[] = [];
    for (const device of devices.slice(0, requests)) costs.push(await costOfOne(subject, device));
    return figuresOf(costs);
  } finally {
    await sandbox.stop();
  }
}

/** The most that any of them cost, kind by kind, so that no lucky one hides what others cost. */
function figuresOf(costs: readonly Cost[]): Figure[] {
  const kinds = [...new Set(costs.flatMap(({ counts }) => Object.keys(counts)))].sort();
  const seconds = median(costs.map((cost) => cost.seconds));
  const samples = costs.length;
  return [
    ...kinds.map((kind): Figure => ({
      name: `calls of a request to ${kind}`,
      unit: 'calls',
      samples,
      value: Math.max(...costs.map(({ counts }) => counts[kind] ?? 0)),
      ...(least[kind] ?? { least: 0, why: 'not needed' }),
    })),
    { name: 'command → Succeeded on the card', unit: 's', samples, value: seconds },
  ];
}

interface Cost {
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

async function costOfOne(subject: Subject, device: string): Promise<Cost> {
  const counts: Record<string, number> = {};
  let last = performance.now();
  const stop = subject.sandbox.wire.onEntry(({ to, what }) => {
    const service = to === 'defender' ? 'Defender' : to === 'teams' ? 'Teams' : undefined;
    if (service === undefined) return;
    last = performance.now();
    const kind = `${service}: ${what}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  });
  try {
    const started = performance.now();
    const card = await request(subject, device);
    await subject.client.press(subject.client.approver, card, 'approve');
    await succeeded(subject, card);
    const seconds = (performance.now() - started) / 1_000;
    await outcomeTold(subject, card);
    while (performance.now() - last < quietMs) await pause(200);
    return { counts, seconds };
  } finally {
    stop();
  }
}
