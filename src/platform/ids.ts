import { randomBytes } from 'node:crypto';
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

export function newAttemptId(): string {
  return newId('att');
}
