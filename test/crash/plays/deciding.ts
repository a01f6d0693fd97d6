import assert from 'node:assert/strict';
import { stepUpByBrowser } from '../../../sandbox/step-up-by-browser.ts';
import { type Asked, told } from '../../e2e/play.ts';
import { askForExtraStep } from '../../support/extra-step.ts';
import { type Ending, type Scene, alex, patienceMs, sam } from '../scene.ts';
import { type Play, type Plays, finishAction, pending, succeeds, whileApproving } from './play.ts';

/** Sam’s token does not see workstations: the click cannot count, and Sam learns why. */
const clickThatCannotCount: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill], asked);
  const answer = await scene.press(sam, asked, 'approve');
  assert.match(told(answer), /does not show|cannot see|not see|did not hold|could not/i);
  assert.equal(scene.label(asked), 'Awaiting approval');
  await scene.press(alex, asked, 'approve');
  await scene.ends(asked, succeeds);
};

/** The check outlasts the turn, so what came of it is told by message. */
const toldPrivately =
  (failures: number): Play =>
  async (scene, kill) => {
    const { faults, teams } = scene.world.sandbox;
    const asked = await scene.ask();
    scene.killAt([kill], asked);
    faults.set({ faults: { 'defender.device': { kind: 'status', status: 503, times: failures } } });
    await scene.press(sam, asked, 'approve');
    await scene.world.done();
    await teams.messages.until(
      (all) => all.find(({ text = '' }) => text.includes(`${asked.number} did not hold`)),
      patienceMs,
    );
    await scene.press(alex, asked, 'approve');
    await scene.ends(asked, succeeds);
  };

/** Any of the request's jobs may be the one, also while the first card is on its way to the database. */
const perhapsTwice: Ending = { ...succeeds, cardsAtMost: 2 };

const denies: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([kill], asked);
  await scene.pressOnce(alex, asked, 'deny', 'Not this one');
  await scene.ends(asked, { label: 'Denied' });
};

const expires: Play = async (scene, kill) => {
  const asked = await scene.ask();
  scene.killAt([{ step: 'press-answered', whileDown: (database) => database.expireAll() }, kill]);
  await scene.pressOnce(alex, asked, 'refresh');
  await scene.ends(asked, { label: 'Expired' });
};

/** `cancel` by the approver: pressed once, because the wish is stored. */
const cancels: Play = async (scene, kill) => {
  const asked = await pending(scene);
  scene.killAt([kill], asked);
  await scene.pressOnce(alex, asked, 'cancel', 'User called back');
  await scene.ends(asked, { label: 'Cancelled', by: alex });
  assert.equal(scene.world.sandbox.defender.actions()[0]?.cancellationRequestor, alex.upn);
};

/** Alex signs out while Defender is asked for the device: the approval stands, its sign-in does not. */
async function withoutSignIn(scene: Scene): Promise<Asked> {
  const { faults, tokenService } = scene.world.sandbox;
  const asked = await scene.ask();
  const fault = { kind: 'delay', ms: 1_000 } as const;
  const { struck } = faults.aim({ target: 'defender.device', about: asked.device.id, fault });
  const pressed = scene.press(alex, asked, 'approve');
  await struck;
  tokenService.signOut(alex);
  await pressed;
  await scene.until(asked, 'Needs attention');
  tokenService.signIn(alex);
  return asked;
}

/** The thread is told twice: that attention is needed, and of the end. */
const retries: Play = async (scene, kill) => {
  const asked = await withoutSignIn(scene);
  scene.killAt([kill], asked);
  await scene.pressOnce(alex, asked, 'retry');
  await scene.ends(asked, { ...succeeds, toldAtMost: 2, retried: true });
};

const closes: Play = async (scene, kill) => {
  const asked = await withoutSignIn(scene);
  scene.killAt([kill], asked);
  await scene.pressOnce(sam, asked, 'close', 'Unplugged by hand');
  await scene.until(asked, /Closed by/);
  await scene.ends(asked, { label: 'Needs attention', toldAtMost: 2 });
};

const rechecks: Play = async (scene, kill) => {
  const asked = await pending(scene);
  scene.killAt([kill], asked);
  await scene.press(alex, asked, 'recheck');
  await scene.world.done();
  finishAction(scene);
  await scene.ends(asked, succeeds);
};

/** One kill costs two presses at most; whoever needs more has met a fault. */
const mostPresses = 6;

/** Entra wants more of Alex than Teams can give: Alex signs in on Cordon’s own page, as often as it takes. */
const signsInAgain: Play = async (scene, kill) => {
  const { world } = scene;
  const asked = await scene.ask();
  const enough = askForExtraStep(world.sandbox, alex);
  scene.killAt([kill], asked);
  let page = '';
  for (let press = 0; press < mostPresses && !page.includes(' counts'); press += 1) {
    const { login } = await scene.press(alex, asked, 'approve');
    if (login === undefined) continue;
    page = await stepUpByBrowser(login.link, alex).then(
      ({ text }) => text,
      () => '',
    );
    await world.up();
  }
  enough();
  await scene.ends(asked, succeeds);
};

export const deciding = {
  'presser-signed-in': whileApproving({ again: true }),
  'click-stored': whileApproving(),
  'presser-token-received': whileApproving(),
  'device-read': whileApproving(),
  'approval-stored': whileApproving(),
  'press-answered': whileApproving({ any: true }),
  'click-voided': clickThatCannotCount,
  'person-told': toldPrivately(1),
  'job-postponed': toldPrivately(2),
  'job-taken': whileApproving({ again: true, ending: perhapsTwice }),
  'job-done': whileApproving({ again: true, ending: perhapsTwice }),
  'denial-stored': denies,
  'expiry-stored': expires,
  'cancel-wish-stored': cancels,
  'cancel-token-received': cancels,
  'cancel-answered': cancels,
  'cancellation-stored': cancels,
  'doubt-rechecked': rechecks,
  'retry-stored': retries,
  'close-stored': closes,
  'click-waits-for-sign-in': signsInAgain,
  'step-up-opened': signsInAgain,
  'step-up-taken': signsInAgain,
  'step-up-token-received': signsInAgain,
} satisfies Plays;
