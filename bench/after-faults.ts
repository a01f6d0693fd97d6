import type { FaultAction, FaultTarget } from '../sandbox/faults.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { createClient } from './client.ts';
import type { Figure } from './figure.ts';
import { request, signInApprover, succeeded } from './request.ts';
import type { Subject } from './subjects.ts';
import { workstations } from './workstations.ts';

/** Each strikes once: what is measured is the way back, not how long something was broken. */
const faults: Readonly<Record<string, FaultAction>> = {
  timeout: { kind: 'hang' },
  'reset before': { kind: 'reset' },
  'reset after commit': { kind: 'reset-after' },
  '404': { kind: 'status', status: 404 },
  '429, wait 5 s': { kind: 'status', status: 429, retryAfterSeconds: 5 },
  '500': { kind: 'status', status: 500 },
  'malformed JSON': { kind: 'malformed' },
  'slow body': { kind: 'slow-body' },
};
const steps: Readonly<Record<string, FaultTarget>> = {
  'the read of the device': 'defender.device',
  'the POST': 'defender.submit',
  'an update of the card': 'connector.update',
};
const startEveryMs = 500;
/** A POST that may have arrived is looked for during two minutes, since Defender's lists may lag. */
const convergeMs = 300_000;

interface Case {
  readonly name: string;
  readonly target?: FaultTarget;
  readonly fault?: FaultAction;
}

const cases: readonly Case[] = [
  { name: 'no fault' },
  ...Object.entries(steps).flatMap(([step, target]) =>
    Object.entries(faults).map(([name, fault]) => ({ name: `${name} at ${step}`, target, fault })),
  ),
];

/** From the press of Approve to the true end on the card, with one fault on the way; in real time. */
export async function measureAfterFaults(): Promise<Figure[]> {
  const devices = workstations(cases.length + 1, true);
  const settings = { TRACKING_INTERVAL_SECONDS: '15', LOG_LEVEL: 'warn' };
  const sandbox = await startSandbox({ page: false, pace: 0.02, settings, moreDevices: devices });
  try {
    sandbox.faults.set({ silentSignIn: 'always' });
    const subject: Subject = { name: 'pglite', sandbox, client: await createClient(sandbox) };
    const [first, ...others] = devices;
    await signInApprover(subject, first?.id ?? '');
    const isThrottling = ({ fault }: Case): boolean => fault?.kind === 'status' && fault.status === 429;
    const figures = new Map<Case, Promise<Figure>>();
    const start = (one: Case): Promise<Figure> => {
      const figure = measure(subject, one, others[cases.indexOf(one)]?.id ?? '');
      figures.set(one, figure);
      return figure;
    };
    await Promise.all(
      cases
        .filter((one) => !isThrottling(one))
        .map(async (one, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * startEveryMs));
          return start(one);
        }),
    );
    // What Defender asks of one holds for all: one after the other.
    for (const one of cases.filter(isThrottling)) await start(one);
    return await Promise.all(cases.map(async (one) => (await figures.get(one)) ?? unmeasured(one)));
  } finally {
    await sandbox.stop();
  }
}

async function measure(subject: Subject, { name, target, fault }: Case, deviceId: string): Promise<Figure> {
  const { client, sandbox } = subject;
  const card = await request(subject, deviceId);
  // A card bears the id of its device, and so do Defender's addresses.
  if (target !== undefined && fault !== undefined) sandbox.faults.aim({ target, about: deviceId, fault });
  const started = performance.now();
  await client.press(client.approver, card, 'approve');
  // A refusal opens the request again: then it is approved once more, as people would.
  const again = sandbox.teams.messages.onChange(({ message }) => {
    if (message.id === card.id && JSON.stringify(message.card).includes('approval did not hold'))
      void client.press(client.approver, card, 'approve').catch(() => undefined);
  });
  try {
    await succeeded(subject, card, convergeMs);
  } finally {
    again();
  }
  const value = (performance.now() - started) / 1_000;
  return { name: `approve → Succeeded, ${name}`, unit: 's', samples: 1, value };
}

function unmeasured({ name }: Case): Figure {
  throw new Error(`Not measured: ${name}`);
}
