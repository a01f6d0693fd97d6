import assert from 'node:assert/strict';
import { told } from './play.ts';
import { alex, incident, jordan, priya, riley, sam, setStage } from './stage.ts';

describe('Somebody who sends more than a person can', () => {
  // A bot of its own: whom it refuses here would be refused in other files.
  const stage = setStage({ settings: { DEFENDER_CALLS_PER_MINUTE: '4999' } });

  it('is told when to press again, and nothing is recorded of those presses', async () => {
    const asked = await stage.ask();
    const answers: string[] = [];
    for (let press = 0; press < 310; press += 10) {
      const more = Array.from({ length: 10 }, () => stage.pressAnyway(sam, asked, 'deny', { comment: '' }));
      answers.push(...(await Promise.all(more)).map(told));
    }

    const refused = answers.filter((answer) => answer.includes('more than Cordon takes'));

    assert.equal(refused.length, 10);
    assert.match(refused[0] ?? '', /300 presses a minute by one person.*Press again in \d+ s/s);
    assert.match(
      told(await stage.pressAnyway(sam, asked, 'deny', { comment: 'No' })),
      /more than Cordon takes/,
    );
    assert.equal(stage.label(asked), 'Awaiting approval');
    // Everybody else goes on.
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });

  it('is told once in the conversation, and others there are answered as before', async () => {
    const { teams } = stage.sandbox;
    const said = () =>
      teams.messages.list(incident.id).filter(({ text = '' }) => text.includes('more than Cordon takes'));
    for (let sent = 0; sent < 310; sent += 10) {
      await Promise.all(Array.from({ length: 10 }, () => teams.say(priya, incident, '/nonsense')));
    }
    await teams.messages.until(() => (said().length > 0 ? true : undefined));

    assert.match(await stage.answerTo(riley, incident, '/help restrict'), /\/restrict/);
    assert.equal(said().length, 1);
  });
});

describe('Somebody without a right who presses on and on', () => {
  const stage = setStage({
    settings: { DEFENDER_CALLS_PER_MINUTE: '20', DEFENDER_CALLS_PER_HOUR: '200' },
    signedIn: [alex, jordan, priya, sam],
  });

  it('leaves Defender to the others: their approvals count, and what they approve goes out', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const running = await stage.ask({ device: 'ws-design-044' });
    await stage.press(alex, running, 'approve');
    await stage.until(running, 'Pending');
    const hidden = await stage.ask({ device: 'ws-finance-017' });
    const other = await stage.ask({ device: 'ws-reception-02' });

    for (let press = 0; press < 20; press += 1) {
      await stage.pressAnyway(sam, hidden, 'approve');
      await stage.pressAnyway(jordan, running, 'cancel', { comment: 'Stop it' });
    }
    await stage.press(priya, other, 'approve');

    await stage.until(other, 'Pending');
    assert.equal(stage.label(hidden), 'Awaiting approval');
    assert.equal(stage.label(running), 'Pending');
  });
});
