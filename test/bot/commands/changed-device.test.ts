import assert from 'node:assert/strict';
import type { ListReply } from '../../../bot/commands/list-page.ts';
import type { DeviceRecord } from '../../../src/store/device-record.ts';
import { textsOf } from '../../support/card-parts.ts';
import { deviceRecord, deviceStatus, inState } from '../../support/list-answers.ts';
import { riley } from '../../support/requests.ts';

const shownBy = (reply: ListReply): string => ('text' in reply ? reply.text : textsOf(reply.card).join('\n'));

describe('/status of a device that was changed without any request', () => {
  it('names no request of another conversation that lifted it', async () => {
    const lift = { at: '2026-11-24T04:00:00.000Z' };
    const restriction = { restriction: inState('succeeded'), lift };

    const shown = shownBy(await deviceStatus({ ...deviceRecord, restriction, open: [], openCount: 0 }));

    assert.match(shown, /^Device\nRestriction lifted/);
    assert.match(
      shown,
      /#12 restricted it, another request lifted that\nfrom 03:15 UTC to 2026-11-24 04:00 UTC/,
    );
    assert.doesNotMatch(shown, /Under way/);
  });

  it('says how it stands in the words that the thread was told', async () => {
    const shownOf = async (given: Partial<DeviceRecord>) =>
      shownBy(await deviceStatus({ ...deviceRecord, open: [], openCount: 0, ...given }));
    const again = inState('drifted-lift', { number: 14 });
    const lift = { at: '2026-11-23T04:00:00.000Z' };
    const restriction = inState('succeeded');
    const fromAfar = inState('drifted-restricted');
    assert.match(
      await shownOf({ restriction: { restriction: fromAfar, lift }, again: fromAfar }),
      /^Device\nRestricted again outside Cordon[\s\S]*another request lifted that\n.*\nLifted outside Cordon by .*\nRestricted again outside Cordon by priya/,
    );
    assert.match(
      await shownOf({ restriction: undefined, again }),
      /^Device\nRestricted again outside Cordon[\s\S]*#14 lifted it\nRestricted again outside Cordon by priya/,
    );
    const after = again.elsewhere?.at(-1)?.actionId;
    const released = { by: riley, at: '2026-11-24T05:31:00.000Z', number: 15, after };
    for (const number of [15, undefined]) {
      const request = { ...again, released: { ...released, number } };
      const shown = await shownOf({ restriction: { restriction, lift: { ...lift, request } } });
      const by = number === undefined ? 'another request' : '#15';
      assert.match(
        shown,
        new RegExp(
          `^Device\nRestriction lifted[\\s\\S]*Restricted again .*\nReleased by ${by} at 2026-11-24 05:31 UTC`,
        ),
      );
    }
  });

  it('is in force also by a request that was given up and turned out to have succeeded', async () => {
    const restriction = { restriction: inState('drifted-given-up', { number: 7 }) };
    const shown = shownBy(await deviceStatus({ ...deviceRecord, restriction }));
    assert.match(shown, /^Device\nRestriction in force/);
    assert.match(
      shown,
      /#7 restricts it\nno end set · since 05:01 UTC, .* Needs attention, since listed as succeeded/,
    );
  });
});
