import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildComment, commentMark } from '../../../src/defender/comment.ts';
import {
  findAfterSending,
  findOurAction,
  judgeSubmitted,
  mayBeOurs,
  newestFirst,
} from '../../../src/defender/reconcile.ts';
import type { Expectation } from '../../../src/defender/reconcile.ts';
import type { MachineAction } from '../../../src/defender/schema.ts';

const machineId = 'a'.repeat(40);
const sentComment = 'Beacons to a known C2 server | requested by Riley | approved by Alex | cordon:req_1';
const expected: Expectation = {
  machineId,
  type: 'RestrictCodeExecution',
  mark: 'cordon:req_1',
  requestorUpn: 'alex@contoso.com',
  requestorObjectId: '11111111-2222-3333-4444-555555555555',
  notBefore: '2026-03-02T10:00:00.000Z',
  sentComment,
};

function action(overrides: Partial<MachineAction> = {}): MachineAction {
  return {
    id: 'act-1',
    type: 'RestrictCodeExecution',
    status: 'Pending',
    rawStatus: 'Pending',
    requestor: 'alex@contoso.com',
    requestorComment: sentComment,
    machineId,
    createdAt: '2026-03-02T10:00:01.1234567Z',
    ...overrides,
  };
}

describe('finding our machine action', () => {
  it('takes the one whose comment ends with our mark, live or ended', () => {
    for (const status of ['Pending', 'Succeeded', 'Failed'] as const) {
      const ours = action({ status, requestor: 'somebody@contoso.com', machineId: machineId.toUpperCase() });

      assert.deepEqual(findOurAction([ours], expected), { match: 'ours', action: ours });
    }
  });

  it('forgives white space after the mark', () => {
    assert.equal(findOurAction([action({ requestorComment: `${sentComment} \n` })], expected).match, 'ours');
  });

  it('prefers ours to the live one of somebody else', () => {
    const other = action({ id: 'other', requestorComment: 'mine', createdAt: '2026-03-02T11:00:00Z' });
    const ours = action({ status: 'Succeeded' });

    assert.deepEqual(findOurAction([other, ours], expected), { match: 'ours', action: ours });
  });

  for (const [why, comment] of [
    ['stands in the middle', 'because cordon:req_1 | requested by Eve | approved by Eve | cordon:req_9'],
    ['belongs to a longer id', 'x cordon:req_12'],
    ['is part of a word', 'x mycordon:req_1'],
    ['is in another case', 'x CORDON:req_1'],
    ['is missing', 'done by hand'],
  ] as const) {
    it(`takes for another's a live action whose mark ${why}`, () => {
      const other = action({ requestorComment: comment });

      assert.deepEqual(findOurAction([other], expected), { match: 'other-live', action: other });
    });
  }

  it('takes for another one a live action without any comment', () => {
    const { requestorComment: _, ...bare } = action();

    assert.equal(findOurAction([bare], expected).match, 'other-live');
  });

  it('names the newest live one of several', () => {
    const older = action({ id: 'older', requestorComment: 'a', createdAt: '2026-03-02T08:00:00Z' });
    const newer = action({ id: 'newer', requestorComment: 'b', createdAt: '2026-03-02T09:00:00Z' });

    assert.deepEqual(findOurAction([older, newer], expected), { match: 'other-live', action: newer });
  });

  it('finds nothing among ended actions, other devices and other types', () => {
    const none = [
      action({ status: 'Succeeded', requestorComment: 'another' }),
      action({ machineId: 'b'.repeat(40) }),
      action({ type: 'UnrestrictCodeExecution' }),
    ];

    assert.deepEqual(findOurAction(none, expected), { match: 'none' });
    assert.deepEqual(findOurAction([], expected), { match: 'none' });
  });

  describe('whose comment was cut', () => {
    const kept = sentComment.indexOf('| requested by ') + 20;
    const cut = action({ requestorComment: sentComment.slice(0, kept) });

    it('takes it, and says how much was kept', () => {
      assert.deepEqual(findOurAction([cut], expected), {
        match: 'ours',
        action: cut,
        commentCutTo: kept,
      });
    });

    for (const [why, changes, match] of [
      ['the approver in another case', { requestor: 'ALEX@contoso.com' }, 'ours'],
      ['the object id of the approver', { requestor: expected.requestorObjectId ?? '' }, 'ours'],
      ['a clock 4 minutes behind', { createdAt: '2026-03-02T09:56:00Z' }, 'ours'],
      ['another requestor', { requestor: 'sam@contoso.com' }, 'other-live'],
      ['a time long before', { createdAt: '2026-03-02T09:54:59Z' }, 'other-live'],
      ['no time', { createdAt: '' }, 'other-live'],
      ['less than 20 characters', { requestorComment: sentComment.slice(0, 19) }, 'other-live'],
      ['another beginning', { requestorComment: `x${sentComment.slice(0, kept)}` }, 'other-live'],
      ['words of the reason alone', { requestorComment: sentComment.slice(0, 25) }, 'other-live'],
    ] as const) {
      it(`calls it ${match} with ${why}`, () => {
        assert.equal(findOurAction([{ ...cut, ...changes }], expected).match, match);
      });
    }

    it('leaves it to the other request that is known to own it', () => {
      assert.equal(findOurAction([cut], { ...expected, knownOthers: ['act-1'] }).match, 'other-live');
    });

    it('proves nothing when the approver or the time is unknown', () => {
      const { requestorUpn: _, requestorObjectId: __, ...nobody } = expected;

      assert.equal(findOurAction([cut], nobody).match, 'other-live');
      assert.equal(findOurAction([cut], { ...expected, notBefore: '?' }).match, 'other-live');
    });
  });

  it('recognises every comment that we build, and no reason can forge one', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('cordon:req_1', 'x | cordon:req_1', 'CORDON:req_1\n'));
    fc.assert(
      fc.property(text, text, text, (reason, requestor, approver) => {
        const by = { reason, requestor, approver };
        const mine = action({ requestorComment: buildComment({ ...by, requestId: 'req_1' }) });
        const forged = action({ requestorComment: buildComment({ ...by, requestId: 'req_2' }) });

        assert.equal(findOurAction([mine], { ...expected, mark: commentMark('req_1') }).match, 'ours');
        assert.equal(
          findOurAction([forged], { ...expected, mark: commentMark('req_1') }).match,
          'other-live',
        );
      }),
    );
  });
});

