import assert from 'node:assert/strict';
import { told } from '../e2e/play.ts';
import type { Asked } from '../e2e/play.ts';
import { alex, nightShift, priya, riley, sam, setStage } from '../e2e/stage.ts';
import { namedDevice } from '../support/many-devices.ts';

const devices = Array.from({ length: 8 }, (_, index) => namedDevice(`pc-x-${index}.contoso.example`));

describe('An attack by click', () => {
  const stage = setStage({
    settings: { DEFENDER_CALLS_PER_MINUTE: '4999' },
    signedIn: [alex, priya, sam, riley],
    moreDevices: devices,
  });

  it('that comes to nothing, on many cards of a group chat, again and again, leaves the edits to what counts', async function () {
    this.timeout(60_000);
    const { teams, faults } = stage.sandbox;
    const noRight = { kind: 'aadsts', number: 50105, error: 'invalid_grant', times: null } as const;
    faults.aim({ target: 'entra.obo', about: sam.objectId, fault: noRight });
    const cards = [];
    for (const device of devices) cards.push(await stage.ask({ device, where: nightShift }));
    const [others, mine] = [cards.slice(1), cards[0] ?? assert.fail()];
    let edits = 0;
    teams.messages.onChange(({ kind, message }) => {
      if (kind === 'update' && message.conversationId === nightShift.id) edits += 1;
    });

    const end = performance.now() + 8_000;
    while (performance.now() < end) {
      const pressed = await Promise.all(others.map((card) => stage.pressAnyway(sam, card, 'approve')));
      for (const answer of pressed)
        assert.match(told(answer), /did not hold|Recorded|not be verified in time/);
    }
    const ofPresses = edits;
    await stage.press(alex, mine, 'approve');
    await stage.until(mine, 'Succeeded');

    assert.ok(ofPresses > 0 && ofPresses <= 10, `${ofPresses} edits`);
  });

  it('of somebody who may read the devices and no more, again and again, leaves the edits to what counts', async function () {
    this.timeout(90_000);
    const { teams } = stage.sandbox;
    const cards: Asked[] = [];
    for (const device of devices) cards.push(await stage.ask({ by: priya, device, where: nightShift }));
    const [others, mine] = [cards.slice(1), cards[0] ?? assert.fail()];
    const pressAll = () => Promise.all(others.map((card) => stage.pressAnyway(riley, card, 'approve')));
    // Nobody knows of the first that it will come to nothing.
    for (const card of others) await stage.press(riley, card, 'approve');
    for (const card of others) await stage.until(card, /did not hold/);
    let edits = 0;
    teams.messages.onChange(({ kind, message }) => {
      if (kind === 'update' && others.some(({ messageId }) => messageId === message.id)) edits += 1;
    });

    const end = performance.now() + 8_000;
    while (performance.now() < end) await pressAll();
    const ofPresses = edits;
    await stage.press(alex, mine, 'approve');
    await stage.until(mine, 'Succeeded');

    assert.ok(ofPresses > 0 && ofPresses <= 10, `${ofPresses} edits`);
  });
});
