import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { alex, general, nightShift, riley, sam, setStage } from './stage.ts';

describe('The handover of a conversation', () => {
  const stage = setStage();
  const says = (typed: string, where = nightShift) => stage.answerTo(riley, where, typed);

  it('tells what waits, runs, holds and failed here, and nothing of elsewhere', async () => {
    const waiting = await stage.ask({ where: nightShift });
    const holds = await stage.ask({ where: nightShift, device: 'srv-files-01' });
    await stage.press(alex, holds, 'approve');
    await stage.until(holds, 'Succeeded');
    await stage.outcome(holds, /Succeeded/);
    // This device is offline: its action stays where it is.
    const running = await stage.ask({ where: nightShift, device: 'lt-sales-118' });
    await stage.press(alex, running, 'approve');
    await stage.until(running, 'Pending');
    const elsewhere = await stage.ask({ where: general, device: 'ws-reception-02' });

    const shown = await says('/digest');

    assert.match(shown, /^Handover of this conversation\n/);
    assert.match(shown, new RegExp(`Awaiting approval \\(\\d+\\)[^]*${waiting.number} Restrict`));
    assert.match(shown, new RegExp(`Under way \\(\\d+\\)[^]*${running.number} Restrict · Pending · `));
    assert.match(shown, new RegExp(`Restrictions in force \\(\\d+\\)[^]*${holds.number} · `));
    assert.ok(!new RegExp(`${elsewhere.number}\\b`).test(shown), shown);
    assert.match(shown, /\/digest at 06:00, 18:00 \(UTC\)/);
  });

  it('is set, shown, and ended in words', async () => {
    // No end of a request is told there between a command and its answer.
    const chat = addressBook.chat(riley);
    const set = await says('/digest at 22:00, 06:00', chat);
    const shown = await says('/digest', chat);
    const wrong = await says('/digest at 25:00', chat);
    const ended = await says('/digest off', chat);
    const again = await says('/digest off', chat);

    assert.match(set, /every day at 06:00 and 22:00 UTC from now on/);
    assert.match(shown, /Posted here every day at 06:00 and 22:00 UTC/);
    assert.match(wrong, /Nothing was changed\. Usage: \/digest/);
    assert.match(ended, /no longer posted/);
    assert.match(again, /nothing to end/);
  });

  it('is there where nothing happened, and asks neither Defender nor Entra', async () => {
    const chat = addressBook.chat(sam);
    const seen = stage.wire.length;

    const shown = await stage.answerTo(sam, chat, 'digest');

    assert.match(shown, /Nothing awaits approval, is under way or needs attention/);
    assert.deepEqual(
      stage.wire.slice(seen).filter(({ to }) => to === 'defender' || to === 'entra'),
      [],
    );
  });
});
