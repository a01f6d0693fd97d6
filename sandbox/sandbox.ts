import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AddressBook } from './address-book.ts';
import { addressBook } from './address-book.ts';
import type { BotProcess } from './bot-process.ts';
import { createBotProcess } from './bot-process.ts';
import { channelIssuer, createChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import type { Connector } from './connector.ts';
import { connectorPath, createConnector } from './connector.ts';
import type { Defender } from './defender/defender.ts';
import { createDefender } from './defender/defender.ts';
import type { Entra } from './entra.ts';
import { createEntra } from './entra.ts';
import type { Faults } from './faults.ts';
import { createFaults } from './faults.ts';
import type { Port } from './http.ts';
import { freePort, openPlainPort, openTlsPort } from './http.ts';
import { createMessageStore } from './message-store.ts';
import type { PageServer } from './page-server.ts';
import { createPageServer } from './page-server.ts';
import { botSettings } from './settings.ts';
import type { Teams } from './teams.ts';
import { createTeams } from './teams.ts';
import type { Tls } from './tls.ts';
import { createTempFolder, createTls, writeCaBundle } from './tls.ts';
import type { TokenService } from './token-service.ts';
import { createTokenService } from './token-service.ts';
import type { Wire } from './wire.ts';
import { createWire } from './wire.ts';
import { devices, people } from './world.ts';

export interface SandboxOptions {
  /** `none`: everything but the bot; whoever wants may listen at its address. */
  readonly bot?: 'start' | 'none';
  /** The chat page; the sign-in pages are there in any case. */
  readonly page?: boolean;
  /** Wanted port of the pages; a free one when absent or taken. */
  readonly pagePort?: number;
  readonly databaseUrl?: string;
  /** Settings of the bot beside or in place of the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How slowly Defender's actions move: 1 for people, 0.05 for tests. */
  readonly pace?: number;
  readonly nodeArgs?: readonly string[];
  /** More `host:port` that the bot may send activities to. */
  readonly serviceHosts?: readonly string[];
  /** Whether Teams tells the bot at the start that it was installed; true when absent. */
  readonly install?: boolean;
  readonly botEntry?: string;
}

export interface Sandbox {
  readonly world: AddressBook;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly channel: Channel;
  readonly entra: Entra;
  readonly tokenService: TokenService;
  readonly connector: Connector;
  readonly defender: Defender;
  readonly teams: Teams;
  /** The bot's environment, with the sandbox's addresses. */
  readonly settings: Readonly<Record<string, string>>;
  /** The throwaway authority, for clients in this process. */
  readonly ca: string;
  readonly bot: BotProcess;
  /** Of the chat page, when there is one. */
  readonly pageUrl: string | undefined;
  /** Ends the bot and all servers, and removes what they wrote; safe to call again. */
  stop(): Promise<void>;
}

const defenderResource = 'https://api.securitycenter.microsoft.com';
const root = join(import.meta.dirname, '..');

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await openSandbox(options);
  try {
    if (options.bot !== 'none') {
      await sandbox.bot.start();
      if (options.install !== false) await sandbox.teams.install();
    }
    return sandbox;
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const [tls, folder, botPort] = await Promise.all([createTls(), createTempFolder(), botPortOf(options)]);
  const ports = await openPorts(tls, options.pagePort);
  const services = await createServices(options, ports, `http://127.0.0.1:${botPort}`);
  const { channel, defender, teams } = services;
  const pages = createPageServer({ ...services, chat: options.page !== false });
  connect(ports, services, pages);

  const serviceHosts = [new URL(teams.serviceUrl).host, ...(options.serviceHosts ?? [])];
  const settings = {
    ...botSettings(
      {
        botPort,
        entra: ports.entra.origin,
        tokenService: ports.tokens.origin,
        defender: ports.defender.origin,
        metadataUrl: channel.metadataUrl,
        serviceHosts,
      },
      {
        appSecret: services.appSecret,
        databaseUrl: options.databaseUrl ?? `pglite:${join(folder.path, 'database')}`,
        caBundle: await writeCaBundle(tls.ca, folder.path),
      },
    ),
    ...options.settings,
  };
  const bot = createBotProcess({
    entry: options.botEntry ?? join(root, 'bot', 'main.ts'),
    nodeArgs: options.nodeArgs ?? [],
    settings,
    folder: folder.path,
    url: `http://127.0.0.1:${botPort}`,
  });
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await bot.stop();
    pages.stop();
    defender.stop();
    await Promise.all(Object.values<Port>({ ...ports }).map((port) => port.close()));
    await folder.remove();
  };
  return {
    ...services,
    world: addressBook,
    settings,
    ca: tls.ca,
    bot,
    pageUrl: options.page === false ? undefined : ports.pages.origin,
    stop: () => (stopping ??= stop()),
  };
}

function botPortOf({ settings }: SandboxOptions): Promise<number> | number {
  const wanted = settings?.['PORT'];
  return wanted === undefined ? freePort() : Number(wanted);
}

interface Ports {
  readonly entra: Port;
  readonly channel: Port;
  readonly tokens: Port;
  readonly defender: Port;
  readonly pages: Port;
}

async function openPorts(tls: Tls, pagePort: number | undefined): Promise<Ports> {
  return {
    entra: await openTlsPort(tls),
    channel: await openTlsPort(tls),
    tokens: await openTlsPort(tls),
    defender: await openTlsPort(tls),
    pages: await openPlainPort(pagePort),
  };
}

function connect(ports: Ports, services: Services, pages: PageServer): void {
  const { channel, connector, defender, entra, tokenService } = services;
  ports.entra.serve(entra.handle);
  ports.tokens.serve(tokenService.handle);
  ports.pages.serve(pages.handle);
  ports.defender.serve((req, res) => defender.handle(req, res));
  ports.channel.serve((req, res) => {
    if (!channel.handle(req, res)) connector.handle(req, res);
  });
}

type Services = Pick<
  Sandbox,
  'faults' | 'wire' | 'channel' | 'entra' | 'tokenService' | 'connector' | 'defender' | 'teams'
> & { readonly appSecret: string };

async function createServices({ pace = 1 }: SandboxOptions, ports: Ports, botUrl: string): Promise<Services> {
  const faults = createFaults();
  const wire = createWire();
  const messages = createMessageStore();
  const appSecret = randomBytes(24).toString('base64url');
  const both = { faults, wire };
  const entra = await createEntra({
    ...both,
    origin: ports.entra.origin,
    appSecret,
    defenderResource,
    channelScope: channelIssuer,
  });
  const channel = await createChannel(ports.channel.origin);
  const serviceUrl = `${ports.channel.origin}${connectorPath}`;
  return {
    ...both,
    appSecret,
    entra,
    channel,
    tokenService: createTokenService({ ...both, entra, signInOrigin: ports.pages.origin }),
    connector: createConnector({ ...both, entra, messages }),
    defender: createDefender({ ...both, devices, people, verifyToken: entra.verifyDefenderToken, pace }),
    teams: createTeams({ ...both, botUrl: () => botUrl, serviceUrl, channel, entra, messages }),
  };
}
