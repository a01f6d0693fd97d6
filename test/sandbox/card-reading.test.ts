import assert from 'node:assert/strict';
import {
  cardButtons,
  cardLabel,
  cardRefresh,
  cardTexts,
  untouchedInputs,
} from '../../sandbox/card-reading.ts';

const card = {
  type: 'AdaptiveCard',
  refresh: {
    action: { type: 'Action.Execute', verb: 'refresh', data: { requestId: 'r' } },
    userIds: ['29:1'],
  },
  body: [
    { type: 'TextBlock', text: 'Restrict app execution · #12' },
    {
      type: 'ColumnSet',
      columns: [{ type: 'Column', items: [{ type: 'TextBlock', text: 'Awaiting approval' }] }],
    },
    { type: 'RichTextBlock', inlines: ['Reason: ', { type: 'TextRun', text: 'Succeeded once before' }] },
    { type: 'FactSet', facts: [{ title: 'Device', value: 'ws-1' }] },
    { type: 'Input.Text', id: 'comment' },
    {
      type: 'ActionSet',
      actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { requestId: 'r' } }],
    },
  ],
};

describe('reading a card', () => {
  it('gives the texts in the order in which they stand', () => {
    assert.deepEqual(cardTexts(card), [
      'Restrict app execution · #12',
      'Awaiting approval',
      'Reason: Succeeded once before',
      'Device',
      'ws-1',
    ]);
  });

  it('takes for the label only a text that is one of the known words', () => {
    assert.equal(cardLabel(card), 'Awaiting approval');
    assert.equal(cardLabel({ body: [{ type: 'TextBlock', text: 'Hello' }] }), undefined);
  });

  it('tells buttons from the automatic refresh', () => {
    assert.deepEqual(
      cardButtons(card).map(({ verb }) => verb),
      ['approve'],
    );
    assert.equal(cardRefresh(card)?.button.verb, 'refresh');
    assert.deepEqual(cardRefresh(card)?.userIds, ['29:1']);
    assert.deepEqual(untouchedInputs(card), { comment: '' });
  });
});
