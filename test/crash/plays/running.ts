import { alex } from '../scene.ts';
import { type Play, type Plays, succeeds } from './play.ts';

/** Killed with an approved request in hand, and again while the next start is under way. */
const whileStarting: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([{ step: 'approval-stored' }, kill]);
  await scene.pressOnce(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

const whileStopping: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill]);
  await scene.press(alex, asked, 'approve');
  await scene.world.sandbox.bot.stop('SIGTERM');
  await scene.ends(asked, succeeds);
};

export const running = {
  'database-migrated': whileStarting,
  'workers-started': whileStarting,
  'cards-taken-back': whileStarting,
  'jobs-resumed': whileStarting,
  'stop-begun': whileStopping,
  'workers-stopped': whileStopping,
} satisfies Plays;
