import type { Kill } from '../crash-world.ts';
import { alex } from '../scene.ts';
import { type Play, type Plays, pastDeadline, pastLag, succeeds, whileApproving } from './play.ts';

/** Defender takes it and the line is cut: what became of it has to be looked up. */
const inDoubt: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill], asked);
  scene.world.sandbox.faults.set({ faults: { 'defender.submit': { kind: 'reset-after' } } });
  await scene.pressOnce(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

/** The attempt's time is over when the bot comes back. */
const late =
  (play: Play, whileDown = pastDeadline): Play =>
  (scene, kill) =>
    play(scene, { ...kill, whileDown });

/** Killed twice: by whom the attempt was made, and by whom it was taken over. */
const takenOver: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([{ step: 'submission-answered', whileDown: pastDeadline }, kill], asked);
  await scene.pressOnce(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

/** Killed twice: the database of the second start may have forgotten what the first one did. */
const forgotten: Play = async (scene, kill) => {
  const asked = await scene.ask();
  const whileDown: Kill['whileDown'] = (database) => database.doubtMemory();
  scene.killAt([{ step: 'approval-stored', whileDown }, kill], asked);
  await scene.pressOnce(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

/** Somebody deleted the card: it is posted once more. */
const deletedCard: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill], asked);
  scene.world.sandbox.teams.messages.remove(asked.conversation.id, asked.messageId);
  await scene.pressOnce(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

export const executing = {
  'submission-taken': whileApproving(),
  'submission-token-received': whileApproving(),
  'nothing-runs-already': whileApproving(),
  'attempt-recorded': late(whileApproving(), pastLag),
  'change-granted': late(whileApproving({ any: true }), pastLag),
  'submission-answered': late(whileApproving()),
  'submission-failed': late(inDoubt),
  'attempt-taken-over': takenOver,
  'doubt-listed': inDoubt,
  'forgotten-listed': forgotten,
  'action-followed': whileApproving(),
  'sweep-taken': whileApproving({ any: true }),
  'sweep-listed': whileApproving({ any: true }),
  'observation-stored': whileApproving(),
  'next-look-stored': whileApproving(),
  'card-edited': whileApproving(),
  'card-deleted': deletedCard,
  'outcome-due': whileApproving(),
  // The answer of Teams to the reply was never heard.
  'outcome-told': whileApproving({ ending: { ...succeeds, toldAtMost: 2 } }),
  'outcome-recorded': whileApproving(),
} satisfies Plays;
