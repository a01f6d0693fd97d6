import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { openPlainPort } from './http.ts';
import { createPlaygroundBridge } from './playground-bridge.ts';
import { playgroundConfig } from './playground-config.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';
import { createTempFolder } from './tls.ts';

const packageName = '@microsoft/m365agentsplayground@0.2.28';
const fetchTimeoutMs = 90_000;

export interface PlaygroundSandbox {
  readonly sandbox: Sandbox;
  stop(): Promise<void>;
}

/**
 * Puts Microsoft's own test client in front of the bot. It is fetched by name when asked for and never part of
 * the product: its licence is for evaluation only.
 */
export async function startPlayground(
  options: SandboxOptions,
  out: { write(text: string): unknown },
): Promise<PlaygroundSandbox> {
  const folder = await createTempFolder();
  const bridgePort = await openPlainPort();
  const clientPort = await freePort();
  const clientUrl = `http://127.0.0.1:${clientPort}`;
  const child = await launch(folder.path, clientPort, bridgePort.origin);
  let sandbox: Sandbox | undefined;
  const stop = async (): Promise<void> => {
    child.stop();
    await bridgePort.close();
    await sandbox?.stop();
    await folder.remove();
  };
  try {
    await child.ready(clientUrl);
    const serviceHosts = [new URL(bridgePort.origin).host];
    sandbox = await startSandbox({ ...options, serviceHosts, install: false });
    bridgePort.serve(createPlaygroundBridge(sandbox, clientUrl, bridgePort.origin));
    out.write(`\nThe Microsoft 365 Agents Playground is at ${clientUrl} (you are Riley).\n`);
    out.write(
      'It knows no refresh and no second person: the chat page shows those. Ctrl-C ends everything.\n\n',
    );
    return { sandbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Client {
  ready(url: string): Promise<void>;
  stop(): void;
}

async function launch(folder: string, port: number, bridge: string): Promise<Client> {
  await writeFile(join(folder, '.m365agentsplayground.yml'), playgroundConfig());
  const stubs = await stubBrowserLauncher(folder);
  const args = ['start', '-e', `${bridge}/api/messages`, '-c', 'msteams', '-p', String(port)];
  const child = spawn(
    'npx',
    ['--yes', packageName, ...args, '--service-url', `${bridge}/connector`, '--disable-telemetry'],
    {
      cwd: folder,
      env: { ...process.env, PATH: `${stubs}${delimiter}${process.env['PATH'] ?? ''}` },
      stdio: 'ignore',
      // npx starts a shell that starts the client: only the group as a whole can be ended.
      detached: true,
    },
  );
  let ended = false;
  const gone = (): void => void (ended = true);
  child.once('exit', gone);
  child.once('error', gone);
  const stop = (): void => {
    if (child.pid === undefined || ended) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // The group is gone already, which is what was wanted.
    }
  };
  process.once('exit', stop);
  const hasEnded = (): boolean => ended;
  return { stop, ready: (url) => untilReady(url, hasEnded) };
}

/** It opens a browser at its start and ends where there is none to open. */
async function stubBrowserLauncher(folder: string): Promise<string> {
  const path = join(folder, 'bin');
  await mkdir(path);
  await writeFile(join(path, 'xdg-open'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return path;
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + fetchTimeoutMs;
  while (performance.now() < deadline && !hasEnded()) {
    const answer = await fetch(`${url}/_internal/v1/config`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(
    `The Playground could not be started: is the npm registry reachable, and does it have ${packageName}? ` +
      'Without it, `npm run sandbox` shows the chat page.',
  );
}
