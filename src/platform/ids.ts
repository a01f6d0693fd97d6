import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { RequestId } from '../containment/ids.ts';

/** 128 random bits behind a prefix that says what it names. */
function newId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('base64url')}`;
}

export function newRequestId(): RequestId {
  return newId('req') as RequestId;
}

export function newClickId(): string {
  return newId('clk');
}

export function newQuestionId(): string {
  return newId('ask');
}

export function newInstanceId(): string {
  return newId('ins');
}

export function newAttemptId(): string {
  return newId('att');
}

/** The job engine's ids are UUIDs. */
export function newNoteId(): string {
  return randomUUID();
}

/** A random share of a wait, from 0 to 1: what failed together must not come again together. */
export function randomShare(): number {
  return randomInt(1_000_001) / 1_000_000;
}
