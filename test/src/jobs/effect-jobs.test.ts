import assert from 'node:assert/strict';
import type { Effect } from '../../../src/containment/event.ts';
import { jobOf, keyOf } from '../../../src/jobs/effect-jobs.ts';
import { aBatch } from '../../support/several-states.ts';
import { aRequest, alex, anApproval } from '../../support/requests.ts';

const { id } = aRequest();
const at = '2026-11-23T03:12:05.000Z';
const note = { about: 'approval', why: { code: 'not-permitted' } } as const;

describe('the job of an effect', () => {
  const jobs: readonly (readonly [Effect, object])[] = [
    [{ kind: 'sync-card' }, { payload: {}, startAfter: undefined }],
    [
      { kind: 'sync-card', afterSeconds: 4 },
      { payload: {}, startAfter: 4 },
    ],
    [{ kind: 'look-up-device' }, { payload: {} }],
    [
      { kind: 'check-approval', clickId: 'clk', afterSeconds: 4 },
      { payload: { clickId: 'clk' }, startAfter: 4 },
    ],
    [{ kind: 'submit' }, { payload: {}, startAfter: undefined }],
    [
      { kind: 'submit', at },
      { payload: {}, startAfter: at },
    ],
    [
      { kind: 'cancel-action', afterSeconds: 0 },
      { payload: {}, startAfter: 0 },
    ],
    [
      { kind: 'expire', at },
      { payload: {}, startAfter: at },
    ],
    [{ kind: 'notify', about: 'Denied' }, { payload: { about: 'Denied' } }],
    [
      { kind: 'notify', about: 'Pending', afterSeconds: 20 },
      { payload: { about: 'Pending' }, startAfter: 20 },
    ],
    [{ kind: 'tell', to: alex, note }, { payload: { to: alex, note } }],
    [
      { kind: 'tell', to: alex, note, unlessTold: 'the-id' },
      { payload: { to: alex, note }, id: 'the-id', startAfter: 6 },
    ],
    [
      { kind: 'time-box', at },
      { payload: {}, startAfter: at },
    ],
    [{ kind: 'settle-lift' }, { payload: {} }],
    [{ kind: 'tell-box', about: 'ending', of: at }, { payload: { news: 'ending', since: at } }],
    [{ kind: 'tell-elsewhere', change: 'action-9' }, { payload: { change: 'action-9' } }],
  ];
  for (const [effect, job] of jobs) {
    it(`${effect.kind} is ${JSON.stringify(job)} of that name`, () => {
      const expected = { name: effect.kind, ...job };
      const payload = { requestId: id, ...('payload' in job ? (job.payload as object) : {}) };

      assert.deepEqual(jobOf(effect, aRequest()), { ...expected, payload });
    });
  }

  it('of a word about one of several devices waits for the others', () => {
    const effect = { kind: 'tell-box', about: 'wanted', of: at } as const;
    const member = aBatch([{}, {}]).members?.[1] ?? assert.fail();
    assert.deepEqual(jobOf(effect, member)?.startAfter, 5);
  });

  it('of a look at one of several devices is that at all of them, and waits for others that come to need it', () => {
    const member = aBatch([{}, {}]).members?.[1] ?? assert.fail();
    const name = 'look-up-device';
    const payload = { requestId: member.batch?.lead };

    assert.deepEqual(jobOf({ kind: name }, member), { name, payload });
    const later = { name, payload, startAfter: 5, isMerged: true };
    assert.deepEqual(jobOf({ kind: name, withOthers: true }, member), later);
  });

  it('of a submission names its approval, so that the job of a later one is another', () => {
    const approvedAt = (moment: string) =>
      aRequest({ state: { status: 'approved', approval: anApproval({ at: moment }) } });

    const [first, second] = [at, '2026-11-23T03:40:00.000Z'].map((moment) =>
      jobOf({ kind: 'submit' }, approvedAt(moment)),
    );

    assert.deepEqual(first?.payload, { requestId: id, since: at });
    assert.notEqual(keyOf(first.payload), keyOf(second?.payload ?? assert.fail()));
  });

  it('of one of many devices waits behind those of other requests, and of the devices before it', () => {
    const place = (at: number) => ({ ...aRequest(), batch: { lead: id, place: at, size: 50 } });
    const aheadOf = (effect: Effect, of: Parameters<typeof jobOf>[1]) =>
      jobOf(effect, of)?.payload.behind ?? 0;

    for (const effect of [
      { kind: 'submit' },
      { kind: 'check-approval', clickId: 'clk', afterSeconds: 4 },
    ] as const)
      assert.deepEqual(
        [aRequest(), place(1), place(2), place(50)].map((of) => aheadOf(effect, of)),
        [0, 0, 1, 49],
      );
    assert.equal(aheadOf({ kind: 'cancel-action', afterSeconds: 0 }, place(50)), 0);
  });

  it('is none for the rows that the store itself writes', () => {
    assert.equal(jobOf({ kind: 'track' }, aRequest()), undefined);
    assert.equal(jobOf({ kind: 'untrack' }, aRequest()), undefined);
  });
});
