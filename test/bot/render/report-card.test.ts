import { parseDuration } from '../../../src/containment/duration.ts';
import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { barColours, barHeight, barPicture } from '../../../bot/render/bar-picture.ts';
import { maxCardBytes } from '../../../bot/render/expand.ts';
import { renderReportCard, reportView } from '../../../bot/render/report-card.ts';
import { spanText } from '../../../bot/render/span.ts';
import { type Label, labelOf } from '../../../src/containment/state.ts';
import { cardLabel } from '../../../sandbox/card-reading.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import { assertGolden } from '../../support/golden.ts';
import { assertSoundCard } from '../../support/official-parser.ts';
import { aReport, busyWeek } from '../../support/reports.ts';
import { requestStates } from '../../support/request-states.ts';

const week = { text: '7d', seconds: 604_800 };
const chart = 'Chart.HorizontalBar';

const reports = {
  report: busyWeek,
  'report-none': aReport(),
  'report-one': aReport({
    requests: 1,
    restrictions: 1,
    labels: new Map([['Awaiting approval', 1]]),
    open: 1,
  }),
  'report-newer': aReport({
    requests: 4,
    restrictions: 3,
    labels: new Map([
      ['Succeeded', 1],
      ['Denied', 1],
    ]),
    newer: 2,
    decision: { samples: 2, p50: 95, p95: 118.5 },
    containment: { samples: 1, p50: 240, p95: 240 },
  }),
};

/** What a client draws that knows the native chart, and one that does not. */
const chartOf = (card: ReturnType<typeof renderReportCard>) => {
  const [element] = ofType(card, chart);
  return element as { data: { x: string; y: number; color: string }[] } | undefined;
};
const pictureTexts = (card: ReturnType<typeof renderReportCard>) =>
  ofType(card, 'Image').map((image) => image['altText']);

