import type { Config } from '../src/config.ts';
import type { Cordon } from './compose.ts';

/** A process that does not end by itself after this is ended: the next one takes over what is left. */
const longestShutdownMs = 9_500;

/** Listens until SIGTERM or SIGINT, then stops intake, lets running work end, and closes. */
export async function run(cordon: Cordon, config: Config): Promise<void> {
  const { log, server, metricsServer } = cordon;
  try {
    await cordon.start();
    await listen(server, config.port, config.host);
  } catch (error) {
    // What was opened would keep the process alive.
    await cordon.stop();
    throw error;
  }
  metricsServer?.listen(config.metricsPort, config.host);
  log.info({ address: server.url }, 'Cordon is ready');
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= shutDown(cordon);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a failure nobody waited for'));
}

async function listen(server: Cordon['server'], port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function shutDown(cordon: Cordon): Promise<void> {
  const { log, server, metricsServer } = cordon;
  log.info({}, 'stopping');
  setTimeout(() => {
    log.warn({}, 'did not stop in time');
    process.exitCode = 0;
    process.kill(process.pid, 'SIGKILL');
  }, longestShutdownMs).unref();
  server.server.close();
  server.server.closeIdleConnections();
  metricsServer?.server.close();
  await cordon.stop();
  server.server.closeAllConnections();
  log.info({}, 'stopped');
}
