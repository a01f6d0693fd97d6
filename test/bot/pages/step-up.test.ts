import assert from 'node:assert/strict';
import { type StepUpParts, finishStepUp } from '../../../bot/pages/step-up.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';
import { alex } from '../../support/requests.ts';
import { token, waitingForSignIn, wantMore } from '../../src/jobs/extra-step.ts';
import { failingOnce } from '../../src/jobs/failing-writes.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';

describe('the page that a sign-in on Cordon’s own page comes back to', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.defenderSays.reset();
    bench.access.reset();
    wantMore(bench);
  });

  const query = new URLSearchParams({ state: 'a'.repeat(43), code: 'code' });

  /** Alex, who signed in for a click of theirs; Entra gave the token. */
  async function signedIn(jobs: JobParts) {
    const { person, purpose } = await waitingForSignIn(bench);
    const stepUp = { person, purpose, verifier: 'v', nonce: 'n', expiresAt: '2100-01-01T00:00:00.000Z' };
    const goingOn: Promise<void>[] = [];
    const parts: StepUpParts = {
      stepUps: { find: () => Promise.resolve(stepUp), take: () => Promise.resolve(stepUp) },
      signIn: {
        authorizationUrl: () => Promise.resolve('https://login.example'),
        redeem: () => Promise.resolve({ ...token, ok: true, scopes: [] }),
      },
      jobs,
      goingOn: (work) => goingOn.push(work),
    };
    return { parts, requestId: purpose.requestId, over: () => Promise.all(goingOn) };
  }

  it('keeps the token when the record of the sign-in cannot be written at first', async () => {
    const jobs = failingOnce(bench.parts, { note: 'entra-authorization-code' });
    const { parts, requestId, over } = await signedIn(jobs);

    const page = await finishStepUp(parts, query);
    await over();

    assert.equal(jobs.failures(), 1);
    assert.match(page.title, /Your approval of #\d+ counts/);
    assert.equal(await bench.labelOf(requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    const records = await bench.audited(requestId);
    assert.equal(records.filter(({ what }) => what === 'entra-authorization-code').length, 1);
    assert.deepEqual(bench.access.asked, [alex.name]);
  });
});
