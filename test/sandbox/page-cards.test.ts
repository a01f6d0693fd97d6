import assert from 'node:assert/strict';
import { defaultValues, withInputValues } from '../../sandbox/page/card-inputs.ts';
import { isAnswerStale, refreshActionOf } from '../../sandbox/page/refresh-rule.ts';

describe('inputs of a card that changes under a person’s hands', () => {
  const card = {
    body: [{ type: 'Container', items: [{ type: 'Input.Text', id: 'comment', value: 'given' }] }],
    actions: [{ type: 'Action.Execute', data: { id: 'comment' } }],
  };

  it('start with what was typed, and nothing else changes', () => {
    const filled = withInputValues(card, new Map([['comment', 'typed']]));

    assert.deepEqual(filled, {
      ...card,
      body: [{ type: 'Container', items: [{ type: 'Input.Text', id: 'comment', value: 'typed' }] }],
    });
  });

  it('are told apart from what the card itself gave', () => {
    assert.deepEqual([...defaultValues(card)], [['comment', 'given']]);
  });
});

describe('refresh of a card', () => {
  const action = { type: 'Action.Execute', verb: 'refresh', data: { requestId: 'r' } };
  const of = (refresh: object) => refreshActionOf({ refresh }, '29:me');

  it('runs by itself for the people it lists', () => {
    assert.equal(of({ action, userIds: ['29:other', '29:me'] })?.automatic, true);
    assert.equal(of({ action, userIds: ['29:other'] })?.automatic, false);
  });

  it('runs for everybody without a list and for nobody with an empty one', () => {
    assert.equal(of({ action })?.automatic, true);
    assert.equal(of({ action, userIds: [] })?.automatic, false);
  });

  it('is not there without an Action.Execute', () => {
    assert.equal(refreshActionOf({}, '29:me'), undefined);
    assert.equal(of({ action: { ...action, type: 'Action.Submit' } }), undefined);
  });

  it('is due when there was no answer yet or the last is a minute old', () => {
    assert.equal(isAnswerStale(undefined, 0), true);
    assert.equal(isAnswerStale(1_000, 60_999), false);
    assert.equal(isAnswerStale(1_000, 61_000), true);
  });
});
