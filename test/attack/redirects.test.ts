import assert from 'node:assert/strict';
import type { FaultTarget } from '../../sandbox/faults.ts';
import { alex, incident, riley, sam } from '../e2e/stage.ts';
import { type Call, withListener } from '../support/listener.ts';
import { setTarget } from './target.ts';

describe('An attack by a redirect', () => {
  const target = setTarget();

  /** What arrives where this service leads the bot while `run` goes on. */
  async function led(service: FaultTarget, run: () => Promise<unknown>): Promise<readonly Call[]> {
    const arrived: Call[] = [];
    const elsewhere = '{"access_token":"x","token_type":"Bearer","expires_in":3600,"id":"1","token":"x"}';
    await withListener(elsewhere, async (origin, calls) => {
      // Of all kinds the one with which the whole call, body and all, would go there.
      const fault = { kind: 'status', status: 307, location: `${origin}/taken`, times: null } as const;
      const aimed = target.stage.sandbox.faults.aim({ target: service, about: '', fault });
      await run();
      await Promise.race([aimed.struck, late(`${service} was not asked`)]);
      aimed.clear();
      arrived.push(...calls);
    });
    return arrived;
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
    const press = () => target.stage.press(riley, target.asked, 'cancel', { comment: 'No longer needed' });
    assert.deepEqual(await led('connector.update', press), []);
    await target.stage.until(target.asked, 'Withdrawn');
  });
});

/** A failed wait must not keep the listener open. */
function late(what: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(what)), 10_000).unref();
  });
}
