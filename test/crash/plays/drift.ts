import assert from 'node:assert/strict';
import type { Asked } from '../../e2e/play.ts';
import type { Kill } from '../crash-world.ts';
import { type Scene, alex, patienceMs } from '../scene.ts';
import type { Play, Plays } from './play.ts';

/** A restriction of ours that somebody has lifted in the portal. */
async function liftedInPortal(scene: Scene): Promise<Asked> {
  const asked = await scene.ask();
  await scene.press(alex, asked, 'approve');
  await scene.until(asked, 'Succeeded');
  scene.world.sandbox.defender.addAction({
    deviceId: scene.device.id,
    type: 'UnrestrictCodeExecution',
    status: 'Succeeded',
  });
  return asked;
}

/** Killed when it is time to look for it, and again at the step; whatever was not done then comes at the next look. */
async function lookedFor(scene: Scene, asked: Asked, kill: Kill): Promise<void> {
  const whileDown: Kill['whileDown'] = (database) => database.dueDrift();
  scene.killAt([
    { step: 'press-answered', whileDown },
    { ...kill, whileDown },
  ]);
  await scene.pressOnce(alex, asked, 'refresh');
  await scene.world.done();
}

/** It is on the card and was told in the thread. */
const found =
  (atMost: 1 | 2): Play =>
  async (scene, kill) => {
    const asked = await liftedInPortal(scene);
    await lookedFor(scene, asked, kill);
    await scene.until(asked, /Lifted outside Cordon by portal\.operator@contoso\.example/);
    const { messages } = scene.world.sandbox.teams;
    const words = () =>
      messages
        .list(asked.conversation.id)
        .filter(({ text = '' }) => text.includes(`${asked.number}: Defender reports`));
    await messages.until(() => words()[0], patienceMs);
    assert.ok(words().length <= atMost, `told ${words().length} times`);
    assert.equal(scene.label(asked), 'Succeeded');
  };

export const drift = {
  'drift-sweep-taken': found(1),
  'drift-listed': found(1),
  'drift-stored': found(1),
  'elsewhere-due': found(1),
  // The answer of Teams was never heard.
  'elsewhere-told': found(2),
} satisfies Plays;
