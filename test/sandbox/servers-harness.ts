import { request } from 'node:https';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { parseObject, readText } from '../../sandbox/http.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
}

export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Received = Readonly<Record<string, unknown>>;
type StubAnswer = { readonly status: number; readonly body?: unknown };

export interface Harness {
  readonly sandbox: Sandbox;
  /** Calls a simulated service over TLS with the throwaway authority. */
  call(url: string, options?: HttpCall): Promise<HttpAnswer>;
  /** With the bot's own token. */
  asBot(url: string, method?: string, body?: unknown): Promise<HttpAnswer>;
  /** What stood at the bot's address received, oldest first. */
  readonly received: Received[];
  /** What the stand-in of the bot answers from now on. */
  answer(next: (activity: Received) => StubAnswer): void;
  stop(): Promise<void>;
}

/** The whole sandbox with a stand-in for the bot, which only notes and answers. */
export async function startHarness(options: SandboxOptions = {}): Promise<Harness> {
  const sandbox = await startSandbox({ bot: 'none', pace: 0.05, ...options });
  const received: Received[] = [];
  let answer: (activity: Received) => StubAnswer = () => ({ status: 200 });
  const stub = createServer((req, res) => {
    void readText(req).then((text) => {
      const activity = parseObject(text) ?? {};
      received.push(activity);
      const { status, body } = answer(activity);
      // Two statements: restify, once loaded in this process, takes the chaining away from writeHead.
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await listen(stub, Number(sandbox.settings['PORT']));
  const call = (url: string, call: HttpCall = {}): Promise<HttpAnswer> => overTls(sandbox.ca, url, call);
  return {
    sandbox,
    call,
    received,
    answer: (next) => (answer = next),
    asBot: async (url, method = 'GET', body?) => {
      const headers = {
        authorization: `Bearer ${await botToken(sandbox, call)}`,
        'content-type': 'application/json',
      };
      return call(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    },
    stop: async () => {
      stub.close();
      stub.closeAllConnections();
      await sandbox.stop();
    },
  };
}

export function tokenRequest(sandbox: Sandbox, form: Readonly<Record<string, string>>): HttpCall {
  const base = { client_id: text(sandbox, 'BOT_APP_ID'), client_secret: text(sandbox, 'BOT_APP_SECRET') };
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...base, ...form }).toString(),
  };
}

export function tokenEndpoint(sandbox: Sandbox): string {
  return `${text(sandbox, 'ENTRA_AUTHORITY_HOST')}/${text(sandbox, 'BOT_TENANT_ID')}/oauth2/v2.0/token`;
}

export function text({ settings }: Sandbox, name: string): string {
  return settings[name] ?? '';
}

async function botToken(sandbox: Sandbox, call: Harness['call']): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'https://api.botframework.com/.default' };
  const { body } = await call(tokenEndpoint(sandbox), tokenRequest(sandbox, form));
  return String(body?.['access_token']);
}

function overTls(ca: string, url: string, { method = 'GET', headers, body }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, ca, ...(headers === undefined ? {} : { headers }) }, (answer) => {
      readText(answer).then((answered) => {
        const status = answer.statusCode ?? 0;
        resolve({ status, headers: answer.headers, body: parseObject(answered), text: answered });
      }, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
