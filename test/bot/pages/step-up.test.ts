import assert from 'node:assert/strict';
import restify from 'restify';
import { servePages } from '../../../bot/pages/routes.ts';
import { type StepUpParts, finishStepUp } from '../../../bot/pages/step-up.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';
import { alex } from '../../support/requests.ts';
import { until } from '../../support/until.ts';
import { token, waitingForSignIn, wantMore } from '../../src/jobs/extra-step.ts';
import { failing } from '../../src/jobs/fake-defender.ts';
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

    const { page } = await finishStepUp(parts, query);
    await over();

    assert.equal(jobs.failures(), 1);
    assert.match(page.title, /Your approval of #\d+ counts/);
    assert.equal(await bench.labelOf(requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
    const records = await bench.audited(requestId);
    assert.equal(records.filter(({ what }) => what === 'entra-authorization-code').length, 1);
    assert.deepEqual(bench.access.asked, [alex.name]);
  });

  const tells = (id: RequestId) =>
    bench.effectsOf(id).flatMap((effect) => (effect.kind === 'tell' ? [effect.unlessTold] : []));

  it('leaves the message of a refusal waiting until the page has arrived', async () => {
    bench.defenderSays.answers({ readDevice: failing('forbidden') });
    const { parts, requestId } = await signedIn(bench.parts);

    const { page, noteId } = await finishStepUp(parts, query);

    assert.match(page.title, /did not hold/);
    assert.ok(noteId !== undefined);
    assert.deepEqual(tells(requestId), [noteId]);
  });

  it('leaves a message waiting, too, when the sign-in was not made or not accepted', async () => {
    const cancelled = await signedIn(bench.parts);
    const refused = await signedIn(bench.parts);
    const redeem = () => Promise.resolve({ ok: false, problem: { kind: 'wrong-account' } } as const);

    const [one, other] = [
      await finishStepUp(cancelled.parts, new URLSearchParams({ state: query.get('state') ?? '' })),
      await finishStepUp({ ...refused.parts, signIn: { ...refused.parts.signIn, redeem } }, query),
    ];

    assert.match(one.page.title, /not finished/);
    assert.match(other.page.title, /another account/);
    assert.ok(one.noteId !== undefined && other.noteId !== undefined);
    assert.deepEqual(tells(cancelled.requestId), [one.noteId]);
    assert.deepEqual(tells(refused.requestId), [other.noteId]);
  });

  it('makes the message of a refusal needless once it has arrived', async () => {
    bench.defenderSays.answers({ readDevice: failing('forbidden') });
    const { parts, requestId } = await signedIn(bench.parts);
    const server = restify.createServer();
    servePages(server, '', { ...parts, log: bench.log });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address();

    const answer = await fetch(`http://127.0.0.1:${port}/auth/callback?${query.toString()}`);

    assert.match(await answer.text(), /did not hold/);
    await until(() => tells(requestId).length === 0);
    server.close();
  });
});
