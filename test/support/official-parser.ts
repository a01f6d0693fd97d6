import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type * as AdaptiveCards from 'adaptivecards';

/** The package's ES modules name their files without endings, which Node does not resolve; its bundle works. */
const official = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof AdaptiveCards;

/** Whether the official parser takes the card without a complaint, unknown elements and properties included. */
export function assertSoundCard(card: object): void {
  const context = new official.SerializationContext();
  const parsed = new official.AdaptiveCard();
  parsed.parse(structuredClone(card), context);

  const complaints = Array.from(
    { length: context.eventCount },
    (_none, index) => context.getEventAt(index).message,
  );
  const faults = parsed.validateProperties().validationEvents.map((event) => event.message);
  assert.deepEqual([...complaints, ...faults], []);
}
