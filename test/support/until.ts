import assert from 'node:assert/strict';
import { setTimeout as breath } from 'node:timers/promises';

/** Waits for a state that nobody announces. */
export async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `It did not come about within ${timeoutMs} ms.`);
    await breath(50);
  }
}
