import type { Asked } from '../../e2e/play.ts';
import type { DatabaseAccess } from '../database-access.ts';
import type { Ending, Scene } from '../scene.ts';
import { alex } from '../scene.ts';
import type { Step } from '../../../src/platform/steps.ts';
import type { Kill } from '../crash-world.ts';

/** A story that passes the step, until its end; `kill` is the planned end of the bot at that step. */
export type Play = (scene: Scene, kill: Kill) => Promise<void>;

/** An attempt whose time is over: another worker may take over. */
export const pastDeadline = (database: DatabaseAccess) => database.ageAttempts(25);
/** Long after: an action that Defender does not list was not taken. */
export const pastLag = (database: DatabaseAccess) => database.ageAttempts(160);

export const succeeds: Ending = { label: 'Succeeded', by: alex };

/** The bot ends while it asks for approval. Whoever presses later gets an answer. */
export function whileAsking(ending: Ending = succeeds): Play {
  return async (scene, kill) => {
    scene.killAt([kill]);
    const asked = await scene.ask();
    await scene.world.done();
    await scene.press(alex, asked, 'approve');
    await scene.ends(asked, ending);
  };
}

/** The bot ends at the press or behind it; `again`: the click was not stored, so the person has to press again. */
export function whileApproving(
  options: { readonly again?: boolean; readonly ending?: Ending; readonly any?: boolean } = {},
): Play {
  return async (scene, kill) => {
    const asked = await scene.ask();
    scene.killAt([kill], options.any === true ? undefined : asked);
    if (options.again === true) await scene.press(alex, asked, 'approve');
    else await scene.pressOnce(alex, asked, 'approve');
    await scene.ends(asked, options.ending ?? succeeds);
  };
}

/** Approved, accepted by Defender, and not fetched by the device yet. */
export async function pending(scene: Scene): Promise<Asked> {
  scene.world.sandbox.faults.set({ devicesOffline: true });
  const asked = await scene.ask();
  await scene.press(alex, asked, 'approve');
  await scene.until(asked, 'Pending');
  return asked;
}

export function finishAction({ world }: Scene, end: 'Succeeded' | 'Cancelled' = 'Succeeded'): void {
  world.sandbox.faults.set({ devicesOffline: false });
  for (const { id, status } of world.sandbox.defender.actions()) {
    if (status === 'Pending' || status === 'InProgress') world.sandbox.defender.finish(id, end);
  }
}

export type Plays = Readonly<Partial<Record<Step, Play>>>;
