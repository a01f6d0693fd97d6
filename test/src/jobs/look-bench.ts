import { createDefenderClient } from '../../../src/defender/client.ts';
import { type Harness, tokenOf } from '../../sandbox/defender-harness.ts';
import type { Workbench } from './workbench.ts';

export const basicScopes = ['Machine.Read', 'Machine.RestrictExecution'];

interface Given {
  readonly bench: Workbench;
  readonly defender: Harness;
  readonly scopes?: readonly string[];
  /** In place of the one that asks the simulated Defender. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What a look at devices needs: the bench's store, and somebody's token for the simulated Defender; `calls` are what came of it. */
export function createLook({ bench, defender, scopes = basicScopes, fetch = globalThis.fetch }: Given) {
  const calls: string[] = [];
  const client = createDefenderClient({
    apiUrl: defender.url,
    fetch,
    governor: { acquire: () => Promise.resolve({ granted: true }), pause: () => Promise.resolve() },
    onCall: ({ path }) => calls.push(path),
  });
  const token = tokenOf('alex', { scp: scopes.join(' ') });
  const access: Workbench['parts']['access'] = {
    forPerson: () => Promise.resolve({ ok: true, token, scopes, expiresAt: new Date('2100-01-01') }),
  };
  return { calls, parts: { requests: bench.requests, access, defender: client } };
}
