import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Figure, Samples, SubjectName } from './figure.ts';
import { countOf, valuesOf } from './figure.ts';
import { writeOpenRequests } from './open-requests.ts';
import { median } from './statistics.ts';
import { emptyDatabase } from './subjects.ts';
import { workstations } from './workstations.ts';

const openRequests = 1_000;
const rounds = 3;
const timeoutMs = 120_000;

/** With the usual budgets of calls: Defender's own limits hold after a kill too. */
const settings = { TRACKING_INTERVAL_SECONDS: '15', LOG_LEVEL: 'warn' };

/** From SIGKILL, with the restart right behind it, until Defender was asked about the last of all open actions. */
export async function measureTakeOver(postgresUrl: string | undefined): Promise<Figure[]> {
  const samples: Samples = { pglite: await take({}) };
  if (postgresUrl !== undefined) {
    samples.postgres = await take({ databaseUrl: await emptyDatabase(postgresUrl) });
  }
  return [
    {
      name: `kill → all of ${openRequests} open requests tracked again`,
      unit: 's',
      samples: countOf(samples),
      values: valuesOf(samples, median) satisfies Partial<Record<SubjectName, number>>,
    },
  ];
}

async function take(options: { readonly databaseUrl?: string }): Promise<number[]> {
  const moreDevices = workstations(openRequests, false);
  const sandbox = await startSandbox({ ...options, page: false, settings, moreDevices });
  try {
    const { bot, tokenService, world } = sandbox;
    tokenService.signIn(world.person('alex'));
    await bot.stop();
    await writeOpenRequests(sandbox, moreDevices);
    const actions = sandbox.defender.actions().map(({ id }) => id);
    const first = allAsked(actions);
    await bot.start();
    await first;
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      await bot.kill();
      const again = allAsked(actions);
      await bot.start();
      await again;
      seconds.push((performance.now() - started) / 1_000);
    }
    return seconds;
  } finally {
    await sandbox.stop();
  }
}

/**
 * Resolves when each of the actions was asked about by a list that was begun from now on and answered. The simulated
 * Defender runs in this process: what Node's HTTP server tells is the whole address, which the wire cuts.
 */
function allAsked(actions: readonly string[]): Promise<void> {
  const missing = new Set(actions);
  const begun = new WeakSet<object>();
  return new Promise((resolve, reject) => {
    const onBegin = (message: unknown): void => {
      const { request } = exchangeIn(message);
      if (request !== undefined) begun.add(request);
    };
    const onAnswer = (message: unknown): void => {
      const { request, status } = exchangeIn(message);
      if (request === undefined || !begun.has(request) || status !== 200) return;
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname !== '/api/machineactions') return;
      for (const [id] of (searchParams.get('$filter') ?? '').matchAll(uuid)) missing.delete(id);
      if (missing.size === 0) finish(resolve);
    };
    const finish = (settle: () => void): void => {
      unsubscribe('http.server.request.start', onBegin);
      unsubscribe('http.server.response.finish', onAnswer);
      clearTimeout(timer);
      settle();
    };
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`${missing.size} actions were not asked about in time.`)));
    }, timeoutMs);
    subscribe('http.server.request.start', onBegin);
    subscribe('http.server.response.finish', onAnswer);
  });
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface Exchange {
  readonly request?: IncomingMessage;
  readonly status?: number;
}

/** https://nodejs.org/api/diagnostics_channel.html#http */
function exchangeIn(message: unknown): Exchange {
  if (typeof message !== 'object' || message === null) return {};
  const request = 'request' in message ? message.request : undefined;
  const response = 'response' in message ? message.response : undefined;
  return {
    ...(request instanceof IncomingMessage ? { request } : {}),
    ...(response instanceof ServerResponse ? { status: response.statusCode } : {}),
  };
}
