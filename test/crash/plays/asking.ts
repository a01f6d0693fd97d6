import assert from 'node:assert/strict';
import { patienceMs, riley } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { type Play, type Plays, succeeds, whileAsking } from './play.ts';

/** The answer to a typed command comes once; twice only where nobody knows whether it was sent. */
function answeredInWords(typed: (scene: Scene) => string, atMost: 1 | 2): Play {
  return async (scene, kill) => {
    const text = typed(scene);
    scene.killAt([kill]);
    const { replies } = await scene.say(text);
    await scene.world.done();
    await scene.world.sandbox.teams.messages.until(() => replies()[0], patienceMs);
    assert.ok(replies().length <= atMost);
  };
}

const asksTwice: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill]);
  const { replies } = await scene.say(`/restrict ${scene.device.id} The same again`);
  await scene.world.sandbox.teams.messages.until(() => replies()[0], patienceMs);
  assert.equal(replies().length, 1);
  assert.match(replies()[0]?.text ?? '', new RegExp(asked.number));
  await scene.press(riley, asked, 'cancel', 'End of the play');
  await scene.ends(asked, { label: 'Withdrawn' });
};

const help = () => '/help';

export const asking = {
  'conversation-remembered': whileAsking(),
  'request-stored': whileAsking(),
  'reply-claimed': answeredInWords(help, 1),
  'reply-sent': answeredInWords(help, 2),
  'repeated-wish-recorded': asksTwice,
  'device-looked-up': async (scene, kill) => {
    scene.world.sandbox.tokenService.signIn(riley);
    // The card may be on its way at the same moment.
    await whileAsking({ ...succeeds, cardsAtMost: 2 })(scene, kill);
  },
  'card-held': whileAsking(),
  // The answer of Teams with the message's id was never heard.
  'card-sent': whileAsking({ ...succeeds, cardsAtMost: 2 }),
  'card-recorded': whileAsking(),
} satisfies Plays;
