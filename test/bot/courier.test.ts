import assert from 'node:assert/strict';
import type { AdaptiveCardJson } from '../../bot/render/card-json.ts';
import { ConnectorAuthentication } from '../../bot/connector.ts';
import { type Courier, createCourier } from '../../bot/courier.ts';
import type { AppTokenSource } from '../../src/identity/app-token.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import type { Turn } from '../../src/store/thread-budget.ts';
import { aRequest, alex } from '../support/requests.ts';
import { APP_ID, TENANT, type TestServer, startServer } from '../src/identity/fixtures.ts';

const scope = 'https://api.botframework.com';
const messageMs = 600;
const place = { conversation: '19:abc', thread: '19:abc;messageid=1' };

describe('a message to Teams', () => {
  let server: TestServer;
  let courier: Courier;
  let token: AppTokenSource['acquire'];
  let left: boolean;
  let turns: string[];
  let pauses: [string, number][];
  let shutOut: string[];
  let denials: Turn[];
  let cardId: string | undefined;
  beforeEach(async () => {
    left = false;
    cardId = undefined;
    [turns, pauses, shutOut, denials] = [[], [], [], []];
    server = await startServer(() => ({ status: 201, body: { id: 'message-1' } }));
    token = () => Promise.resolve('bot-token');
    const connector = new ConnectorAuthentication({
      appId: APP_ID,
      tenantId: TENANT,
      channelScope: scope,
      appTokens: { acquire: (...asked) => token(...asked) },
      authorityHost: 'https://login.example.test',
      tokenServiceUrl: server.url,
      tokenIssuer: scope,
      openIdMetadataUrl: `${server.url}/metadata`,
      trustedServiceHosts: [server.host],
    });
    const reference = { serviceUrl: `${server.url}/teams/`, tenantId: TENANT, bot: { id: `28:${APP_ID}` } };
    courier = createCourier({
      connect: (serviceUrl) => connector.createConnectorClientFor(serviceUrl),
      conversations: {
        find: () => Promise.resolve({ reference, left }),
        shutOut: (conversation, code) => {
          shutOut.push(`${conversation} ${code ?? ''}`);
          return Promise.resolve();
        },
      },
      cards: { activityId: () => Promise.resolve(cardId) },
      setup: { hasSignInPage: false },
      pacer: {
        turn: (thread, priority) => {
          turns.push(`${priority} ${thread}`);
          return Promise.resolve(denials.shift() ?? { granted: true });
        },
        pause: (thread, ms) => {
          pauses.push([thread, ms]);
          return Promise.resolve();
        },
      },
      portalUrl: 'https://security.example.test',
      messageMs,
    });
  });
  afterEach(() => server.close());

  /** How long it took until the message was said to come later. */
  async function givesUpAfter(): Promise<number> {
    const started = performance.now();
    await assert.rejects(courier.replyText(place, 'hello'), (error) => {
      assert.ok(error instanceof ChatError && error.kind === 'later');
      return true;
    });
    return performance.now() - started;
  }

  it('has one time limit for the bot’s token and for Teams together', async () => {
    token = (_scope, { signal } = {}) =>
      new Promise((resolve) => {
        // Two thirds of the time are gone when Teams is asked.
        const timer = setTimeout(() => resolve('bot-token'), (messageMs * 2) / 3);
        signal?.addEventListener('abort', () => clearTimeout(timer));
      });
    server.answer = () => 'hang';

    assert.ok((await givesUpAfter()) < messageMs * 1.5);
    assert.equal(server.seen.length, 1);
  });

  it('is not sent when the token took all the time', async () => {
    token = (_scope, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('too late', 'AbortError')));
      });

    assert.ok((await givesUpAfter()) < messageMs * 1.5);
    assert.equal(server.seen.length, 0);
  });

  const error = (status: number, code: string, headers: Record<string, string> = {}) => ({
    status,
    headers,
    body: { error: { code, message: 'No.' } },
  });
  const problemOf = (work: Promise<unknown>): Promise<ChatError> =>
    work.then(
      () => assert.fail('It was sent.'),
      (problem: unknown) => {
        assert.ok(problem instanceof ChatError);
        return problem;
      },
    );
  const look = { replacesDeleted: false };

  for (const status of [412, 502, 503, 504]) {
    it(`is sent again after a ${status}, each try in its turn`, async () => {
      server.answer = () =>
        server.seen.length === 1 ? error(status, 'Passing') : { status: 201, body: { id: 'message-2' } };

      await courier.replyText(place, 'hello');

      assert.equal(server.seen.length, 2);
      assert.deepEqual(turns, Array(2).fill(`reply ${place.thread}`));
    });
  }

  it('is left to its job after a 500', async () => {
    server.answer = () => error(500, 'ServiceError');

    const problem = await problemOf(courier.replyText(place, 'hello'));

    assert.deepEqual([problem.kind, server.seen.length], ['later', 1]);
  });

  it('that is throttled silences the thread for all, as long as Teams says', async () => {
    server.answer = () => error(429, 'Throttled', { 'retry-after': '7' });
    denials = [{ granted: true }, { granted: false, retryAfterMs: 7_000 }];

    const problem = await problemOf(courier.replyText(place, 'hello'));

    assert.deepEqual(pauses, [[place.thread, 7_000]]);
    assert.equal(server.seen.length, 1);
    assert.ok(problem.kind === 'later' && (problem.retryAfterMs ?? 0) >= 7_000);
  });

  it('waits a moment for its turn; an edit leaves its worker sooner', async () => {
    denials = [{ granted: false, retryAfterMs: 100 }];
    await courier.replyText(place, 'hello');
    denials = [{ granted: false, retryAfterMs: 600 }];

    const problem = await problemOf(courier.updateCard(aRequest(), look, 'message-1', 'routine'));

    assert.equal(server.seen.length, 1);
    assert.ok(problem.kind === 'later' && (problem.retryAfterMs ?? 0) >= 600);
  });

  it('is not tried where the bot was removed', async () => {
    left = true;

    const problem = await problemOf(courier.replyText(place, 'hello'));

    assert.deepEqual([problem.kind, server.seen.length, turns.length], ['left', 0, 0]);
  });

  it('that is refused because the bot is not in the conversation makes that known', async () => {
    server.answer = () => error(403, 'BotNotInConversationRoster');

    const problem = await problemOf(courier.replyText(place, 'hello'));

    assert.equal(problem.kind, 'left');
    assert.deepEqual(shutOut, [`${place.conversation} BotNotInConversationRoster`]);
  });

  it('to somebody who blocked the bot says nothing about the conversation of the request', async () => {
    server.answer = () => error(403, 'ConversationBlockedByUser');
    const note = { about: 'cancellation', why: { code: 'failed' } } as const;

    assert.equal(await courier.tellPerson(aRequest(), alex, note), false);
    assert.deepEqual(shutOut, []);
  });

  const alone = {
    thread: '19:abc;messageid=9',
    messageId: '9',
    person: { teamsId: '29:riley', name: 'Riley Chen' },
  };

  it('to one person alone bears who that is, and what it answers', async () => {
    await courier.replyText({ ...place, alone }, 'hello');

    const [call] = server.seen;
    assert.match(decodeURIComponent(call?.path ?? ''), /\/19:abc;messageid=9\/activities$/);
    assert.equal(call?.query.get('isTargetedActivity'), 'true');
    assert.equal(call.headers['x-cordon-targeted'], undefined);
    const sent = JSON.parse(call.body) as Record<string, unknown>;
    assert.deepEqual(sent['recipient'], { id: '29:riley', name: 'Riley Chen' });
    assert.deepEqual(sent['entities'], [{ type: 'targetedMessageInfo', messageId: '9' }]);
    assert.deepEqual(turns, [`reply ${place.thread}`]);
  });

  it('to one person alone goes to their own chat where Teams refuses it', async () => {
    server.answer = () =>
      server.seen.length === 1 ? error(400, 'BadArgument') : { status: 201, body: { id: 'a:riley' } };

    await courier.replyText({ ...place, alone }, 'hello');

    const [, chat, message] = server.seen;
    assert.match(chat?.body ?? '', /"members":\[\{"id":"29:riley"/);
    assert.match(decodeURIComponent(message?.path ?? ''), /\/a:riley\/activities$/);
    assert.equal(message?.query.get('isTargetedActivity'), null);
    assert.deepEqual(shutOut, []);
  });

  it('to one person alone that has a button is said in words in their own chat, where it would not work', async () => {
    server.answer = () =>
      server.seen.length === 1
        ? error(403, 'MessageWritesBlocked')
        : { status: 201, body: { id: 'a:riley' } };
    const card = { type: 'AdaptiveCard', actions: [{ type: 'Action.Execute', verb: 'choose' }] };

    await courier.replyCard({ ...place, alone }, card as unknown as AdaptiveCardJson, 'Approve #1?');

    const message = server.seen[2]?.body ?? '';
    assert.match(message, /Send that again there as an ordinary message/);
    assert.doesNotMatch(message, /AdaptiveCard/);
    assert.deepEqual(shutOut, []);
  });

  it('to one person alone is not told elsewhere while Teams may yet take it', async () => {
    server.answer = () => error(500, 'ServiceError');

    const problem = await problemOf(courier.replyText({ ...place, alone }, 'hello'));

    assert.deepEqual([problem.kind, server.seen.length], ['later', 1]);
  });

  describe('about a request that is a post of a channel', () => {
    const channel = '19:abc@thread.tacv2';
    const inChannel = (thread: string) => ({
      ...aRequest(),
      place: { conversation: channel, thread, kind: 'channel' } as const,
    });
    const paths = () =>
      server.seen.map(({ path }) => decodeURIComponent(path).replace(/^.*conversations/, ''));

    it('goes below its card, and so does an edit', async () => {
      cardId = '1001';

      await courier.tellThread(inChannel(channel));
      await courier.updateCard(inChannel(channel), look, '1001', 'routine');

      const thread = `${channel};messageid=1001`;
      assert.deepEqual(paths(), [`/${thread}/activities`, `/${thread}/activities/1001`]);
      assert.deepEqual(turns, [`urgent ${thread}`, `routine ${thread}`]);
    });

    it('is a post as well where there is no card, or somebody deleted it', async () => {
      await courier.tellThread(inChannel(channel));
      cardId = '1001';
      server.answer = () =>
        server.seen.length === 2
          ? error(404, 'ActivityNotFoundInConversation')
          : { status: 201, body: { id: '5' } };
      await courier.tellThread(inChannel(channel));

      const thread = `${channel};messageid=1001`;
      assert.deepEqual(paths(), [
        `/${channel}/activities`,
        `/${thread}/activities`,
        `/${channel}/activities`,
      ]);
    });

    it('that was asked for in a thread goes there and nowhere else', async () => {
      cardId = '1001';
      server.answer = () => error(404, 'ActivityNotFoundInConversation');

      const problem = await problemOf(courier.tellThread(inChannel(`${channel};messageid=3`)));

      assert.equal(problem.kind, 'gone');
      assert.deepEqual(paths(), [`/${channel};messageid=3/activities`]);
    });
  });

  it('looks the same as long as nobody could tell the difference', () => {
    const request = aRequest();
    const later = { ...request, revision: request.revision + 1 };

    assert.equal(courier.picture(request, look), courier.picture(later, look));
    assert.notEqual(courier.picture(request, look), courier.picture(request, { replacesDeleted: true }));
  });
});
