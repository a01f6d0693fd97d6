import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefender } from '../../sandbox/defender/defender.ts';
import type { Defender } from '../../sandbox/defender/defender.ts';
import type { Claims, VerifyToken } from '../../sandbox/defender/model.ts';
import { createFaults } from '../../sandbox/faults.ts';
import type { Faults } from '../../sandbox/faults.ts';
import { createWire } from '../../sandbox/wire.ts';
import type { Wire } from '../../sandbox/wire.ts';
import { devices, people, tenantId } from '../../sandbox/world.ts';
import type { Device } from '../../sandbox/world.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly error: { readonly code?: unknown; readonly message?: unknown; readonly target?: unknown };
}

export interface Harness {
  readonly defender: Defender;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly clock: { ahead: number };
  /** Origin of the API. */
  readonly url: string;
  get(path: string, as?: string): Promise<Reply>;
  post(path: string, body: unknown, as?: string): Promise<Reply>;
  raw(path: string, init: RequestInit): Promise<Reply>;
  list(filter: string, as?: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

const resource = 'https://api.securitycenter.microsoft.com';
const bothScopes = 'Machine.Read Machine.RestrictExecution';

export function deviceNamed(start: string): Device {
  const device = devices.find(({ name }) => name.startsWith(start));
  if (device === undefined) throw new Error(`no device ${start}`);
  return device;
}

/** A token of this harness is its claims in plain sight; whether it is valid is all the same to Defender. */
export function tokenWith(claims: Partial<Claims>): string {
  return Buffer.from(JSON.stringify({ aud: resource, tid: tenantId, ...claims })).toString('base64url');
}

export function tokenOf(key: string, claims: Partial<Claims> = {}): string {
  const person = people.find((one) => one.key === key);
  if (person === undefined) throw new Error(`no person ${key}`);
  return tokenWith({ oid: person.objectId, upn: person.upn, scp: bothScopes, ...claims });
}

const verifyToken: VerifyToken = (bearer) =>
  Promise.resolve(
    bearer === 'expired'
      ? { ok: false, why: 'expired' }
      : { ok: true, claims: JSON.parse(Buffer.from(bearer, 'base64url').toString()) as Claims },
  );

export async function startDefender(pace = 0.01, moreDevices: readonly Device[] = []): Promise<Harness> {
  const [faults, wire, clock] = [createFaults(), createWire(), { ahead: 0 }];
  const now = (): number => Date.now() + clock.ahead;
  const all = [...devices, ...moreDevices];
  const defender = createDefender({ devices: all, people, verifyToken, faults, wire, pace, now });
  const server = createServer((req, res) => {
    defender.handle(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const raw = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(new URL(path, base), { signal: AbortSignal.timeout(5_000), ...init });
    return replyOf(response);
  };
  const get = (path: string, as = tokenOf('alex')): Promise<Reply> =>
    raw(path, { headers: { authorization: `Bearer ${as}` } });
  return {
    defender,
    faults,
    wire,
    clock,
    url: base,
    raw,
    get,
    post: (path, body, as = tokenOf('alex')) =>
      raw(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    list: async (filter, as) => {
      const reply = await get(`/api/machineactions?$filter=${encodeURIComponent(filter)}`, as);
      if (reply.status !== 200) throw new Error(reply.text);
      return reply.body['value'] as Record<string, unknown>[];
    },
    close: async () => {
      defender.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = parsed(text);
  const error = (body['error'] ?? {}) as Reply['error'];
  return { status: response.status, headers: response.headers, text, body, error };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Waits for a state, at most 5 s. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
