import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');

/** Titles of the attack suite, as the runner reads them without running anything. */
function titlesOfTests(): string[] {
  const report = execFileSync(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', '--dry-run', '--reporter', 'json', 'test/attack/*.test.ts'],
    { cwd: root, encoding: 'utf8', maxBuffer: 10_000_000, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { tests } = z
    .object({ tests: z.array(z.object({ fullTitle: z.string() })) })
    .parse(JSON.parse(report.slice(report.indexOf('{'))));
  return tests.map(({ fullTitle }) => fullTitle);
}

function titlesOfDocument(): string[] {
  const [, attacks = ''] = readFileSync(join(root, 'docs', 'threat-model.md'), 'utf8').split(
    '\n## Attacks\n',
  );
  let heading = '';
  return attacks.split('\n').flatMap((line) => {
    if (line.startsWith('### ')) heading = line.slice(4);
    return line.startsWith('- ') ? [`${heading} ${line.slice(2)}`] : [];
  });
}

describe('The threat model', () => {
  it('lists exactly the attacks that are tested, at least 60 of them', function () {
    this.timeout(60_000);
    const [tested, listed] = [titlesOfTests(), titlesOfDocument()];

    assert.deepEqual(listed.toSorted(), tested.toSorted());
    assert.ok(tested.length >= 60);
  });
});
