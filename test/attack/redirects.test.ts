import assert from 'node:assert/strict';
import type { FaultTarget } from '../../sandbox/faults.ts';
import { alex, incident, riley, sam } from '../e2e/stage.ts';
import { type Call, withListener } from '../support/listener.ts';
import { setTarget } from './target.ts';

describe('An attack by a redirect', () => {
  const target = setTarget();

  /** Whatever the bot does next with this service leads elsewhere, as long as `run` goes on. */
  async function led(service: FaultTarget, run: () => Promise<unknown>): Promise<readonly Call[]> {
    let seen: readonly Call[] = [];
    const { faults } = target.stage.sandbox;
    const elsewhere = '{"access_token":"x","token_type":"Bearer","expires_in":3600,"id":"1","token":"x"}';
    await withListener(elsewhere, async (origin, calls) => {
      for (const status of [302, 307]) {
        const struck = armed(service, { status, location: `${origin}/taken` });
        await run();
        await struck;
        faults.reset();
      }
      seen = [...calls];
    });
    return seen;
  }

  function armed(
    service: FaultTarget,
    { status, location }: { status: number; location: string },
  ): Promise<void> {
    const fault = { kind: 'status', status, location, times: null } as const;
    return target.stage.sandbox.faults.aim({ target: service, about: '', fault }).struck;
  }

  const whileApproving: readonly (readonly [string, FaultTarget])[] = [
    ['the token service', 'tokenservice.get'],
    ['Entra, asked on behalf of a person', 'entra.obo'],
    ['Defender, asked for the device', 'defender.device'],
  ];
  for (const [what, service] of whileApproving) {
    it(`by ${what} is not followed, and no token is taken there`, async () => {
      assert.deepEqual(await led(service, () => target.send(target.press())), []);
      // A click that Defender did not answer is checked again later: not in the middle of the next look.
      target.expect({ label: 'Denied', submissions: 0 });
      await target.stage.press(sam, target.asked, 'deny', { comment: 'End of the attack' });
    });
  }

  it('by Teams, told what to say, is not followed', async () => {
    assert.deepEqual(await led('connector.send', () => target.send(target.command('/help'))), []);
  });

  it('by Teams, asked for its roster, is not followed, and the person is not heard', async () => {
    const { teams } = target.stage.sandbox;
    await teams.leave(alex, incident);
    try {
      assert.deepEqual(await led('connector.member', () => target.send(target.press('deny'))), []);
    } finally {
      await teams.join(alex, incident);
    }
  });

  it('by Teams, told to change a card, is not followed', async () => {
    target.expect({ label: 'Withdrawn', submissions: 0 });
    await withListener('{"id":"1"}', async (origin, calls) => {
      const struck = armed('connector.update', { status: 307, location: `${origin}/taken` });
      await target.stage.press(riley, target.asked, 'cancel', { comment: 'No longer needed' });
      await struck;
      target.stage.sandbox.faults.reset();
      await target.stage.until(target.asked, 'Withdrawn');
      assert.deepEqual(calls, []);
    });
  });
});
