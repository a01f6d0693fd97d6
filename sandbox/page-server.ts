import type { RequestListener } from 'node:http';
import { createAuthorizePages } from './authorize-pages.ts';
import type { Defender } from './defender/defender.ts';
import type { Entra } from './entra.ts';
import { createEventStream } from './event-stream.ts';
import type { Faults } from './faults.ts';
import { sendJson, urlOf } from './http.ts';
import { createPageApi, deviceStates } from './page-api.ts';
import { forwardEvents } from './page-events.ts';
import { servePageFile } from './page-files.ts';
import { createSignInPages } from './sign-in-pages.ts';
import type { Teams } from './teams.ts';
import type { TokenService } from './token-service.ts';
import type { Wire } from './wire.ts';

export interface PageServerOptions {
  readonly teams: Teams;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly defender: Defender;
  readonly tokenService: TokenService;
  readonly entra: Entra;
  /** Whether there is a chat page beside the sign-in pages. */
  readonly chat: boolean;
}

export interface PageServer {
  readonly handle: RequestListener;
  stop(): void;
}

/** What a browser sees of the sandbox: sign-in pages, and the chat page with its API. */
export function createPageServer(options: PageServerOptions): PageServer {
  const { chat, entra, faults, teams, tokenService, wire } = options;
  const signIn = createSignInPages(tokenService.signIns);
  const authorize = createAuthorizePages(entra.codes);
  const stream = createEventStream();
  const api = createPageApi({ ...options, stream });
  const silence = forwardEvents(stream, teams.messages, faults, wire);
  // A switch may take all devices offline at once.
  const unwatch = faults.onChange(() => stream.send('devices', { devices: deviceStates(options.defender) }));
  return {
    handle: (req, res) => {
      if (signIn(req, res) || authorize(req, res)) return;
      if (!chat) sendJson(res, { status: 404 });
      else if (!api(req, res)) void servePageFile(urlOf(req).pathname, res);
    },
    stop: () => {
      silence();
      unwatch();
      stream.close();
    },
  };
}
