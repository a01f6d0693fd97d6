import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Wire } from '../../sandbox/wire.ts';
import type { Device } from '../../sandbox/world.ts';
import { atEnd } from '../support/at-end.ts';
import { freshDatabase } from './fresh-database.ts';
import { leaksOf, secretsKept } from './leaks.ts';

/** Machine actions move in tenths of a second here. */
const pace = 0.05;
const usual = {
  TRACKING_INTERVAL_SECONDS: '1',
  DEFENDER_CALLS_PER_MINUTE: '5000',
  DEFENDER_CALLS_PER_HOUR: '50000',
};

type WireEntry = ReturnType<Wire['entries']>[number];

export interface Running {
  readonly sandbox: Sandbox;
  /** Everything on the wire since the start; the sandbox itself keeps only the latest. */
  readonly wire: readonly WireEntry[];
}

type Settings = Readonly<Record<string, string>>;

const started = new Map<string, { running: Promise<Running>; drop: () => Promise<void> }>();

/** Starting the bot with a new database takes seconds, so what runs with the same settings shares one. */
export function runningSandbox(settings: Settings, moreDevices: readonly Device[] = []): Promise<Running> {
  const key = JSON.stringify([settings, moreDevices.map(({ id }) => id)]);
  const known = started.get(key);
  if (known !== undefined) return known.running;
  if (started.size === 0) atEnd(stopAll);
  let drop = (): Promise<void> => Promise.resolve();
  const running = freshDatabase().then((database) => {
    drop = () => database.drop();
    return start(settings, moreDevices, database.url);
  });
  started.set(key, { running, drop: () => drop() });
  return running;
}

async function start(
  settings: Settings,
  moreDevices: readonly Device[],
  databaseUrl: string,
): Promise<Running> {
  const sandbox = await startSandbox({
    page: false,
    pace,
    moreDevices,
    // As in production: an address that only resembles it must be refused for that.
    serviceHosts: ['smba.trafficmanager.net'],
    settings: { ...usual, ...settings },
    databaseUrl,
  });
  const wire: WireEntry[] = [...sandbox.wire.entries()];
  sandbox.wire.onEntry((entry) => wire.push(entry));
  return { sandbox, wire };
}

/** The bots end, having told no secret. */
async function stopAll(): Promise<void> {
  const leaks: string[] = [];
  for (const { running, drop } of started.values()) {
    const { sandbox, wire } = await running;
    await sandbox.stop();
    leaks.push(...leaksOf(sandbox, wire), ...(await secretsKept(sandbox)));
    await drop();
  }
  started.clear();
  if (leaks.length > 0) throw new Error(leaks.join('\n'));
}