describe('the answer to our own POST', () => {
  it('is ours, cut, or the live action of somebody else', () => {
    const other = action({ requestor: 'sam@contoso.com', requestorComment: 'by hand' });
    const cut = action({ requestorComment: sentComment.slice(0, 25) });

    assert.equal(judgeSubmitted(action(), expected).match, 'ours');
    assert.deepEqual(judgeSubmitted(cut, expected), { match: 'ours', action: cut, commentCutTo: 25 });
    assert.deepEqual(judgeSubmitted(other, expected), { match: 'other-live', action: other });
    assert.equal(judgeSubmitted(action({ machineId: 'b' }), expected).match, 'none');
  });

  it('is known by requestor and time when Defender leaves the comment out', () => {
    const { requestorComment: _comment, ...silent } = action();

    assert.equal(judgeSubmitted(silent, expected).match, 'ours');
    assert.equal(judgeSubmitted({ ...silent, requestor: 'sam@contoso.com' }, expected).match, 'other-live');
    assert.equal(
      judgeSubmitted({ ...silent, createdAt: '2020-01-01T00:00:00Z' }, expected).match,
      'other-live',
    );
  });
});

it('sorts actions by time, those without one last, and leaves the list alone', () => {
  const list = [
    action({ id: 'none', createdAt: '' }),
    action({ id: 'old' }),
    action({ id: 'new', createdAt: '2027-01-01T00:00:00Z' }),
  ];

  const sorted = newestFirst(list);

  assert.deepEqual(
    sorted.map(({ id }) => id),
    ['new', 'old', 'none'],
  );
  assert.equal(list[0]?.id, 'none');
});

describe('an action after a POST that may have been accepted', () => {
  const { requestorComment: _comment, ...bare } = action({ status: 'Succeeded' });

  for (const [why, found] of [
    ['has no comment', bare],
    ['has a comment cut within the reason', { ...bare, requestorComment: sentComment.slice(0, 12) }],
    ['is ours by its comment', action({ status: 'Failed' })],
  ] as const) {
    it(`is ours although it has ended, when it ${why}`, () => {
      assert.equal(findAfterSending([found], expected).match, 'ours');
    });
  }

  for (const [why, changes] of [
    ['somebody else made it', { requestor: 'sam@contoso.com' }],
    ['its comment is another', { requestorComment: 'by hand' }],
    ['it is known to belong to another request', { id: 'known' }],
  ] as const) {
    it(`is not ours when ${why}`, () => {
      const other = { ...bare, ...changes };
      const told = { ...expected, knownOthers: ['known'] };

      assert.equal(findAfterSending([other], told).match, 'none');
      assert.equal(mayBeOurs([other], told), false);
    });
  }

  it('leaves a doubt when it is minutes older, so that nothing is sent again', () => {
    const older = { ...bare, createdAt: '2026-03-02T09:57:00Z' };

    assert.equal(findAfterSending([older], expected).match, 'none');
    assert.equal(mayBeOurs([older], expected), true);
  });
});
