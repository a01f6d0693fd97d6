import assert from 'node:assert/strict';
import { cardTexts } from '../../sandbox/card-reading.ts';
import { alex, sam } from '../e2e/stage.ts';
import { until } from '../support/until.ts';
import { setTarget } from './target.ts';

const hostile =
  'Beacon\r\n{"level":"fatal","msg":"forged"}\n\u0085\u2028\u2029\u009B31m\u001B[2J\u202E\u2066\u200F\u{E0041}end';

describe('An attack by text', () => {
  // Says most, so that most is looked at.
  const target = setTarget({ settings: { LOG_LEVEL: 'debug' } });

  it('with ten thousand emoji as reason is shown as they are, on a card of bearable size', async () => {
    const reason = '🦊'.repeat(10_000);

    target.expect({ label: 'Awaiting approval', submissions: 0, requests: 1 });
    const asked = await target.stage.ask({ device: 'ws-reception-02', reason });

    const card = target.stage.card(asked).card ?? {};
    assert.ok(Buffer.byteLength(JSON.stringify(card)) < 28_000);
    assert.equal(
      cardTexts(card).find((text) => text.startsWith('🦊')),
      `${'🦊'.repeat(499)}…`,
    );
    // Approved, the reason goes to Defender as well.
    await target.stage.press(alex, asked, 'approve');
    await target.stage.until(asked, 'Succeeded');
    const [submission] = target.stage.submissions(asked);
    assert.ok((submission?.comment.length ?? Infinity) <= 1_000 && submission?.comment.isWellFormed());
  });

  it('that forges lines of the log leaves one line for each entry, without a control character', async () => {
    const { bot, faults } = target.stage.sandbox;
    target.expect({ label: 'Denied', submissions: 0 });
    const before = bot.output().length;
    const from = { ...(target.press('deny', sam)['from'] as object), name: hostile };
    // Teams' own words are repeated in the log as far as they are a code.
    const fault = { kind: 'status', status: 400, code: hostile } as const;
    faults.set({ faults: { 'connector.send': { ...fault, times: 1 } } });
    await target.send({ ...target.command(`/help ${hostile}`), from, id: hostile, text: hostile });
    await target.send({ ...target.press('deny', sam), from, id: hostile });
    await target.send({ ...target.press(hostile, sam), from });
    await target.send(target.press(), { headers: { 'x-request-id': 'a\tb\u0085' } });
    await target.send({ ...target.press(), channelId: hostile, serviceUrl: hostile });

    // The last one is refused at the door, which is logged; what was logged before is there by then.
    const lines = (): readonly string[] => bot.output().slice(before).split('\n').slice(0, -1);
    await until(() => lines().some((line) => line.includes('refused an inbound request')));
    for (const line of lines()) {
      // The log has words of its own only; what `log.ts` would make of others is tested there.
      assert.doesNotMatch(line, /forged|Beacon/);
      const { level } = JSON.parse(line) as { level: unknown };
      assert.ok(['debug', 'info', 'warn'].includes(String(level)), line);
      assert.doesNotMatch(line, /[\u0000-\u001F\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });
});
