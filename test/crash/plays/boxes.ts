import assert from 'node:assert/strict';
import { cardTexts } from '../../../sandbox/card-reading.ts';
import { type Asked, requestIdOf } from '../../e2e/play.ts';
import type { Kill } from '../crash-world.ts';
import { type Scene, alex, patienceMs, priya } from '../scene.ts';
import type { Play, Plays } from './play.ts';

const fourHours = 4 * 3_600;

/** A restriction for four hours that Alex approved, in force. */
async function inForce(scene: Scene): Promise<Asked> {
  const asked = await scene.ask('for 4h Beacon seen');
  await scene.press(alex, asked, 'approve');
  await scene.until(asked, 'Succeeded');
  await scene.until(asked, /In force until/);
  return asked;
}

function liftsOf({ world }: Scene, { conversation, number }: Asked) {
  return world.sandbox.teams.messages
    .list(conversation.id)
    .filter(({ card }) => cardTexts(card ?? {}).some((text) => text.includes(`set by ${number}`)));
}

/** The restriction is known as released; there was one lift, sent once, by this person. */
async function endsReleased(scene: Scene, asked: Asked, by: { readonly upn: string }): Promise<void> {
  const { world } = scene;
  await world.done();
  await scene.until(asked, /Released by/);
  const lifts = new Set(liftsOf(scene, asked).map((message) => requestIdOf(message)));
  assert.equal(lifts.size, 1);
  const submissions = world.sandbox.defender
    .submissions()
    .filter(({ deviceId, action }) => deviceId === scene.device.id && action === 'UnrestrictCodeExecution');
  assert.deepEqual(
    submissions.map((each) => ({ by: each.by, accepted: each.accepted })),
    [{ by: by.upn, accepted: true }],
  );
}

/** Killed when the box is in force, and again after so much of it has passed. */
async function later(scene: Scene, asked: Asked, seconds: number, kill: Kill): Promise<void> {
  const whileDown: Kill['whileDown'] = (database) => database.passBoxes(seconds);
  scene.killAt([{ step: 'press-answered', whileDown }, kill]);
  await scene.pressOnce(alex, asked, 'refresh');
}

const ends: Play = async (scene, kill) => {
  const asked = await inForce(scene);
  await later(scene, asked, fourHours, kill);
  await endsReleased(scene, asked, alex);
};

/** The thread is asked at least once, and the box still ends. */
const warns =
  (atMost: 1 | 2): Play =>
  async (scene, kill) => {
    const asked = await inForce(scene);
    await later(scene, asked, fourHours - 300, kill);
    await scene.world.done();
    const { messages } = scene.world.sandbox.teams;
    const asks = () =>
      messages
        .list(asked.conversation.id)
        .filter(({ text = '' }) => text.includes(`${asked.number}: the restriction`));
    await messages.until(() => asks()[0], patienceMs);
    await scene.press(priya, asked, 'release');
    await endsReleased(scene, asked, priya);
    assert.ok(asks().length <= atMost, `asked ${asks().length} times`);
  };

const releases: Play = async (scene, kill) => {
  const asked = await inForce(scene);
  scene.killAt([kill], asked);
  await scene.pressOnce(priya, asked, 'release');
  await endsReleased(scene, asked, priya);
};

export const boxes = {
  'wish-stored': releases,
  'wish-counted': releases,
  'box-moved': ends,
  'box-news-due': warns(1),
  // The answer of Teams to the question was never heard.
  'box-news-told': warns(2),
} satisfies Plays;
