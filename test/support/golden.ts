import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares with a JSON file, named from the root of the project. `UPDATE_GOLDEN=1 npm test && npm run format` writes
 * such files anew; what changed is then reviewed as a diff.
 */
export function assertGolden(path: string, value: unknown): void {
  const file = new URL(`../../${path}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  }
  assert.deepEqual(value, JSON.parse(readFileSync(file, 'utf8')));
}
