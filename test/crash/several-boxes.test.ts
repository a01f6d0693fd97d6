import assert from 'node:assert/strict';
import { cardLabel, cardTexts } from '../../sandbox/card-reading.ts';
import type { Device } from '../../sandbox/world.ts';
import type { Asked } from '../e2e/play.ts';
import { namedDevice } from '../support/many-devices.ts';
import { type CrashWorld, type Kill, createCrashWorld } from './crash-world.ts';
import { pastLag } from './plays/play.ts';
import { type Scene, alex, createScene, patienceMs, priya, sam } from './scene.ts';
import { acceptedBy, askedBy, threadOf } from './several-scene.ts';

const fourHours = 4 * 3_600;
/** The ends of several devices are at full steps. */
const step = 300;

/** At the end of the boxes, between one device and the next. */
const ends: readonly Kill[] = [
  { step: 'box-moved' },
  { step: 'box-moved', pass: 2 },
  { step: 'card-sent' },
  { step: 'submission-taken', pass: 2 },
  { step: 'submission-answered', pass: 2, whileDown: pastLag },
  { step: 'observation-stored', pass: 2 },
];
/** At a press of Release for all. */
const releases: readonly Kill[] = [
  { step: 'wish-stored' },
  { step: 'wish-counted' },
  { step: 'wish-counted', pass: 2 },
];
const warns: readonly (Kill & { readonly toldAtMost?: 2 })[] = [
  { step: 'box-news-due' },
  // The answer of Teams to the question was never heard.
  { step: 'box-news-told', toldAtMost: 2 },
];

describe('A kill while the bot minds the time boxes of several devices', function () {
  this.timeout(400_000);
  let world: CrashWorld | undefined;
  const devicesOf = (name: string, { step: at, pass = 1 }: Kill): Device[] =>
    [1, 2, 3].map((number) => namedDevice(`ws-${name}-${at}-${pass}-${number}.contoso.example`));
  before(async () => {
    const casts = Object.entries({ ends, releases, warns });
    world = await createCrashWorld(
      casts.flatMap(([name, kills]) => kills.flatMap((kill) => devicesOf(name, kill))),
    );
  });
  after(async () => {
    await world?.stop();
  });

  async function play(devices: readonly Device[], story: (scene: Scene, asked: Asked) => Promise<void>) {
    assert.ok(world);
    await world.calm([alex, sam, priya]);
    const scene = createScene(world, devices[0] ?? assert.fail());
    try {
      await story(scene, await inForce(scene, devices));
    } finally {
      world.sandbox.defender.reset();
    }
  }

  for (const kill of ends) {
    it(`behind ${kill.step}, pass ${kill.pass ?? 1}, at their end lifts each once, on one card`, async () => {
      const devices = devicesOf('ends', kill);
      await play(devices, async (scene, asked) => {
        await later(scene, asked, fourHours + step, kill);
        await lifted(scene, asked, devices, alex);
      });
    });
  }

  for (const kill of releases) {
    it(`behind ${kill.step}, pass ${kill.pass ?? 1}, at a release lifts each once, on one card`, async () => {
      const devices = devicesOf('releases', kill);
      await play(devices, async (scene, asked) => {
        scene.killAt([kill]);
        await scene.pressOnce(priya, asked, 'release');
        await lifted(scene, asked, devices, priya);
      });
    });
  }

  for (const { toldAtMost = 1, ...kill } of warns) {
    it(`behind ${kill.step} asks the thread once for all, and they still end`, async () => {
      const devices = devicesOf('warns', kill);
      await play(devices, async (scene, asked) => {
        await later(scene, asked, fourHours - step, kill);
        await scene.world.done();
        const asks = () => threadOf(scene.world, asked.threadId).told().slice(1);
        await scene.world.sandbox.teams.messages.until(() => asks()[0], patienceMs);
        await scene.press(priya, asked, 'release');
        await lifted(scene, asked, devices, priya);
        const questions = asks().filter(({ text = '' }) => text.includes('xtend'));
        assert.ok(questions.length <= toldAtMost, `asked ${questions.length} times`);
      });
    });
  }
});

async function inForce(scene: Scene, devices: readonly Device[]): Promise<Asked> {
  const { world } = scene;
  const { threadId } = await scene.say(
    `/restrict ${devices.map(({ id }) => id).join(',')} for 4h Beacon seen`,
  );
  const thread = threadOf(world, threadId);
  await world.sandbox.teams.messages.until(() => thread.cards()[0], patienceMs);
  const asked = askedBy(thread.cards()[0] ?? assert.fail(), threadId, devices);
  await scene.press(alex, asked, 'approve');
  await scene.until(asked, 'Succeeded');
  await world.sandbox.teams.messages.until(() => thread.told()[0], patienceMs);
  return asked;
}

/** Killed when the boxes are in force, and again after so much of them has passed. */
async function later(scene: Scene, asked: Asked, seconds: number, kill: Kill): Promise<void> {
  const whileDown: Kill['whileDown'] = (database) => database.passBoxes(seconds);
  scene.killAt([{ step: 'press-answered', whileDown }, kill]);
  await scene.pressOnce(alex, asked, 'refresh');
}

async function lifted(
  scene: Scene,
  asked: Asked,
  devices: readonly Device[],
  by: { readonly upn: string },
): Promise<void> {
  const { world } = scene;
  await world.done();
  const { messages } = world.sandbox.teams;
  const cards = () =>
    messages
      .list(asked.conversation.id)
      .filter(({ card }) => cardTexts(card ?? {}).some((text) => text.includes(`set by ${asked.number}`)));
  await messages.until(() => cards().find(({ card }) => card && cardLabel(card) === 'Succeeded'), patienceMs);
  const numbers = new Set(cards().map(({ card }) => /#\d+/.exec(cardTexts(card ?? {}).join('\n'))?.[0]));
  assert.equal(numbers.size, 1, 'one request');
  for (const device of devices)
    assert.deepEqual(acceptedBy(world, device, 'UnrestrictCodeExecution'), [by.upn], device.name);
}
