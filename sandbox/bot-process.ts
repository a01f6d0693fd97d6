import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** The embedded database is created at the first start, which takes seconds on a busy machine. */
const readyTimeoutMs = 90_000;
const stopTimeoutMs = 15_000;
const outputLimit = 2_000_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real bot as a child process: what it gets is its settings, and all it shows is HTTP and its output. */
export interface BotProcess {
  readonly url: string;
  /** Where it runs; a `.env` there is read when it starts. */
  readonly folder: string;
  /** Resolves when the bot says that it is ready; rejects with its last words when it ends before. */
  start(): Promise<void>;
  /** Asks it to end and waits; ends it by force when it does not. */
  stop(signal?: NodeJS.Signals): Promise<Exit | undefined>;
  /** As a power cut would. */
  kill(): Promise<Exit | undefined>;
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: as a machine that stands still for a while. Nothing happens to a bot that is not running. */
  signal(name: NodeJS.Signals): void;
  /** What it wrote on both streams, since the first start. */
  output(): string;
  readonly running: boolean;
  /** Of the process, while it runs. */
  readonly pid: number | undefined;
  /** Of the run in progress, or the last one; never settles before the first start. */
  readonly exited: Promise<Exit>;
}

export interface BotProcessOptions {
  readonly entry: string;
  readonly nodeArgs: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly url: string;
  /** Gets all that it writes on both streams, in whole lines. */
  readonly onOutput?: (lines: string) => void;
}

export function createBotProcess(options: BotProcessOptions): BotProcess {
  let child: ChildProcess | undefined;
  const said = createOutput(options.onOutput);
  let exited = new Promise<Exit>(() => undefined);
  const end = async (signal: NodeJS.Signals): Promise<Exit | undefined> => {
    if (child === undefined) return undefined;
    child.kill(signal);
    const force = setTimeout(() => child?.kill('SIGKILL'), stopTimeoutMs);
    return exited.finally(() => clearTimeout(force));
  };
  const start = async (): Promise<void> => {
    if (child !== undefined) throw new Error('The bot runs already.');
    const started = spawn(process.execPath, [...options.nodeArgs, options.entry], {
      cwd: options.folder,
      env: { ...inherited(), ...options.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    said.keep(started.stdout);
    said.keep(started.stderr);
    exited = new Promise((resolve) => {
      const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
        // The end of one run may be told when the next one has begun.
        if (child === started) child = undefined;
        resolve({ code, signal });
      };
      started.once('close', gone);
      started.once('error', () => gone(null, null));
    });
    // Whatever way this process ends, its child ends with it, and before the folder it writes to is removed.
    const last = (): void => void started.kill('SIGKILL');
    process.prependOnceListener('exit', last);
    void exited.then(() => process.off('exit', last));
    await ready(options.url, exited, said.all);
  };
  return {
    url: options.url,
    folder: options.folder,
    start,
    stop: (signal = 'SIGTERM') => end(signal),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
    signal: (name) => void child?.kill(name),
    output: said.all,
    get running() {
      return child !== undefined;
    },
    get pid() {
      return child?.pid;
    },
    get exited() {
      return exited;
    },
  };
}

/** The last of what was said; whoever listens gets all of it. */
function createOutput(onOutput: (lines: string) => void = () => undefined) {
  let output = '';
  return {
    all: (): string => output,
    keep: (stream: Readable): void => {
      let begun = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-outputLimit);
        const lines = (begun + chunk).split('\n');
        begun = lines.pop() ?? '';
        onOutput(lines.join('\n'));
      });
      stream.once('end', () => onOutput(begun));
    },
  };
}

async function ready(url: string, exited: Promise<Exit>, output: () => string): Promise<void> {
  const state: { exit?: Exit } = {};
  void exited.then((exit) => (state.exit = exit));
  const deadline = performance.now() + readyTimeoutMs;
  while (performance.now() < deadline) {
    if (state.exit !== undefined)
      throw new Error(`The bot ended before it was ready:\n${lastWords(output())}`);
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await pause(50);
  }
  throw new Error(`The bot was not ready in time:\n${lastWords(output())}`);
}

export function lastWords(output: string): string {
  return output.trimEnd().split('\n').slice(-20).join('\n');
}

/** Only what a program needs of its surroundings: a developer's own settings must not leak into the sandbox. */
function inherited(): Record<string, string> {
  const ofSystem = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];
  const names = [...ofSystem, 'NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
