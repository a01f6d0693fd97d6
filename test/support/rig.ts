import { createHash, randomUUID } from 'node:crypto';
import type { ChooseBot } from '../../sandbox/fleet.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Wire } from '../../sandbox/wire.ts';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Device } from '../../sandbox/world.ts';
import type { Database } from '../../src/store/database-port.ts';
import { openServer } from '../../src/store/server.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { leaksOf } from '../e2e/leaks.ts';
import type { Play } from '../e2e/play.ts';
import { createPlay } from '../e2e/play.ts';
import type { CardHistory } from './card-history.ts';
import { watchCards } from './card-history.ts';

type WireEntry = ReturnType<Wire['entries']>[number];

/** Several processes of the bot on one PostgreSQL, in the sandbox's world. */
export interface Rig extends Pick<
  Play,
  'ask' | 'card' | 'label' | 'text' | 'verbs' | 'pressAnyway' | 'submissions'
> {
  readonly sandbox: Sandbox;
  readonly databaseUrl: string;
  /** The same database, for looking at what the bots wrote. */
  readonly database: Database;
  /** Devices that can be restricted, online, seen by alex and priya: as many as were asked for. */
  readonly devices: readonly Device[];
  readonly history: CardHistory;
  /** Calls that change something in Defender, and whose token each bore. */
  readonly changes: readonly WireEntry[];
  /** Ends everything; answers what the run gave away that it should not have. */
  stop(): Promise<readonly string[]>;
}

export interface RigOptions {
  readonly bots: number;
  readonly devices: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly chooseBot?: ChooseBot;
  /** Seconds by which the database's clock, and with it Defender's, runs ahead of this machine's. */
  readonly ahead?: () => number;
  /** Called with the new, empty database before any bot knows it. */
  readonly prepare?: ((databaseUrl: string) => Promise<void>) | undefined;
}

/** Machine actions move in tenths of a second, and nothing waits for a quota. */
const pace = 0.05;
export const roomyQuota = { ratePerMinute: 10_000, ratePerHour: 100_000 };
const usual = {
  TRACKING_INTERVAL_SECONDS: '1',
  DEFENDER_CALLS_PER_MINUTE: '9000',
  DEFENDER_CALLS_PER_HOUR: '90000',
};

/** On the server that `test/support/with-postgres.ts` started. */
export async function openRig(options: RigOptions): Promise<Rig> {
  const fresh = await freshDatabase();
  const { url } = fresh;
  if (!url.startsWith('postgres')) throw new Error('Run this behind test/support/with-postgres.ts.');
  const ahead = options.ahead ?? (() => 0);
  const devices = Array.from({ length: options.devices }, (_, index) => workstation(index));
  await options.prepare?.(url);
  const sandbox = await startSandbox({
    page: false,
    pace,
    databaseUrl: url,
    bots: options.bots,
    moreDevices: devices,
    defenderNow: () => Date.now() + ahead() * 1_000,
    settings: { ...usual, ...options.settings },
    ...(options.chooseBot === undefined ? {} : { chooseBot: options.chooseBot }),
  });
  calm(sandbox);
  const database = openServer(url);
  const changes: WireEntry[] = [];
  sandbox.wire.onEntry((entry) => {
    if (entry.to === 'defender' && entry.what.startsWith('POST')) changes.push(entry);
  });
  return {
    ...createPlay(() => sandbox, []),
    sandbox,
    databaseUrl: url,
    database,
    devices,
    history: watchCards(sandbox.teams.messages),
    changes,
    stop: async () => {
      await sandbox.stop();
      await database.close();
      await fresh.drop();
      return sandbox.bots.flatMap((bot) => leaksOf({ ...sandbox, bot }, changes));
    },
  };
}

/** Nothing is broken, and everybody is signed in. */
export function calm({ faults, tokenService }: Sandbox): void {
  faults.reset();
  faults.set(roomyQuota);
  for (const person of addressBook.people) tokenService.signIn(person);
}

function workstation(index: number): Device {
  const name = `ws-rig-${String(index + 1).padStart(4, '0')}.contoso.example`;
  const id = createHash('sha1').update(`${name}${randomUUID()}`).digest('hex');
  return { ...addressBook.device('ws-finance-017'), id, name };
}
