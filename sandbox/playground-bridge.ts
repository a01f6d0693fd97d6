import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { asObject, asText, bearerOf, parseObject, readText, sendJson, urlOf } from './http.ts';
import type { Delivered } from './delivery.ts';
import type { Sandbox } from './sandbox.ts';
import { people } from './world.ts';

const timeoutMs = 15_000;

/**
 * Stands between the Playground, which cannot sign, and the bot, which demands signatures: signs what goes in,
 * checks the bot's token on what comes out, and trades a token where the Playground shows nothing for a login.
 */
export function createPlaygroundBridge(sandbox: Sandbox, clientUrl: string, origin: string): RequestListener {
  const serviceUrl = `${origin}/connector`;
  return (req, res) => {
    const { pathname } = urlOf(req);
    if (pathname === '/api/messages') void inward(sandbox, serviceUrl, req, res);
    else if (pathname.startsWith('/connector/')) void outward(sandbox, clientUrl, req, res);
    else sendJson(res, { status: 404 });
  };
}

async function inward(
  sandbox: Sandbox,
  serviceUrl: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const activity = parseObject(await readText(req).catch(() => ''));
  if (activity === undefined) {
    sendJson(res, { status: 400 });
    return;
  }
  const signed = { ...activity, serviceUrl };
  const first = await sandbox.teams.deliver(signed);
  const login = loginOf(first);
  const last = login === undefined ? first : await again(sandbox, signed, login);
  res.writeHead(last.status ?? 504, { 'content-type': 'application/json; charset=utf-8' });
  res.end(last.text);
}

interface LoginRequest {
  readonly id: string;
  readonly connectionName: string;
}

function loginOf({ body }: Delivered): LoginRequest | undefined {
  if (body?.['type'] !== 'application/vnd.microsoft.activity.loginRequest') return undefined;
  const value = asObject(body['value']);
  const id = asText(asObject(value?.['tokenExchangeResource'])?.['id']);
  const connectionName = asText(value?.['connectionName']);
  return id === undefined || connectionName === undefined ? undefined : { id, connectionName };
}

async function again(
  { teams, entra }: Sandbox,
  activity: Record<string, unknown>,
  login: LoginRequest,
): Promise<Delivered> {
  const from = asObject(activity['from']);
  const person = people.find(({ teamsId }) => teamsId === from?.['id']) ?? people[0];
  if (person === undefined) return teams.deliver(activity);
  const authentication = { ...login, token: await entra.ssoToken(person) };
  return teams.deliver({ ...activity, value: { ...asObject(activity['value']), authentication } });
}

async function outward(
  { entra }: Sandbox,
  clientUrl: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await readText(req).catch(() => '');
  if (!(await entra.isBotToken(bearerOf(req)))) {
    sendJson(res, {
      status: 401,
      body: { error: { code: 'Unauthorized', message: 'The token is not valid.' } },
    });
    return;
  }
  const path = (req.url ?? '/').replace('/connector/', '/_connector/');
  const answer = await fetch(`${clientUrl}${path}`, {
    method: req.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === '' ? {} : { body }),
  }).catch(() => undefined);
  const text = (await answer?.text()) ?? '';
  res.writeHead(answer?.status ?? 502, { 'content-type': 'application/json; charset=utf-8' });
  res.end(text);
}
