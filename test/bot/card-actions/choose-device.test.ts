import assert from 'node:assert/strict';
import type { CardActionParts } from '../../../bot/card-actions/card-turn.ts';
import { dispatchCardAction } from '../../../bot/card-actions/dispatch.ts';
import { tenantChain } from '../../../src/audit/chain.ts';
import { aNewRequest } from '../../support/new-requests.ts';
import { aDeviceId, alex } from '../../support/requests.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { activityOf, cardActionParts, said, stepUpLinks } from './press.ts';

const deviceName = 'ws-finance-017';
const neverEnding = new Promise<never>(() => undefined);

describe('a device that its asker chooses', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
  });

  /** Alex’s /restrict by a name that several devices have. */
  function asked() {
    const { id, place, sourceActivity, action, reason } = aNewRequest({ tenantId: alex.tenantId });
    const question = { kind: 'device', action, deviceName, reason, place, sourceActivity } as const;
    const isMade = () => bench.requests.isMade(place.conversation, sourceActivity);
    async function choose(devices: string, given: Partial<CardActionParts> = {}, ago = 0) {
      const find = () => Promise.resolve({ question, askedBy: alex, isExpired: false });
      const pressed = { person: alex, request: { id, place }, verb: 'choose', devices };
      return dispatchCardAction(
        cardActionParts(bench, { questions: { find, open: () => Promise.resolve('ask_none') }, ...given }),
        {
          activity: activityOf(pressed),
          person: alex,
          arrivedAt: performance.now() - ago,
        },
      );
    }
    return { question, isMade, choose };
  }

  it('is asked for once, however often it is pressed', async () => {
    const { choose, isMade } = asked();

    assert.match(said(await choose(aDeviceId())), /^Asked for as #\d+/);
    assert.match(said(await choose(aDeviceId())), /^Asked for as #\d+/);
    assert.ok(await isMade());
  });

  it('is not said to be asked for when the command has asked for another one already', async () => {
    const { choose } = asked();
    const number = /#\d+/.exec(said(await choose(aDeviceId())))?.[0] ?? '';

    const other = said(await choose(aDeviceId('b'.repeat(40))));

    assert.ok(number !== '' && other.startsWith(`Your choice changed nothing in ${number}`), other);
    assert.match(other, new RegExp(`about another device.*${aDeviceId()}`));
    assert.doesNotMatch(other, /Asked for as/);
  });

  it('is not said to be asked for when the command, delivered again, asked by its name alone', async () => {
    const { choose, question } = asked();
    const { action, reason, place, sourceActivity } = question;
    const wish = { tenantId: alex.tenantId, action, reason, place, sourceActivity };
    const { number } = await anAwaitingRequest(bench.requests, { ...wish, deviceId: undefined, deviceName });

    const answer = said(await choose(aDeviceId()));

    assert.ok(answer.startsWith(`Your choice changed nothing in #${number}`), answer);
    assert.match(answer, /whichever device the name “ws-finance-017” means/);
  });

  it('leaves a record when its asker cannot see it, or may not look', async () => {
    const { choose, isMade } = asked();
    const noted: unknown[] = [];
    const requests: Workbench['requests'] = {
      ...bench.requests,
      noteForTenant: (chain, record) => {
        if (record.what === 'choose-clicked') noted.push([chain, record.who, record.detail?.['refused']]);
        return bench.requests.noteForTenant(chain, record);
      },
    };
    bench.defenderSays.answers({ readDevice: failing('not-found') });
    assert.match(said(await choose(aDeviceId(), { requests })), /not found, or you have no access/);
    bench.access.fails(alex, { kind: 'not-assigned' });
    await choose(aDeviceId(), { requests });

    const who = { objectId: alex.objectId, name: alex.name };
    assert.deepEqual(
      noted,
      ['device-not-visible', 'not-assigned'].map((code) => [tenantChain(alex.tenantId), who, code]),
    );
    assert.equal(await isMade(), false);
  });

  it('takes no page that does not open: who needs another sign-in step is told of the device id', async () => {
    const { choose } = asked();
    bench.access.fails(alex, { kind: 'interaction-required', aadsts: '50076' });

    const answer = said(await choose(aDeviceId(), { stepUp: stepUpLinks(() => undefined) }));

    assert.match(answer, /AADSTS50076.*cannot be made from this button.*send the command with the device id/);
    assert.doesNotMatch(answer, /page that opens|PUBLIC_URL/);
  });

  it('is not said not to be asked for when the turn ends while the request is written', async () => {
    const { choose, isMade } = asked();
    let written: Promise<unknown> = Promise.resolve();
    const requests: Workbench['requests'] = {
      ...bench.requests,
      create: async (wish) => {
        written = bench.requests.create(wish);
        return neverEnding;
      },
    };

    const answer = said(await choose(aDeviceId(), { requests }, 2_500));
    await written;

    assert.match(answer, /not certain that the device was asked for.*nothing is asked for twice/);
    assert.ok(await isMade());
  });

  it('is not said not to be asked for when something fails after it was', async () => {
    const { choose, isMade } = asked();
    const requests: Workbench['requests'] = {
      ...bench.requests,
      create: async (wish) => {
        await bench.requests.create(wish);
        throw new Error('the answer of the database was lost');
      },
    };

    assert.match(said(await choose(aDeviceId(), { requests })), /not certain/);
    assert.ok(await isMade());
  });

  it('is not asked for any more once its asker has read that it was not', async () => {
    const { choose, isMade } = asked();
    let goOn: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let isRead: () => void = () => undefined;
    const read = new Promise<void>((resolve) => {
      isRead = resolve;
    });
    bench.defenderSays.answers({
      readDevice: async (...args) => {
        await told;
        isRead();
        return bench.defenderSays.usual.readDevice(...args);
      },
    });
    let begun = 0;
    const requests: Workbench['requests'] = {
      ...bench.requests,
      create: (wish) => {
        begun += 1;
        return bench.requests.create(wish);
      },
    };

    assert.match(said(await choose(aDeviceId(), { requests }, 4_000)), /Nothing was asked for/);
    goOn();
    await read;

    assert.equal(await isMade(), false);
    assert.equal(begun, 0);
  });
});
