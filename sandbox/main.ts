import { parseArgs } from 'node:util';
import { lastWords } from './bot-process.ts';
import { printGuide } from './guide.ts';
import { startPlayground } from './playground.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

const usualPagePort = 5180;

interface Running {
  readonly sandbox: Sandbox;
  stop(): Promise<void>;
}

/** `npm run sandbox`: everything on this machine, until Ctrl-C. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, playground: { type: 'boolean' } } });
  const pagePort = Number(values.port ?? usualPagePort);
  if (!Number.isInteger(pagePort) || pagePort < 0 || pagePort > 65_535) {
    process.stderr.write('--port takes a number from 0 to 65535.\n');
    return 64;
  }
  // Listening before anything is started: an early Ctrl-C must also leave nothing behind.
  const request = { stop: false };
  const interrupted = new Promise<'signal'>((resolve) => {
    const stop = (): void => {
      request.stop = true;
      resolve('signal');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
  process.stdout.write('Starting Cordon and its simulated surroundings …\n');
  try {
    const running = await begin({ pagePort }, values.playground === true);
    const cause = await Promise.race([interrupted, running.sandbox.bot.exited.then(() => 'bot' as const)]);
    if (cause === 'bot')
      process.stderr.write(`\nThe bot ended by itself:\n${lastWords(running.sandbox.bot.output())}\n`);
    else process.stdout.write('\nStopping …\n');
    await running.stop();
    return cause === 'bot' ? 1 : 0;
  } catch (error) {
    // A terminal sends Ctrl-C to the bot too, which then ends before it is ready: that was asked for.
    if (request.stop) return 0;
    process.stderr.write(`${error instanceof Error ? error.message : 'The sandbox could not start.'}\n`);
    return 1;
  }
}

async function begin(options: SandboxOptions, withPlayground: boolean): Promise<Running> {
  if (withPlayground) return startPlayground(options, process.stdout);
  const sandbox = await startSandbox(options);
  consentToExtras(sandbox);
  printGuide(sandbox, process.stdout);
  return { sandbox, stop: () => sandbox.stop() };
}

/** Alerts and logged-on users are shown where an admin has consented to reading them. */
function consentToExtras({ entra, world }: Sandbox): void {
  const scopes = ['Machine.Read', 'Machine.RestrictExecution', 'Alert.Read', 'User.Read.All'];
  for (const { key } of world.people) entra.setGrants(key, scopes);
}

// Stripping types is Node's own but still marked experimental; the remark would stand in the guide's way.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
});

process.exitCode = await main();
