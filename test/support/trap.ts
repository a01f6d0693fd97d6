import { writeFileSync } from 'node:fs';
import type { Step } from '../../src/platform/steps.ts';

/** Where the bot shall end next; read by `kill-at-step.ts` inside the bot. */
export interface Trap {
  readonly step: Step;
  /** At which passing; the first is 1. */
  readonly pass: number;
  /** Only where this request passes; without it any. */
  readonly requestId?: string | undefined;
  /** SIGSTOP: stands still there instead of ending. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP' | undefined;
  /** Tells two traps at the same step apart. */
  readonly serial: number;
}

/** The bot reads the file at each step: an empty one is no trap. */
export function layTrap(file: string, trap: Trap | undefined): void {
  writeFileSync(file, trap === undefined ? '' : JSON.stringify(trap));
}
