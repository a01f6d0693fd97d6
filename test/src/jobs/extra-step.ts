import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { type Continued, type SteppedUpToken, type WaitingClick } from '../../../src/jobs/continue-click.ts';
import { alex } from '../../support/requests.ts';
import { anApprovedRequest, anAwaitingRequest } from '../../support/running-request.ts';
import type { Workbench } from './workbench.ts';

export const token: SteppedUpToken = {
  token: 'token-of-the-extra-step',
  upn: 'alex.moreno@contoso.example',
  expiresAt: new Date('2100-01-01T00:00:00Z'),
};

/** Alex’s sign-in of Teams is not enough for Entra. */
export function wantMore(bench: Workbench): void {
  bench.access.fails(alex, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
}

export type WaitingApproval = WaitingClick & { readonly purpose: { readonly verb: 'approve' } };

/** Alex pressed Approve, and Entra wants another step. */
export async function waitingForSignIn(
  bench: Workbench,
  wish: Parameters<typeof anAwaitingRequest>[1] = {},
): Promise<WaitingApproval> {
  const { id: requestId } = await anAwaitingRequest(bench.requests, wish);
  await bench.requests.apply(requestId, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
  const click = { requestId, clickId: 'clk' };
  const outcome = await checkApproval(bench.parts, { ...click, inTurn: true, mayStepUp: true });
  assert.ok(outcome.kind === 'sign-in-needed');
  return { person: alex, purpose: { verb: 'approve', ...click, signInUntil: outcome.until } };
}

/** Approved by Alex, not sent, and it takes another sign-in of theirs. */
export async function waitingForRetry(bench: Workbench): Promise<RequestId> {
  const { id, state } = await anApprovedRequest(bench.requests);
  const why = { code: 'sign-in-needed' } as const;
  await bench.requests.apply(id, { kind: 'attempt-stuck', ...ofNoAttempt(state), why });
  return id;
}

/** Until nothing goes on any more that only the holder of the token can do. */
export async function overWith(continued: Continued): Promise<Continued> {
  if (continued.kind === 'counts') await continued.onwards;
  return continued;
}
