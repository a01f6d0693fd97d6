import type { RequestListener } from 'node:http';
import { applyFault } from './apply-fault.ts';
import { appScopes } from './entra-grants.ts';
import type { Entra } from './entra.ts';
import type { Faults } from './faults.ts';
import type { JsonAnswer } from './http.ts';
import { asObject, asText, bearerOf, parseObject, readText, sendJson, urlOf } from './http.ts';
import type { SignIns } from './sign-ins.ts';
import { createSignIns } from './sign-ins.ts';
import { recordCall } from './wire-call.ts';
import type { Wire } from './wire.ts';
import type { Person } from './world.ts';
import { botAppId, oauthConnection, people } from './world.ts';

/** Identifies Entra v2 as the provider of an OAuth connection in Azure Bot Service. */
const entraProvider = '30dd229c-58e3-4a48-bdfd-91ec48eb906c';

export interface TokenServiceOptions {
  readonly entra: Entra;
  readonly faults: Faults;
  readonly wire: Wire;
  /** Where the sign-in pages are. */
  readonly signInOrigin: string;
  readonly now?: () => number;
}

/** The simulated Bot Framework token service: keeps people's sign-ins for the bot. */
export interface TokenService {
  readonly handle: RequestListener;
  readonly signIns: SignIns;
  /** Signs a person in without any page; as another Entra account when given. */
  signIn(person: Person, account?: Person): void;
  /** Keeps any token at all as this person's: for tests of what must be refused. */
  signInWith(person: Person, token: string): void;
  signOut(person: Person): void;
}

export function createTokenService(options: TokenServiceOptions): TokenService {
  const { entra, faults, wire, now = Date.now } = options;
  const signIns = createSignIns(entra, now);
  return {
    signIns,
    signIn: (person, account = person) => signIns.hold(oauthConnection, person.teamsId, account),
    signInWith: (person, token) => signIns.hold(oauthConnection, person.teamsId, person, token),
    signOut: (person) => signIns.signOut(oauthConnection, person.teamsId),
    handle: (req, res) => {
      const url = urlOf(req);
      const route = routes[`${req.method ?? ''} ${url.pathname.toLowerCase()}`];
      if (route === undefined) {
        sendJson(res, { status: 404 });
        return;
      }
      const asked = personByTeamsId(url.searchParams.get('userId'));
      recordCall(wire, res, {
        from: 'bot',
        to: 'token service',
        what: route.what,
        as: 'Cordon (app)',
        ...(asked === undefined ? {} : { detail: { about: asked.name } }),
      });
      void (async () => {
        const body = parseObject(await readText(req).catch(() => ''));
        if (!(await entra.isBotToken(bearerOf(req)))) {
          sendJson(res, failure(401, 'Unauthorized', "The bot's own token is missing or wrong."));
          return;
        }
        const fault =
          route.fault === undefined
            ? undefined
            : faults.take(route.fault, () => url.searchParams.get('userId') ?? '');
        applyFault(fault, res, () => {
          void route
            .answer({ ...options, signIns }, url.searchParams, body)
            .then((answer) => sendJson(res, answer));
        });
      })();
    },
  };
}

interface Context extends TokenServiceOptions {
  readonly signIns: SignIns;
}

interface Route {
  readonly what: string;
  readonly fault?: 'tokenservice.get' | 'tokenservice.exchange';
  readonly answer: (
    context: Context,
    query: URLSearchParams,
    body: Record<string, unknown> | undefined,
  ) => Promise<JsonAnswer>;
}

const routes: Readonly<Record<string, Route | undefined>> = {
  'GET /api/usertoken/gettoken': { what: 'GET GetToken', fault: 'tokenservice.get', answer: getToken },
  'POST /api/usertoken/exchange': { what: 'POST exchange', fault: 'tokenservice.exchange', answer: exchange },
  'GET /api/botsignin/getsigninresource': { what: 'GET GetSignInResource', answer: signInResource },
  'DELETE /api/usertoken/signout': { what: 'DELETE SignOut', answer: signOut },
};

