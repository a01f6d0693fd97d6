import assert from 'node:assert/strict';
import { cardButtons, cardTexts } from '../../sandbox/card-reading.ts';
import { stepUpByBrowser } from '../../sandbox/step-up-by-browser.ts';
import type { Device } from '../../sandbox/world.ts';
import { askForExtraStep } from '../support/extra-step.ts';
import { namedDevice } from '../support/many-devices.ts';
import { type Asked, told } from './play.ts';
import { alex, incident, priya, riley, sam, setStage } from './stage.ts';

const floor = Array.from({ length: 50 }, (_, index) => namedDevice(`pc-floor-${index + 1}.contoso.example`));
/** Left open by the test that asks for them. */
const hall = ['pc-hall-1', 'pc-hall-11', 'pc-attic-1', 'pc-attic-2'].map((name) =>
  namedDevice(`${name}.contoso.example`),
);

describe('Several devices in one request', () => {
  const stage = setStage({ signedIn: [alex, priya], moreDevices: [...floor, ...hall] });
  const devices = (count: number): readonly Device[] => floor.slice(0, count);
  const listOf = (some: readonly Device[]): string => some.map(({ id }) => id).join(',');
  const ask = (some: readonly Device[], given: object = {}): Promise<Asked> =>
    stage.ask({ typed: listOf(some), ...given });
  const sentTo = (asked: Asked): string[] =>
    stage
      .submissions(asked)
      .filter(({ accepted }) => accepted)
      .map(({ deviceId }) => deviceId)
      .toSorted();
  const actionOf = ({ id }: Device) =>
    stage.sandbox.defender.actions().findLast(({ machineId }) => machineId === id)?.id ?? '';
  const idsOf = (some: readonly Device[]): string[] => some.map(({ id }) => id).toSorted();

  it('are approved by one press, each with its own action, and told once', async () => {
    const some = devices(3);
    const asked = await ask(some);
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.press(alex, asked, 'approve', { comment: 'Go' });
    await stage.until(asked, 'Succeeded');

    assert.deepEqual(sentTo(asked), idsOf(some));
    for (const { id } of some)
      assert.match(stage.text(asked), new RegExp(`action ${actionOf({ id } as Device)}`));
    assert.ok(stage.submissions(asked).every(({ by }) => by === alex.upn));
    const message = await stage.outcome(asked, new RegExp(`${asked.number} Succeeded: 3 devices`));
    assert.deepEqual(message.mentions?.length, 2);
    const words = stage.sandbox.teams.messages
      .list(asked.conversation.id)
      .filter(({ text = '' }) => text.includes(`${asked.number} Succeeded`));
    assert.equal(words.length, 1);
  });

  it('may be approved in part: what was not chosen is not carried out and says so', async () => {
    const some = devices(3);
    const asked = await ask(some);
    const chosen = some.slice(0, 2);
    const none = await stage.pressAnyway(alex, asked, 'approve', { inputs: { devices: ':' } });
    assert.match(told(none), /None of the devices .* is chosen/);
    await stage.press(alex, asked, 'approve', { inputs: { devices: listOf(chosen) } });
    await stage.until(asked, 'Succeeded');

    assert.deepEqual(sentTo(asked), idsOf(chosen));
    assert.match(stage.text(asked), /1 device was not chosen: nothing is done there/);
    assert.match(stage.text(asked), /not chosen by Alex Moreno/);
    await stage.outcome(asked, /Not chosen: device [0-9a-f]{40}\./);
  });

  it('end each in its own way, and the card with the worst of them', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const [first, second, third] = devices(3);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const asked = await ask([first, second, third]);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    await stage.until(asked, /3 devices: 3 Pending/);
    stage.sandbox.defender.finish(actionOf(first), 'Succeeded');
    await stage.until(asked, /2 Pending · 1 Succeeded/);
    assert.equal(stage.label(asked), 'Pending');
    stage.sandbox.defender.finish(actionOf(second), 'Failed');
    stage.sandbox.defender.finish(actionOf(third), 'TimeOut');
    await stage.until(asked, 'Failed');
    assert.match(stage.text(asked), /1 Failed · 1 Timed out · 1 Succeeded/);
    await stage.outcome(asked, /Restricted: pc-floor-1.*Failed: pc-floor-2.*Timed out: pc-floor-3/);
  });

  it('are stopped in the middle: what runs is cancelled, what has ended stays', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const some = devices(3);
    const [first] = some;
    assert.ok(first !== undefined);
    const asked = await ask(some);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /3 devices: 3 Pending/);
    stage.sandbox.defender.finish(actionOf(first), 'Succeeded');
    await stage.until(asked, /2 Pending · 1 Succeeded/);
    await stage.press(alex, asked, 'cancel', { comment: 'Enough' });
    await stage.until(asked, 'Cancelled');

    assert.match(stage.text(asked), /2 Cancelled · 1 Succeeded/);
    await stage.outcome(asked, /Restricted: pc-floor-1.*Cancelled: pc-floor-2.*pc-floor-3/);
    assert.equal(sentTo(asked).length, 3);
  });

  it('are withdrawn by their requestor and denied by anybody else, all of them', async () => {
    const withdrawn = await ask(devices(2));
    await stage.press(riley, withdrawn, 'cancel', { comment: 'Mine' });
    await stage.until(withdrawn, 'Withdrawn');
    const denied = await ask(devices(2));
    assert.match(told(await stage.press(sam, denied, 'deny')), /needs a reason/);
    await stage.press(sam, denied, 'deny', { comment: 'A drill' });
    await stage.until(denied, 'Denied');
    assert.equal(stage.submissions(denied).length, 0);
    await stage.outcome(denied, /Denied: device [0-9a-f]{40}, device [0-9a-f]{40}\./);
  });

  it('are decided in words too', async () => {
    const asked = await ask(devices(2));
    assert.match(await stage.answerTo(riley, incident, `/status ${asked.number}`), /2 devices: 2 Awaiting/);
    assert.match(await stage.answerTo(riley, incident, '/pending'), /and 1 more/);
    await stage.sandbox.teams.say(priya, incident, `/deny ${asked.number} Not now`);
    await stage.until(asked, 'Denied');
    assert.match(await stage.answerTo(riley, incident, `/history ${devices(2)[1]?.id ?? ''}`), /Denied/);
  });

  it('hold for whom the approver can see, and stay open for the others', async () => {
    const ghost = namedDevice('pc-nowhere.contoso.example');
    const [first] = devices(1);
    assert.ok(first !== undefined);
    const asked = await ask([first, ghost]);
    const answer = await stage.press(alex, asked, 'approve');
    assert.match(told(answer), /Approved for 1 device/);
    assert.match(told(answer), /did not hold for .*not found/);
    await stage.until(asked, /1 Awaiting approval · 1 Succeeded/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.press(priya, asked, 'deny', { comment: 'No such device' });
    await stage.until(asked, 'Cancelled');
    assert.deepEqual(sentTo(asked), [first.id]);
  });

  it('that are asked for already are refused with their number, and nothing is asked for', async () => {
    const open = await ask(devices(2));
    const again = await stage.answerTo(riley, incident, `/restrict ${listOf(devices(3).slice(1))} Again`);
    assert.match(again, new RegExp(`Nothing new was asked for.*${open.number}`));
  });

  it('by name are found for whoever is signed in, and a name that fits several is asked about', async () => {
    stage.sandbox.tokenService.signIn(riley);
    const asked = await stage.ask({ typed: 'pc-floor-11,PC-FLOOR-12.contoso.example, pc-floor-11' });
    assert.match(stage.text(asked), /2 devices/);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(sentTo(asked), [floor[10]?.id ?? '', floor[11]?.id ?? ''].toSorted());

    const clear = await stage.answerTo(riley, incident, '/restrict pc-hall-1,pc-hall-11 Both are there');
    assert.doesNotMatch(clear, /Which device/);
    const near = await stage.answerTo(riley, incident, '/restrict pc-floor-14,pc-flo Which');
    assert.match(near, /Which device\?/);
    assert.match(near, /“pc-flo”, among 2 devices/);
  });

  it('are asked for with the one that their requestor alone has chosen', async () => {
    stage.sandbox.tokenService.signIn(riley);
    const { teams } = stage.sandbox;
    const { message } = await teams.say(riley, incident, '/restrict pc-floor-41,pc-attic Which');
    const after = (wanted: RegExp) =>
      teams.messages.until((all) =>
        all.find(
          ({ card, id, from }) =>
            from.isBot && Number(id) > Number(message.id) && wanted.test(cardTexts(card ?? {}).join('\n')),
        ),
      );
    const question = await after(/Which device\?/);
    assert.match(told(await teams.press(priya, question, 'choose')), /Somebody else asked this/);
    const list = await teams.press(riley, question, 'choose');
    assert.match(told(list), /No device is called just “pc-attic”/);
    const attic = hall.find(({ name }) => name.startsWith('pc-attic-2'))?.id ?? '';
    const chosen = await teams.invoke(riley, {
      conversationId: incident.id,
      messageId: question.id,
      verb: 'choose',
      data: { requestId: cardButtons(question.card ?? {})[0]?.data['requestId'], devices: attic },
    });
    const number = /#\d+/.exec(told(chosen))?.[0] ?? '';
    const card = await after(new RegExp(`${number}\\n(.|\\n)*2 devices`));
    assert.match(cardTexts(card.card ?? {}).join('\n'), /pc-floor-41/);
    assert.match(cardTexts(card.card ?? {}).join('\n'), new RegExp(attic));
    await teams.say(riley, incident, `/cancel ${number} End of the test`);
  });

  it('are approved by the button behind /approve', async () => {
    const some = devices(2);
    const asked = await ask(some);
    const { teams } = stage.sandbox;
    await teams.say(alex, incident, `/approve ${asked.number} In words`, { threadId: asked.threadId });
    const button = await teams.messages.until((all) =>
      all.find(({ card }) => cardTexts(card ?? {})[0] === `Approve ${asked.number}?`),
    );
    assert.match(cardTexts(button.card ?? {}).join('\n'), /2 devices, asked by/);
    assert.match(told(await teams.press(alex, button, 'choose')), /Approved for 2 devices/);
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(sentTo(asked), idsOf(some));
  });

  it('go on together by one sign-in on Cordon’s own page', async () => {
    const some = devices(3);
    const asked = await ask(some);
    askForExtraStep(stage.sandbox, alex);
    const answer = await stage.press(alex, asked, 'approve');
    const page = await stepUpByBrowser(answer.login?.link ?? '', alex);
    assert.match(page.text, /Your approval of #\d+ counts/);
    await stage.until(asked, /3 devices: (\d (Pending|In progress|Succeeded)( · )?)+$/m);
    assert.deepEqual(sentTo(asked), idsOf(some));
    assert.ok(stage.submissions(asked).every(({ by }) => by === alex.upn));
  });

  it('go on after a kill where each of them was, and nothing is sent twice', async function () {
    this.timeout(90_000);
    const { faults, bot } = stage.sandbox;
    const some = devices(6);
    const asked = await ask(some);
    faults.set({ faults: { 'defender.submit': { kind: 'delay', ms: 1_500, times: null } } });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /Submitting/);
    await bot.kill();
    faults.set({ faults: { 'defender.submit': null } });
    await bot.start();
    await stage.until(asked, 'Succeeded', 60_000);
    assert.deepEqual(sentTo(asked), idsOf(some));
  });

  it('are fifty under the shared budget, with progress on the card', async function () {
    // On a busy machine an attempt may be in doubt, which takes as long as Defender's lists may lag.
    this.timeout(300_000);
    const asked = await ask(floor);
    const bytes = Buffer.byteLength(JSON.stringify(stage.card(asked).card), 'utf8');
    assert.ok(bytes < 28_000, `${bytes} bytes`);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /^Succeeded$/m, 270_000);
    assert.deepEqual(sentTo(asked), idsOf(floor));
    assert.ok(
      cardTexts(stage.card(asked).card ?? {}).some((text) => text.startsWith('50 devices: 50 Succeeded')),
    );
  });

  it('are refused when they are 51, with one clear error', async () => {
    const list = [...floor, namedDevice('pc-one-more.contoso.example')];
    const answer = await stage.answerTo(riley, incident, `/restrict ${listOf(list)} Too many`);
    assert.match(answer, /51 devices, and one request takes 50 at most/);
  });

  it('are lifted together as well', async () => {
    const asked = await ask(devices(2), { action: 'unrestrict' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, /2 devices to lift the restriction of\. Lifted: /);
  });
});
