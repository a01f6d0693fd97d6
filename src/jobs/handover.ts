import type { Log } from '../platform/log.ts';
import type { Digest, Digests } from '../store/digest.ts';
import type { DueHandover, HandoverTimes, Handovers } from '../store/handovers.ts';
import type { Here } from '../store/here.ts';
import { ChatError } from './ports.ts';

export interface Handover {
  readonly here: Here;
  readonly digest: Digest;
  readonly times: HandoverTimes;
}

interface Parts {
  readonly handovers: Pick<Handovers, 'claimDue' | 'settle'>;
  readonly digests: Digests;
  /** Posts it to the conversation itself, in no thread. */
  readonly post: (handover: Handover) => Promise<void>;
  readonly log: Log;
}

const everyMs = 10_000;
/** Of the first one, and after a long stop: a day. */
const mostSeconds = 86_400;

/** Posts the handovers that are due, now and then until stopped. One that was sent and not recorded is sent once more. */
export function createHandoverWatch(parts: Parts) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function look(): Promise<void> {
    try {
      // One by one: posting all of many may take longer than a claim holds.
      const next = () => parts.handovers.claimDue();
      for (let due = await next(); due !== undefined; due = stopped ? undefined : await next())
        await postOne(parts, due);
    } catch (error) {
      parts.log.warn({ err: error }, 'handovers could not be looked at, they come again');
    }
  }

  return {
    start(): void {
      timer ??= setInterval(() => {
        running = running.then(look);
      }, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      stopped = true;
      await running;
    },
  };
}

async function postOne(parts: Parts, due: DueHandover): Promise<void> {
  const { here, times, postedAt, now } = due;
  const sinceLast = postedAt === undefined ? mostSeconds : (Date.parse(now) - Date.parse(postedAt)) / 1_000;
  try {
    const digest = await parts.digests.read(here, Math.min(mostSeconds, sinceLast));
    await parts.post({ here, digest, times });
  } catch (error) {
    // Throttled, or something of ours: it is taken up again when its claim is over.
    const isForLater = !(error instanceof ChatError) || error.kind === 'later';
    parts.log.warn({ err: error, isForLater }, 'a handover could not be posted');
    if (!isForLater) await parts.handovers.settle(due, 'not-possible');
    return;
  }
  await parts.handovers.settle(due, 'posted');
}
