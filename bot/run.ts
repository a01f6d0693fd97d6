import { passed } from '../src/platform/steps.ts';
import type { Server } from 'restify';
import type { Config } from '../src/config.ts';
import type { Cordon } from './compose.ts';
import { withinTime } from './within-time.ts';

/** A process that does not end by itself after this is ended: the next one takes over what is left. */
const longestShutdownMs = 9_500;

/** A turn is over after this, by its own limits; what it began to store it may store. */
const longestTurnMs = 5_000;
const closeIdleMs = 100;

/** How a run ended. `overdue`: work is still under way and would keep the process alive. */
export type RunEnd = 'stopped' | 'overdue';

/** Listens until SIGTERM or SIGINT, then stops intake, lets running work end, and closes. */
export async function run(cordon: Cordon, config: Config): Promise<RunEnd> {
  const { log, server, metricsServer } = cordon;
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a failure nobody waited for'));
  try {
    await cordon.start();
    if (metricsServer !== undefined) await listen(cordon, metricsServer, config.metricsPort, config.host);
    await listen(cordon, server, config.port, config.host);
  } catch (error) {
    // What was opened would keep the process alive.
    await shutDown(cordon);
    throw error;
  }
  log.info({ address: server.url }, 'Cordon is ready');
  await signalled();
  log.info({}, 'stopping');
  passed('stop-begun');
  const end = await shutDown(cordon);
  if (end === 'stopped') log.info({}, 'stopped');
  else log.warn({}, 'did not stop in time');
  return end;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

/** restify tells errors of its listener itself; one that nobody hears ends the process. */
async function listen(
  { log }: Cordon,
  server: Server,
  port: number | undefined,
  host: string,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error: unknown) => log.error({ err: error }, 'the listener failed'));
}

/** Resolves when nobody is being answered any more. */
async function closed({ server }: Server): Promise<void> {
  // A connection that was busy when the listener closed is idle later, and would be kept for its own time.
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleMs).unref();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
}

async function shutDown(cordon: Cordon): Promise<RunEnd> {
  const { log, server, metricsServer } = cordon;
  const turnsOver = closed(server);
  metricsServer?.server.close();
  const stopped = cordon.stop(withinTime(turnsOver, longestTurnMs, undefined)).then(
    () => 'stopped' as const,
    (error: unknown) => {
      log.error({ err: error }, 'could not close everything');
      return 'overdue' as const;
    },
  );
  const end = await withinTime(stopped, longestShutdownMs, 'overdue' as const);
  server.server.closeAllConnections();
  metricsServer?.server.closeAllConnections();
  return end;
}
