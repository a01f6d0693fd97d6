type Ending = () => Promise<void>;

const endings: Ending[] = [];

/** Has something done once the tests that share it have run: with `--parallel` that is the end of the file. */
export function atEnd(ending: Ending): void {
  endings.push(ending);
}

/**
 * Loaded by mocha itself (`.mocharc.json`). A root hook that a test file registers would belong to that file
 * alone: in the next one of the same process its module is loaded already, and nobody would end anything.
 */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    for (const ending of endings.splice(0)) await ending();
  },
};
