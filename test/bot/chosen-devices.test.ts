import assert from 'node:assert/strict';
import { choiceOf, chosenOf, leftOutBy, offerOf } from '../../bot/chosen-devices.ts';
import { membersOf } from '../../src/containment/batch.ts';
import { aBatch } from '../support/several-states.ts';

const named = (...names: string[]) => aBatch(names.map((deviceName) => ({ deviceName })));
const placesOf = (chosen: readonly { readonly batch?: { readonly place: number } | undefined }[]) =>
  chosen.map(({ batch }) => batch?.place);

describe('a choice among several devices', () => {
  it('takes a place in the list for no name, and a name for no place', () => {
    const request = named('2', '1', 'none');
    for (const [index, member] of membersOf(request).entries())
      assert.deepEqual(placesOf(chosenOf(request, choiceOf(member))), [index + 1]);
    for (const nothing of ['', ':', 'nonsense']) assert.deepEqual(placesOf(chosenOf(request, nothing)), []);
    assert.deepEqual(placesOf(chosenOf(request, undefined)), [1, 2, 3]);
    assert.deepEqual(placesOf(chosenOf(request, '1')), [2], 'the name that was typed');
  });

  it('leaves out what was offered and not taken', () => {
    const request = named('2', '1', '3');
    const [first, second] = membersOf(request);
    assert.ok(first && second);
    const offered = offerOf([first, second]);
    assert.deepEqual(placesOf(leftOutBy(request, { chosen: choiceOf(first), offered })), [2]);
  });
});
