import { addressBook } from '../../sandbox/address-book.ts';
import type { Label } from '../../sandbox/card-reading.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import { type Asked, type Play, createPlay, told } from './play.ts';
import { type Running, runningSandbox } from './running-sandbox.ts';

export const riley = addressBook.person('riley');
export const alex = addressBook.person('alex');
export const sam = addressBook.person('sam');
export const jordan = addressBook.person('jordan');
export const priya = addressBook.person('priya');
export const incident = addressBook.conversation('INC-2481');
export const general = addressBook.conversation('General');
export const nightShift = addressBook.conversation('Night shift');

/** Nothing waits for a quota unless a test is about quotas. */
const roomyQuota = { ratePerMinute: 10_000, ratePerHour: 100_000 };

export interface Stage extends Play, Running {}

export interface StageOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Beside those of the seeded world. */
  readonly moreDevices?: readonly Device[];
  /** Signed in before each test; nobody else is. */
  readonly signedIn?: readonly Person[];
}

/** The sandbox with the real bot for the tests of a file; what one test began is brought to its end before the next. */
export function setStage({
  settings = {},
  signedIn = [alex, priya, sam],
  moreDevices = [],
}: StageOptions = {}): Stage {
  let running: Running | undefined;
  const made: Asked[] = [];
  const current = (): Running => {
    if (running === undefined) throw new Error('The sandbox runs only while tests do.');
    return running;
  };
  const play = createPlay(() => current().sandbox, made);

  before(async function () {
    this.timeout(120_000);
    running = await runningSandbox(settings, moreDevices);
  });
  beforeEach(() => {
    calm(current().sandbox, signedIn);
  });
  afterEach(async function () {
    this.timeout(60_000);
    const { sandbox } = current();
    calm(sandbox, addressBook.people);
    if (!sandbox.bot.running) await sandbox.bot.start();
    await Promise.all(made.splice(0).map((asked) => finish(sandbox, play, asked)));
    sandbox.defender.reset();
  });
  return {
    ...play,
    get sandbox() {
      return current().sandbox;
    },
    get wire() {
      return current().wire;
    },
  };
}

function calm({ faults, tokenService }: Sandbox, signedIn: readonly Person[]): void {
  faults.reset();
  faults.set(roomyQuota);
  for (const person of addressBook.people) {
    if (signedIn.includes(person)) tokenService.signIn(person);
    else tokenService.signOut(person);
  }
}

const finals: readonly (Label | undefined)[] = [
  'Denied',
  'Expired',
  'Withdrawn',
  'Succeeded',
  'Failed',
  'Timed out',
  'Cancelled',
  'Needs attention',
];

/** Brings a request to its end by what people and Defender can do; one that cannot end is a bug. */
async function finish({ defender, teams }: Sandbox, play: Play, asked: Asked): Promise<void> {
  // Nobody can tell any more how it stands; the test that took the card away has brought it to its end.
  if (!play.hasCard(asked)) return;
  if (play.label(asked) === 'Awaiting approval') {
    // Withdrawn once it is answered, or decided already; the card's last edit need not be waited for.
    const answer = await play.pressAnyway(asked.by, asked, 'cancel', { comment: 'End of the test' });
    if (/^(Withdrawn|Denied|Expired)$/m.test(told(answer))) return;
  }
  await teams.messages.until(() => {
    const label = play.label(asked);
    if (finals.includes(label)) return true;
    for (const { id, status } of defender.actions()) {
      if (status === 'Pending' || status === 'InProgress') defender.finish(id, 'Succeeded');
    }
    return undefined;
  }, 15_000);
}
