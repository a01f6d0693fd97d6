import assert from 'node:assert/strict';
import { assertUnharmed } from '../attack/target.ts';
import { alex, riley, sam, setStage } from './stage.ts';

describe('What is looked at after each attack', () => {
  const stage = setStage();

  it('is content when nothing was done', async () => {
    const asked = await stage.ask();

    await stage.pressAnyway(sam, asked, 'deny', { comment: '' });

    await assertUnharmed(stage, asked);
  });

  it('shows a denial at once, though the card still says that approval is awaited', async () => {
    const asked = await stage.ask();

    await stage.pressAnyway(sam, asked, 'deny', { comment: 'Got in' });

    await assert.rejects(assertUnharmed(stage, asked), /the request is as it should be/);
  });

  it('shows a withdrawal', async () => {
    const asked = await stage.ask();

    await stage.pressAnyway(riley, asked, 'cancel', { comment: 'Got in' });

    await assert.rejects(assertUnharmed(stage, asked), /the request is as it should be/);
  });

  it('shows an approval, and what reached Defender', async () => {
    const asked = await stage.ask();

    await stage.press(alex, asked, 'approve');

    await assert.rejects(assertUnharmed(stage, asked), /the request is as it should be/);
    await stage.until(asked, 'Succeeded');
    await assert.rejects(
      assertUnharmed(stage, asked, { label: 'Succeeded', submissions: 0 }),
      /Defender got what was decided/,
    );
  });

  it('shows another request', async () => {
    const asked = await stage.ask();

    await stage.ask({ device: 'ws-reception-02', reason: 'Got in' });

    await assert.rejects(assertUnharmed(stage, asked), /nothing was asked for/);
  });
});