async function getToken({ signIns }: Context, query: URLSearchParams): Promise<JsonAnswer> {
  const { userId, connection } = keysOf(query);
  if (userId === '' || connection === '')
    return failure(400, 'BadArgument', 'userId and connectionName are required.');
  if (connection !== oauthConnection) return unknownConnection;
  const code = query.get('code');
  if (code !== null && code !== '' && !signIns.redeem(connection, userId, code)) {
    return failure(404, 'NotFound', 'The code is wrong, used or expired.');
  }
  return tokenAnswer(connection, await signIns.token(connection, userId));
}

/** Takes a single sign-on token of Teams and keeps the person signed in by it. */
async function exchange(
  { entra, signIns }: Context,
  query: URLSearchParams,
  body: Record<string, unknown> | undefined,
): Promise<JsonAnswer> {
  const { userId, connection } = keysOf(query);
  if (connection !== oauthConnection) return unknownConnection;
  const token = asText(body?.['token']);
  const claims = token === undefined ? undefined : await entra.verify(token, botAppId);
  const scopes = (asText(claims?.['scp']) ?? '').split(' ');
  const person = people.find(({ objectId }) => objectId === claims?.['oid']);
  if (person === undefined || !appScopes.every((scope) => scopes.includes(scope))) {
    return failure(400, 'BadRequest', 'The token is not exchangeable.');
  }
  signIns.hold(connection, userId, person);
  return tokenAnswer(connection, await signIns.token(connection, userId));
}

function signInResource({ signIns, signInOrigin }: Context, query: URLSearchParams): Promise<JsonAnswer> {
  const state = parseObject(Buffer.from(query.get('state') ?? '', 'base64').toString('utf8'));
  const connection = asText(field(state, 'connectionName'));
  const user = asObject(field(asObject(field(state, 'conversation')), 'user'));
  const userId = asText(field(user, 'id'));
  if (userId === undefined || field(state, 'msAppId') !== botAppId) {
    return Promise.resolve(failure(400, 'BadArgument', 'The state names no user, or another application.'));
  }
  if (connection !== oauthConnection) return Promise.resolve(unknownConnection);
  const { id } = signIns.start(connection, userId);
  return Promise.resolve({
    status: 200,
    body: {
      signInLink: `${signInOrigin}/signin?session=${id}`,
      tokenExchangeResource: { id, uri: `api://botid-${botAppId}`, providerId: entraProvider },
    },
  });
}

function signOut({ signIns }: Context, query: URLSearchParams): Promise<JsonAnswer> {
  const { userId, connection } = keysOf(query);
  signIns.signOut(connection === '' ? undefined : connection, userId);
  return Promise.resolve({ status: 200, body: {} });
}

const unknownConnection = failure(400, 'BadArgument', 'There is no OAuth connection of that name.');

function tokenAnswer(
  connectionName: string,
  held: { token: string; expiration: string } | undefined,
): JsonAnswer {
  return held === undefined
    ? failure(404, 'NotFound', 'Token not found.')
    : {
        status: 200,
        body: { channelId: 'msteams', connectionName, token: held.token, expiration: held.expiration },
      };
}

function failure(status: number, code: string, message: string): JsonAnswer {
  return { status, body: { error: { code, message } } };
}

function keysOf(query: URLSearchParams): { userId: string; connection: string } {
  return { userId: query.get('userId') ?? '', connection: query.get('connectionName') ?? '' };
}

/** The SDKs of different languages write the names of the state with either case. */
function field(object: Record<string, unknown> | undefined, name: string): unknown {
  return object?.[name] ?? object?.[`${name.charAt(0).toUpperCase()}${name.slice(1)}`];
}

function personByTeamsId(teamsId: string | null): Person | undefined {
  return people.find((person) => person.teamsId === teamsId);
}
