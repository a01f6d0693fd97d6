import { userInfo } from 'node:os';

/** Who typed the command, as far as the operating system tells; no identity is claimed by it. */
export function operatorName(): string {
  try {
    return `operator:${userInfo().username}`;
  } catch {
    // A container may run under a number that has no name.
    return `operator:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