describe('report card', () => {
  for (const [name, report] of Object.entries(reports)) {
    it(`is what was reviewed, and sound (${name})`, () => {
      const card = renderReportCard(report, week);

      assertGolden(`test/golden/cards/${name}.json`, card);
      assertSoundCard(card, report.requests === 0 ? [] : [chart]);
    });
  }

  it('is made of what its sample for the card designer shows', () => {
    assertGolden('cards/report.sample.json', reportView(busyWeek, week));
  });

  it('is declared in a version that every client of Teams knows', () => {
    assert.equal(renderReportCard(busyWeek, week).version, '1.5');
  });

  it('draws as many pictures as a client without charts needs, in the place of the chart', () => {
    const taken = assertSoundCard(renderReportCard(busyWeek, week), [chart]);

    const drawn = JSON.stringify(taken.toJSON());
    assert.ok(!drawn.includes(chart));
    assert.equal(drawn.match(/data:image\/png;base64,/g)?.length, busyWeek.labels.size);
  });

  it('says every number as text, in the chart, and beside each picture', () => {
    const card = renderReportCard(busyWeek, week);

    const data = chartOf(card)?.data ?? [];
    const texts = textsOf(card);
    assert.deepEqual(new Map(data.map(({ x, y }) => [x, y])), busyWeek.labels);
    assert.ok(texts.includes(data.map(({ x, y }) => `${x} ${y}`).join(' · ')));
    for (const { x, y } of data) assert.ok(texts.includes(`${x}  ${y}`));
    assert.deepEqual(
      pictureTexts(card),
      data.map(({ x, y }) => `${x}: ${y} of 63`),
    );
    assert.equal(
      data.reduce((sum, { y }) => sum + y, 0),
      busyWeek.requests,
    );
  });

  it('says none where nothing was decided or restricted, and how many the percentiles are of', () => {
    const none = textsOf(renderReportCard(reports['report-one'], week));
    const some = textsOf(renderReportCard(busyWeek, week));

    assert.deepEqual(none.slice(4, 10), [
      'Time to decision',
      'none',
      'nothing was decided',
      'Time to containment',
      'none',
      'no restriction succeeded',
    ]);
    assert.deepEqual(some.slice(4, 12), [
      'Time to decision',
      'p50 4 min 10 s',
      'p95 52 min 5 s',
      'of 54 decisions',
      'Time to containment',
      'p50 7 min 11 s',
      'p95 1 d 2 h',
      'of 33 restrictions',
    ]);
  });

  it('says that there were no denials and expiries, without a bar', () => {
    const card = renderReportCard(reports['report-one'], week);

    assert.ok(textsOf(card).includes('Succeeded 0 · Denied 0 · Expired 0 · Awaiting approval 1'));
    assert.deepEqual(pictureTexts(card), ['Awaiting approval: 1 of 1']);
  });

  it('shows what only a newer program can tell as a bar of its own, with a remark', () => {
    const card = renderReportCard(reports['report-newer'], week);

    assert.deepEqual(chartOf(card)?.data.at(-1), { x: 'Newer version', y: 2, color: 'neutral' });
    assert.ok(textsOf(card).some((text) => text.startsWith('2 requests were written by a newer version')));
  });

  it('has a bar for every label that a card may bear', () => {
    const all = [...new Set(Object.values(requestStates).map(({ state }) => labelOf(state)))];
    const labels = new Map<Label, number>(all.map((label) => [label, 1]));

    const card = renderReportCard(aReport({ requests: all.length, labels }), week);

    assert.deepEqual(new Set(chartOf(card)?.data.map(({ x }) => x)), new Set(all));
    assert.equal(all.length, 13);
  });

  it('is never taken for the card of a request', () => {
    const card = renderReportCard(busyWeek, week);

    assert.equal(cardLabel(card), undefined);
    assert.doesNotMatch(JSON.stringify(card), /#\d|Action\./);
  });

  it('stays far below the limit with numbers of any size', () => {
    const many = new Map([...busyWeek.labels].map(([label], index) => [label, 10 ** (index % 8)]));
    const requests = 10 ** 9;

    const card = renderReportCard(aReport({ ...busyWeek, requests, labels: many }), week);

    assert.ok(Buffer.byteLength(JSON.stringify(card)) < maxCardBytes / 2);
  });

  const periods = [
    ['7d', 'Report of the last 7 days'],
    ['1h', 'Report of the last hour'],
    ['999m', 'Report of the last 999 minutes'],
  ] as const;
  for (const [period, title] of periods) {
    it(`is headed “${title}”`, () => {
      assert.equal(textsOf(renderReportCard(aReport(), parseDuration(period) ?? assert.fail()))[0], title);
    });
  }
});

describe('the picture of a bar', () => {
  it('is of one opaque colour, two points for each pixel of the card', () => {
    for (const [tone, colour] of Object.entries(barColours)) {
      const address = barPicture(tone as keyof typeof barColours, 37);

      const picture = PNG.sync.read(Buffer.from(address.replace(/^data:image\/png;base64,/, ''), 'base64'));
      assert.deepEqual([picture.width, picture.height], [74, 2 * barHeight]);
      assert.deepEqual(
        new Set(picture.data.toString('hex').match(/.{8}/g)),
        new Set([Buffer.from([...colour, 255]).toString('hex')]),
      );
    }
  });

  it('stands out from the cards of every theme by 3 to 1', () => {
    const grounds = {
      light: [255, 255, 255],
      hover: [250, 250, 250],
      dark: [41, 41, 41],
      contrast: [0, 0, 0],
    };
    for (const [tone, colour] of Object.entries(barColours)) {
      for (const [theme, ground] of Object.entries(grounds)) {
        assert.ok(contrast(colour, ground) >= 3, `${tone} on ${theme}: ${contrast(colour, ground)}`);
      }
    }
  });
});

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('a span of time', () => {
  const spans: readonly (readonly [seconds: number, says: string])[] = [
    [-3, 'under 1 s'],
    [0.4, 'under 1 s'],
    [1, '1 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [250, '4 min 10 s'],
    [3_599, '1 h'],
    [3_660, '1 h 1 min'],
    [86_399, '1 d'],
    [93_600, '1 d 2 h'],
    [8_640_000, '100 d'],
  ];
  for (const [seconds, says] of spans) {
    it(`of ${seconds} s is “${says}”`, () => assert.equal(spanText(seconds), says));
  }
});
