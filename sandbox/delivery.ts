import { setTimeout as pause } from 'node:timers/promises';
import type { Activity } from './activities.ts';
import type { Channel } from './channel.ts';
import { parseObject } from './http.ts';
import type { Wire } from './wire.ts';

/** Azure Bot Service gives a bot so long, then the person sees an error. */
const botTimeoutMs = 15_000;

export interface Delivered {
  /** Undefined when the bot did not answer at all. */
  readonly status: number | undefined;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
  readonly ms: number;
}

export interface DeliverOptions {
  /** Another token than the right one; null for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Posts one activity, or any text, to the bot, once, signed as the Bot Framework signs. */
export type Deliver = (activity: Activity | string, options?: DeliverOptions) => Promise<Delivered>;

export function createDelivery(botUrl: () => string, channel: Channel): Deliver {
  return async (activity, { token, headers, timeoutMs = botTimeoutMs } = {}) => {
    const started = performance.now();
    const serviceUrl = typeof activity === 'string' ? '' : String(activity['serviceUrl']);
    const bearer = token === undefined ? await channel.sign(serviceUrl) : token;
    const result = await fetch(`${botUrl()}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      body: typeof activity === 'string' ? activity : JSON.stringify(activity),
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
      .catch(() => ({ status: undefined, text: '' }));
    return { ...result, body: parseObject(result.text), ms: Math.round(performance.now() - started) };
  };
}

/** Teams sends an activity again, with the same id, when the bot answers with a fault or not at all. */
export async function deliverAsTeams(
  deliver: Deliver,
  activity: Activity,
  retry: { readonly attempts: number; readonly delayMs: number },
): Promise<Delivered> {
  let delivered = await deliver(activity);
  for (let attempt = 1; attempt < retry.attempts && failed(delivered); attempt += 1) {
    await pause(retry.delayMs * attempt);
    delivered = await deliver(activity);
  }
  return delivered;
}

function failed({ status }: Delivered): boolean {
  return status === undefined || status >= 500;
}

/** The same, put on the wire. */
export function recordDeliveries(deliver: Deliver, wire: Wire): Deliver {
  return async (activity, options) => {
    const delivered = await deliver(activity, options);
    const { status, ms, body } = delivered;
    const facts: Activity = typeof activity === 'string' ? {} : activity;
    const { value, name, type, from } = facts as {
      value?: { action?: { verb?: string }; authentication?: unknown };
      name?: string;
      type?: string;
      from?: { name?: string };
    };
    wire.record({
      from: 'teams',
      to: 'bot',
      what: [name ?? type ?? 'raw body', value?.action?.verb ?? ''].join(' ').trim(),
      ...(from?.name === undefined ? {} : { as: from.name }),
      ...(status === undefined ? {} : { status }),
      ms,
      detail: { activity: facts, answer: body },
    });
    return delivered;
  };
}
