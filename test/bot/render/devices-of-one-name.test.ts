import assert from 'node:assert/strict';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import { type MemberGiven, aBatch, deviceIdOf, known } from '../../support/several-states.ts';

const cardOf = (request: ContainmentRequest) =>
  renderRequestCard(request, { portalUrl: 'https://security.microsoft.com' });
const twin = 'pc-twin.contoso.example';
const last8 = (index: number): string => deviceIdOf(index).slice(-8);

function shownOf(members: readonly MemberGiven[]) {
  const card = cardOf(aBatch(members));
  const titles = ofType(card, 'Input.ChoiceSet').flatMap(({ choices }) =>
    (choices as { title: string }[]).map(({ title }) => title),
  );
  const rows = textsOf(card).filter((text) => text.startsWith('Awaiting approval  '));
  return { titles, rows };
}

const tenWith = (nameOf: (index: number) => string): MemberGiven[] =>
  Array.from({ length: 10 }, (_, index) => known(nameOf(index)));

describe('devices of one name on one card', () => {
  it('are told apart by the end of their ids, in the row and in the choice', () => {
    const { titles, rows } = shownOf(tenWith((index) => (index < 2 ? twin : `ws-${index}.contoso.example`)));
    assert.deepEqual(titles.slice(0, 3), [
      `${twin} …${last8(0)}`,
      `${twin} …${last8(1)}`,
      'ws-2.contoso.example',
    ]);
    assert.match(rows[0] ?? '', new RegExp(`^Awaiting approval {2}${twin} …${last8(0)} `));
    assert.match(rows[1] ?? '', new RegExp(`^Awaiting approval {2}${twin} …${last8(1)} `));
    assert.match(rows[2] ?? '', /^Awaiting approval {2}ws-2\.contoso\.example {2}/);
  });

  it('are told apart in the choice where the rows have their ids', () => {
    const { titles } = shownOf([known(twin), known('PC-TWIN.contoso.example')]);
    assert.deepEqual(titles, [`${twin} …${last8(0)}`, `PC-TWIN.contoso.example …${last8(1)}`]);
  });

  it('are told apart where one of them is said to be restricted by something else as well', () => {
    const also = { at: '2026-11-23T03:12:00.000Z', others: [{ key: 'other', by: 'ann@contoso.example' }] };
    const [first, second] = [known(twin), { ...known(twin), alsoRestricted: also }];
    const card = cardOf(aBatch([first, second].map((one) => ({ ...one, action: 'unrestrict' as const }))));
    assert.ok(textsOf(card).some((text) => text.startsWith(`${twin} …${last8(1)}: Also restricted`)));
  });

  it('are those whose names look the same as far as they are shown', () => {
    const long = (end: string): string => `pc-${'twin'.repeat(30)}${end}.example`;
    const { titles } = shownOf([known(long('-1')), known(`pc-${'twin'.repeat(30)}-1-and-more.example`)]);
    assert.equal(new Set(titles).size, 2);
    const middle = (index: number): string => `pc-${'a'.repeat(60)}${index}${'b'.repeat(60)}`;
    const cut = shownOf(tenWith(middle));
    assert.equal(new Set(cut.titles).size, 10);
    assert.equal(new Set(cut.rows).size, 10);
    assert.ok(cut.titles.every((title, index) => title.length <= 60 && title.endsWith(`…${last8(index)}`)));
    const marked = shownOf([known('pc*1'), known('pc#1')]);
    assert.equal(new Set(marked.titles).size, 2, 'without what clients read as Markdown');
  });

  it('bear no id where one of them is a name that nobody has looked up', () => {
    const { titles } = shownOf([known('pc-twin'), { deviceName: 'pc-twin' }]);
    assert.deepEqual(titles, [`pc-twin …${last8(0)}`, 'pc-twin']);
  });

  it('fit, all fifty of them, however little room there is', () => {
    const fifty = Array.from({ length: 50 }, () => ({
      ...known('財務部門の窓際の端末その番号'.repeat(8)),
      reason: 'Ransomware notes on file shares. '.repeat(150),
    }));
    assert.ok(Buffer.byteLength(JSON.stringify(cardOf(aBatch(fifty)))) < 28_000);
    const { titles, rows } = shownOf(fifty);
    assert.deepEqual([new Set(titles).size, new Set(rows).size], [50, 50]);
  });
});
