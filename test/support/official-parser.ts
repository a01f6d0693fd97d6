import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type * as AdaptiveCards from 'adaptivecards';

/** The package's ES modules name their files without endings, which Node does not resolve; its bundle works. */
const official = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof AdaptiveCards;

/**
 * Whether the official parser takes the card without a complaint, unknown elements and properties included; but for
 * elements that only newer hosts know, in whose place it draws their fallback. Gives the card as the parser took it.
 */
export function assertSoundCard(
  card: object,
  ofNewerHosts: readonly string[] = [],
): AdaptiveCards.AdaptiveCard {
  const context = new official.SerializationContext();
  const parsed = new official.AdaptiveCard();
  parsed.parse(structuredClone(card), context);

  const complaints = Array.from(
    { length: context.eventCount },
    (_none, index) => context.getEventAt(index).message,
  );
  const faults = parsed.validateProperties().validationEvents.map((event) => event.message);
  const expected = ofNewerHosts.map((type) => official.Strings.errors.unknownElementType(type));
  assert.deepEqual([...complaints, ...faults], expected);
  return parsed;
}
