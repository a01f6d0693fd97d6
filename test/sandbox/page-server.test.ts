import assert from 'node:assert/strict';
import type { Harness } from './servers-harness.ts';
import { startHarness } from './servers-harness.ts';

type Json = Record<string, unknown>;

describe('the page server', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  const url = (path: string): string => `${harness.sandbox.pageUrl ?? ''}${path}`;
  const get = async (path: string): Promise<Json> => (await fetch(url(path))).json() as Promise<Json>;
  const post = async (path: string, body: object): Promise<Json> =>
    (await fetch(url(path), { method: 'POST', body: JSON.stringify(body) })).json() as Promise<Json>;

  it('shows each person only the conversations of that person', async () => {
    const { me, conversations, hints, presets } = await get('/api/state?as=jordan');

    assert.equal((me as Json)['key'], 'jordan');
    assert.deepEqual(
      (conversations as Json[]).map(({ kind }) => kind),
      ['channel', 'channel', 'personal'],
    );
    assert.ok((hints as unknown[]).length > 0 && (presets as unknown[]).length > 0);
  });

  it('serves the page with its modules as JavaScript, and nothing outside of the folder', async () => {
    const page = await fetch(url('/?as=riley'));
    const module = await fetch(url('/main.ts'));
    const outside = await fetch(url('/..%2Fworld.ts'));
    const renderer = await fetch(url('/vendor/adaptivecards.js'));

    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.match(module.headers.get('content-type') ?? '', /text\/javascript/);
    assert.doesNotMatch(await module.text(), /import type/);
    assert.equal(outside.status, 404);
    assert.equal(renderer.status, 200);
    await Promise.all([page.text(), outside.text(), renderer.text()]);
  });

  it('tells every open page of a new message, at once', async () => {
    const stream = await fetch(url('/api/events?as=alex'));
    const channel = harness.sandbox.world.conversation('INC-2481');

    const said = await post('/api/messages?as=riley', {
      conversationId: channel.id,
      text: 'hi',
      mention: true,
    });

    assert.deepEqual(said, { ok: true });
    assert.match(await until(stream, 'event: message'), /Riley Chen/);
  });

  it('passes a pressed button on, and says so when the bot does not answer', async () => {
    const channel = harness.sandbox.world.conversation('INC-2481');
    const body = { conversationId: channel.id, messageId: '1', verb: 'approve', data: { requestId: 'r' } };
    harness.answer(() => ({ status: 503 }));

    const answer = await post('/api/invoke?as=alex', { ...body, trigger: 'manual' });

    assert.equal(answer['statusCode'], 503);
    assert.equal(answer['type'], 'application/vnd.microsoft.error');
  });

  it('arms and clears faults, and takes devices offline', async () => {
    const device = harness.sandbox.world.device('ws-finance-017');

    await post('/api/faults', { preset: 'action-fails', on: true });
    assert.equal(harness.sandbox.faults.get().defenderEnd, 'Failed');
    await post('/api/faults', { reset: true });
    assert.equal(harness.sandbox.faults.get().defenderEnd, 'Succeeded');
    await post('/api/devices', { id: device.id, online: false });
    assert.equal(harness.sandbox.defender.isOnline(device.id), false);
  });

  it('does what somebody does in the portal', async () => {
    const { id } = harness.sandbox.world.device('ws-finance-017');

    await post('/api/portal', { id, action: 'restrict' });
    await post('/api/portal', { id, action: 'unrestrict' });
    const unknown = await post('/api/portal', { id: 'nobody’s', action: 'restrict' });

    assert.deepEqual(
      harness.sandbox.defender
        .actions()
        .map(({ type, requestor, machineId }) => [type, requestor, machineId]),
      ['RestrictCodeExecution', 'UnrestrictCodeExecution'].map((type) => [
        type,
        'portal.operator@contoso.example',
        id,
      ]),
    );
    assert.match(String(unknown['error']), /no such device/);
  });

  it('refuses a page of another site', async () => {
    const answer = await fetch(url('/api/faults'), {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: '{"reset":true}',
    });

    assert.equal(answer.status, 403);
  });
});

async function until(response: Response, words: string): Promise<string> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString('utf8');
    if (text.includes(words) && text.endsWith('\n\n')) return text;
  }
  return text;
}
