import { ChatError } from './ports.ts';
import type { Again } from './run-job.ts';

/** Of a thread that is gone nobody hears anything: that is settled too. */
export async function giveUpWhenGone(send: () => Promise<void>): Promise<Again | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (!(error instanceof ChatError) || (error.kind === 'later' && error.retryAfterMs === undefined))
      throw error;
    return error.kind === 'later' ? again(error.retryAfterMs ?? 1_000) : undefined;
  }
}

export function again(ms: number): Again {
  return { againInSeconds: Math.max(1, ms / 1000) };
}
