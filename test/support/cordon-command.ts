import { spawn } from 'node:child_process';

const main = new URL('../../bot/cli/main.ts', import.meta.url).pathname;

export interface CommandEnd {
  readonly code: number | null;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs `cordon …` as a process of its own, in a folder where no `.env` lies, with nothing but the given settings. */
export function cordon(
  words: readonly string[],
  { folder, settings = {} }: { folder: string; settings?: Readonly<Record<string, string>> },
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: { ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out: linesOf(out), err: linesOf(err) }));
  });
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
