import assert from 'node:assert/strict';
import type { Device } from '../../sandbox/world.ts';
import { namedDevice } from '../support/many-devices.ts';
import { type CrashWorld, type Kill, createCrashWorld } from './crash-world.ts';
import { pastLag } from './plays/play.ts';
import { type Scene, alex, createScene, patienceMs, priya, riley, sam } from './scene.ts';
import { acceptedBy, askedBy, threadOf } from './several-scene.ts';

/** Each at the second of the devices, so that one is ahead and one behind. */
const kills: readonly (Kill & { readonly toldAtMost?: 2 })[] = [
  { step: 'request-stored' },
  { step: 'device-looked-up' },
  { step: 'card-sent' },
  { step: 'click-stored' },
  { step: 'approval-stored', pass: 2 },
  { step: 'submission-taken', pass: 2 },
  { step: 'attempt-recorded', pass: 2, whileDown: pastLag },
  // Another one may have been killed before its POST had left.
  { step: 'submission-answered', pass: 2, whileDown: pastLag },
  { step: 'action-followed', pass: 2, whileDown: pastLag },
  { step: 'observation-stored', pass: 2 },
  { step: 'card-edited', pass: 2 },
  { step: 'outcome-due' },
  // The answer of Teams to the reply was never heard.
  { step: 'outcome-told', toldAtMost: 2 },
];

describe('A kill while the bot restricts several devices', function () {
  this.timeout(400_000);
  let world: CrashWorld | undefined;
  const devicesOf = ({ step }: Kill): Device[] =>
    [1, 2, 3].map((number) => namedDevice(`ws-${step}-${number}.contoso.example`));
  before(async () => {
    world = await createCrashWorld(kills.flatMap(devicesOf));
  });
  after(async () => {
    await world?.stop();
  });

  for (const { toldAtMost = 1, ...kill } of kills) {
    it(`behind ${kill.step} sends each action once, and tells of all of them once`, async () => {
      assert.ok(world);
      const looksUp = kill.step === 'device-looked-up';
      await world.calm([alex, sam, priya, ...(looksUp ? [riley] : [])]);
      const devices = devicesOf(kill);
      const [first] = devices;
      assert.ok(first);
      const scene = createScene(world, first);
      try {
        await restrictAll(scene, devices, { kill, toldAtMost });
      } finally {
        world.sandbox.defender.reset();
      }
    });
  }
});

async function restrictAll(
  scene: Scene,
  devices: readonly Device[],
  { kill, toldAtMost }: { readonly kill: Kill; readonly toldAtMost: 1 | 2 },
): Promise<void> {
  const { world } = scene;
  const looksUp = kill.step === 'device-looked-up';
  const isBeforeCard = looksUp || kill.step === 'request-stored' || kill.step === 'card-sent';
  if (isBeforeCard) scene.killAt([kill]);
  const { threadId } = await scene.say(`/restrict ${devices.map(({ id }) => id).join(',')} Beacon seen`);
  const thread = threadOf(world, threadId);
  await world.sandbox.teams.messages.until(() => thread.cards()[0], patienceMs);
  if (isBeforeCard) await world.done();
  else scene.killAt([kill]);
  const asked = askedBy(thread.cards().at(-1) ?? assert.fail(), threadId, devices);
  if (looksUp) await scene.until(asked, /facts were read of every device/);
  await scene.press(alex, asked, 'approve');
  if (!isBeforeCard) await world.done();
  await scene.until({ ...asked, messageId: thread.cards().at(-1)?.id ?? '' }, 'Succeeded');
  await world.sandbox.teams.messages.until(() => thread.told()[0], patienceMs);
  assert.ok(thread.told().length <= toldAtMost, `told ${thread.told().length} times`);
  for (const device of devices) assert.deepEqual(acceptedBy(world, device), [alex.upn], device.name);
}
