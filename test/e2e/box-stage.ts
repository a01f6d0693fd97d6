import { createHash } from 'node:crypto';
import { addressBook } from '../../sandbox/address-book.ts';
import { cardTexts } from '../../sandbox/card-reading.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import { openFastClock, installFastClock } from '../support/fast-clock.ts';
import { installFileClock } from '../support/file-clock.ts';
import { calm } from '../support/rig.ts';
import { freshDatabase } from './fresh-database.ts';
import { leaksOf } from './leaks.ts';
import { type Asked, type Play, createPlay, requestIdOf } from './play.ts';
import { alex } from './stage.ts';

/** The sandbox with a clock of its own: the hours of a time box pass when a test says so. */
export interface BoxStage extends Play {
  readonly sandbox: Sandbox;
  /** For the database and for Defender; tokens and Teams live in the true time. */
  pass(seconds: number): Promise<void>;
  /** A restriction in force for so long, on a device of its own, asked for by Riley and approved by Alex. */
  boxed(duration?: string, approver?: Person): Promise<Asked>;
  /** The request that lifts it, once its card is there. */
  liftOf(asked: Asked): Promise<Asked>;
  /** How many there are, also of those that are over. */
  lifts(asked: Asked): number;
  newDevice(): Device;
}

const devices = Array.from({ length: 40 }, (_, index): Device => {
  const name = `ws-box-${String(index + 1).padStart(2, '0')}.contoso.example`;
  const id = createHash('sha1').update(name).digest('hex');
  return { ...addressBook.device('ws-finance-017'), id, name };
});

interface TestClock {
  readonly ahead: number;
  advance(seconds: number): Promise<void>;
  close?(): Promise<void>;
}

export function setBoxStage(): BoxStage {
  let sandbox: Sandbox | undefined;
  let clock: TestClock = { ahead: 0, advance: () => Promise.resolve() };
  let drop = (): Promise<void> => Promise.resolve();
  let used = 0;
  const current = (): Sandbox => sandbox ?? fail('The sandbox runs only while tests do.');
  const play = createPlay(current, []);

  before(async function () {
    this.timeout(180_000);
    const database = await freshDatabase();
    drop = () => database.drop();
    const isServer = database.url.startsWith('postgres');
    if (isServer) await installFastClock(database.url);
    else clock = await installFileClock(database.url);
    sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      databaseUrl: database.url,
      moreDevices: devices,
      defenderNow: () => Date.now() + clock.ahead * 1_000,
      settings: {
        TRACKING_INTERVAL_SECONDS: '1',
        DEFENDER_CALLS_PER_MINUTE: '5000',
        DEFENDER_CALLS_PER_HOUR: '50000',
        REQUEST_EXPIRY: '24h',
      },
    });
    if (isServer) clock = await openFastClock(database.url);
  });
  beforeEach(() => {
    calm(current());
  });
  after(async function () {
    this.timeout(60_000);
    const ended = current();
    await ended.stop();
    await clock.close?.();
    await drop();
    const leaks = leaksOf(ended, ended.wire.entries());
    if (leaks.length > 0) fail(leaks.join('\n'));
  });

  const liftCards = ({ number, conversation }: Asked) =>
    current()
      .teams.messages.list(conversation.id)
      .filter(({ card }) => {
        const texts = cardTexts(card ?? {});
        return texts.some(
          (text) => text.endsWith(`set by ${number} has ended`) || text.endsWith(`set by ${number}`),
        );
      });

  const newDevice = (): Device => {
    used += 1;
    return devices[used - 1] ?? fail('Every device is used.');
  };

  return {
    ...play,
    newDevice,
    get sandbox() {
      return current();
    },
    pass: (seconds) => clock.advance(seconds),
    boxed: async (duration = '4h', approver = alex) => {
      const asked = await play.ask({ device: newDevice(), reason: `for ${duration} Beacon seen` });
      await play.press(approver, asked, 'approve');
      await play.until(asked, 'Succeeded');
      await play.outcome(asked, new RegExp(`${asked.number} Succeeded`));
      return asked;
    },
    lifts: (asked) => liftCards(asked).length,
    liftOf: async (asked) => {
      const message = await current().teams.messages.until(() => liftCards(asked).at(-1), 30_000);
      const texts = cardTexts(message.card ?? {}).join('\n');
      return {
        ...asked,
        messageId: message.id,
        requestId: requestIdOf(message) ?? '',
        number: /#\d+/.exec(texts)?.[0] ?? '',
      };
    },
  };
}

function fail(what: string): never {
  throw new Error(what);
}
