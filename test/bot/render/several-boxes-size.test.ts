import assert from 'node:assert/strict';
import { maxCardBytes } from '../../../bot/render/expand.ts';
import { renderRequestCard } from '../../../bot/render/request-card.ts';
import type { BoxLift, RunningBox } from '../../../src/containment/time-box.ts';
import { parseRequestId } from '../../../src/containment/ids.ts';
import { textsOf } from '../../support/card-parts.ts';
import { alex, aPerson } from '../../support/requests.ts';
import { aBatch, known, memberEnded } from '../../support/several-states.ts';

const duration = { text: '1d', seconds: 86_400 };
const priya = aPerson('Priya Nair');
const at = (index: number): string => new Date(Date.UTC(2026, 10, 24, 3, 5 * index)).toISOString();
const lift = (index: number): BoxLift => ({
  id: parseRequestId('req_9mUuN1Yh3vQk5w2xZr7TbA') ?? assert.fail(),
  number: 120 + index,
  awaitedSince: at(index),
});
const failed = (index: number): RunningBox['failed'] => ({
  number: 120 + index,
  label: 'Timed out',
  at: at(index),
});

describe('the card of fifty devices whose time boxes all stand differently', () => {
  const stands: Readonly<Record<string, (index: number) => Partial<RunningBox>>> = {
    'end at another time each': () => ({}),
    'wait for another lift each': (index) => ({ ended: true, lift: lift(index) }),
    'were to be lifted by another request each': (index) => ({ ended: true, failed: failed(index) }),
    'stand in any way': (index) =>
      index % 3 === 0 ? {} : index % 3 === 1 ? { ended: true, failed: failed(index) } : { lift: lift(index) },
  };
  for (const [how, of] of Object.entries(stands)) {
    it(`fits, with a row for each, when they ${how}`, () => {
      const request = aBatch(
        Array.from({ length: 50 }, (_, index) => ({
          ...known(`財務部門の窓際の端末その番号${index}号機予備室`),
          reason: 'Ransomware notes. '.repeat(280),
          alsoRequestedIn: 17,
          box: {
            duration,
            running: {
              since: at(0),
              until: at(index),
              duration,
              authorisedBy: index % 2 === 0 ? alex : priya,
              wishes: [],
              ...of(index),
            },
          },
          state: memberEnded('Succeeded', index),
        })),
      );
      const note = 'Your Release did not count for 3 devices: '.repeat(10);

      const card = renderRequestCard(request, { portalUrl: 'https://security.microsoft.com', note });

      assert.ok(Buffer.byteLength(JSON.stringify(card)) < maxCardBytes);
      const texts = textsOf(card);
      assert.equal(texts.filter((text) => text.startsWith('Succeeded  ')).length, 50);
      assert.ok((texts[2] ?? '').length < 1_000, texts[2]);
    });
  }
});
