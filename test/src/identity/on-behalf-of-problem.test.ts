import assert from 'node:assert/strict';
import { problemOfRedirect } from '../../../src/identity/on-behalf-of-problem.ts';

describe('what Entra’s redirect says against a sign-in', () => {
  it('is nothing when the person did not finish it', () => {
    const description = 'AADSTS65004: User declined to consent.';

    assert.equal(problemOfRedirect({ error: 'access_denied', description }), undefined);
    assert.equal(problemOfRedirect({ error: undefined, description }), undefined);
  });

  for (const [error, description, kind] of [
    ['invalid_client', 'AADSTS650057: Invalid resource.', 'consent-missing'],
    ['interaction_required', 'AADSTS50105: Not assigned to a role.', 'not-assigned'],
    ['access_blocked', 'AADSTS53003: Blocked by Conditional Access.', 'blocked-by-policy'],
    ['invalid_grant', 'AADSTS50057: The user account is disabled.', 'account-unusable'],
    ['server_error', 'AADSTS90033: A transient error has occurred.', 'unavailable'],
    ['temporarily_unavailable', undefined, 'unavailable'],
  ] as const) {
    it(`is ${kind} for ${error} with ${description?.slice(0, 12) ?? 'no number'}`, () => {
      const problem = problemOfRedirect({ error, description });

      assert.equal(problem?.kind, kind);
      assert.ok(!JSON.stringify(problem).includes(':\u0020'), 'no words of Entra');
    });
  }
});
