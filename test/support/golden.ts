import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Compares with a golden file below test/golden. `UPDATE_GOLDEN=1 npm test` writes the files anew; what changed is
 * then reviewed as a diff.
 */
export function assertGolden(path: string, value: unknown): void {
  const file = new URL(`../golden/${path}`, import.meta.url).pathname;
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, 'utf8'));
}
