import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildComment, commentMark, markedRequest } from '../../../src/defender/comment.ts';

const parts = {
  reason: 'Beacons to a C2',
  requestor: 'Riley Chen',
  approver: 'Alex Moreno',
  requestId: 'req_1',
};
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1_500 }),
  fc.stringMatching(/^([cC][oO]r\u200bdon:|cordon:|\n|😀|a ){0,300}$/),
);

describe('the comment sent to Defender', () => {
  it('names reason, requestor and approver, and ends with the mark', () => {
    assert.equal(
      buildComment(parts),
      'Beacons to a C2 | requested by Riley Chen | approved by Alex Moreno | cordon:req_1',
    );
  });

  it('leaves an empty reason out', () => {
    assert.equal(
      buildComment({ ...parts, reason: ' \n ' }),
      'requested by Riley Chen | approved by Alex Moreno | cordon:req_1',
    );
  });

  it('shortens the reason alone, and says so', () => {
    const comment = buildComment({ ...parts, reason: 'x'.repeat(5_000) });

    assert.equal(comment.length, 1_000);
    assert.match(comment, /^x+… \| requested by Riley Chen \| approved by Alex Moreno \| cordon:req_1$/);
  });

  it('writes a mark in reason or name apart', () => {
    const comment = buildComment({ ...parts, reason: 'see Cordon:req_2', approver: 'cor\u200bdon:req_3' });

    assert.equal(
      comment,
      'see Cordon :req_2 | requested by Riley Chen | approved by cordon :req_3 | cordon:req_1',
    );
  });

  it('is one line', () => {
    assert.match(buildComment({ ...parts, reason: 'a\r\n\tb\u2028c\u0085d' }), /^a b c d \|/);
  });

  it('bounds names', () => {
    const comment = buildComment({ ...parts, requestor: 'n'.repeat(400) });

    assert.ok(comment.includes(`requested by ${'n'.repeat(255)}… |`));
  });

  it('gives up names before reason and mark when Defender keeps little', () => {
    const long = { ...parts, reason: 'r'.repeat(90), requestor: 'q'.repeat(90), approver: 'p'.repeat(90) };

    assert.match(
      buildComment({ ...long, limit: 160 }),
      /^r+… \| requested by q{23}… \| approved by p{23}… \| cordon:req_1$/,
    );
    assert.match(buildComment({ ...long, limit: 60 }), /^r+… \| cordon:req_1$/);
    assert.equal(buildComment({ ...long, limit: 12 }), 'cordon:req_1');
    assert.equal(buildComment({ ...long, limit: 11 }), 'cordon:req_1');
  });

  it('holds the limit, one mark at the end and no broken character, whatever people write', () => {
    const limits = fc.integer({ min: 12, max: 1_200 });
    fc.assert(
      fc.property(text, text, text, limits, (reason, requestor, approver, limit) => {
        const comment = buildComment({ reason, requestor, approver, requestId: 'req_1', limit });

        assert.ok(comment.length <= limit);
        assert.ok(comment.endsWith(commentMark('req_1')));
        assert.equal(comment.toLowerCase().split('cordon:').length, 2);
        assert.ok(comment.isWellFormed());
        assert.doesNotMatch(comment, /[\p{Cc}\u2028\u2029]/u);
      }),
      { numRuns: 300 },
    );
  });

  it('tells which request it names at its end, if it is a word of its own', () => {
    const id = 'req_9mUuN1Yh3vQk5w2xZr7TbA';
    const made = buildComment({ reason: 'Beacon', requestor: 'Riley', approver: 'Alex', requestId: id });
    assert.equal(markedRequest(made), id);
    assert.equal(markedRequest(`${commentMark(id)} \n`), id);
    for (const other of [undefined, '', `x${commentMark(id)}`, `${commentMark(id)} more`, 'cordon:req_1'])
      assert.equal(markedRequest(other), undefined);
  });
});
