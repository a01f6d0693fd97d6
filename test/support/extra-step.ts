import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Person } from '../../sandbox/world.ts';

/**
 * Conditional Access asks for a second factor, or for what this number means, whenever this person's sign-in of Teams is to
 * become a Defender token.
 */
export function askForExtraStep(
  { faults }: Pick<Sandbox, 'faults'>,
  { objectId }: Person,
  number = 50076,
): () => void {
  const aimed = faults.aim({
    target: 'entra.obo',
    about: objectId,
    fault: {
      kind: 'aadsts',
      number,
      error: 'interaction_required',
      suberror: 'basic_action',
      claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
      times: null,
    },
  });
  return () => aimed.clear();
}
