import { hints } from './hints.ts';
import type { Sandbox } from './sandbox.ts';

/** What somebody who sees the sandbox for the first time needs: where, as whom, on what, and what to type. */
export function printGuide({ world, pageUrl, bot }: Sandbox, out: { write(text: string): unknown }): void {
  const width = Math.max(...world.people.map(({ name }) => name.length));
  const people = world.people.map(
    ({ key, name, role }) => `  ${pageUrl ?? ''}/?as=${key.padEnd(8)} ${name.padEnd(width)}  ${role}`,
  );
  const wide = Math.max(...world.devices.map(({ name }) => name.length));
  const devices = world.devices.map(
    ({ id, name, os, online, onboarding, group }) =>
      `  ${id}  ${name.padEnd(wide)}  ${os.padEnd(18)}  ${[group, ...notes(online, onboarding)].join(', ')}`,
  );
  const [first] = hints();
  out.write(
    [
      '',
      'Cordon is ready. One address per person; two windows are two people:',
      ...people,
      '',
      'Devices in the simulated Defender:',
      ...devices,
      '',
      'As Riley, in the channel “INC-2481 Finance phishing”, type:',
      `  ${first?.text ?? '/help'}`,
      'Then open Alex’s address and press Approve.',
      '',
      `The bot listens at ${bot.url}. Ctrl-C ends everything.`,
      '',
    ].join('\n'),
  );
}

function notes(online: boolean, onboarding: string): string[] {
  return [...(online ? [] : ['offline']), ...(onboarding === 'Onboarded' ? [] : ['not onboarded'])];
}
