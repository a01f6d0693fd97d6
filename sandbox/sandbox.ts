import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AddressBook } from './address-book.ts';
import { addressBook } from './address-book.ts';
import type { BotProcess, BotProcessOptions } from './bot-process.ts';
import { createBotProcess } from './bot-process.ts';
import type { ChooseBot } from './fleet.ts';
import { createFleet } from './fleet.ts';
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
import type { Issued } from './issued.ts';
import { createIssued } from './issued.ts';
import type { Port } from './http.ts';
import { freePort } from './free-port.ts';
import { openPlainPort, openTlsPort } from './http.ts';
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
import type { Device, Person } from './world.ts';
import { devices, people } from './world.ts';

export interface SandboxOptions {
  /** `none`: everything but the bot; whoever wants may listen at its address. */
  readonly bot?: 'start' | 'none';
  /** The chat page; the sign-in pages are there in any case. */
  readonly page?: boolean;
  /** Wanted port of the pages; a free one when absent or taken. */
  readonly pagePort?: number;
  readonly databaseUrl?: string;
  /** Settings of the bot beside or in place of the usual ones; one that is undefined is not set at all. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** How slowly Defender's actions move: 1 for people, 0.05 for tests. */
  readonly pace?: number;
  readonly nodeArgs?: readonly string[];
  /** More `host:port` that the bot may send activities to. */
  readonly serviceHosts?: readonly string[];
  /** Whether Teams tells the bot at the start that it was installed; true when absent. */
  readonly install?: boolean;
  readonly botEntry?: string;
  /** Processes of the bot, each on its own port, all on one database: more than one needs a `databaseUrl`. */
  readonly bots?: number;
  /** Which running bot the next activity is delivered to; in turn when absent. */
  readonly chooseBot?: ChooseBot;
  /** Devices beside those of the seeded world. */
  readonly moreDevices?: readonly Device[];
  /** Defender's clock, in milliseconds of the epoch; this machine's when absent. */
  readonly defenderNow?: () => number;
  /** Who may sign in beside those of the seeded world. */
  readonly morePeople?: readonly Person[];
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
  /** Every token, code and secret from here, and what of it a bot's output was seen to hold. */
  readonly issued: Issued;
  /** The bot's environment, with the sandbox's addresses. */
  readonly settings: Readonly<Record<string, string>>;
  /** The throwaway authority, for clients in this process. */
  readonly ca: string;
  /** The first of the bots; mostly the only one. */
  readonly bot: BotProcess;
  readonly bots: readonly BotProcess[];
  /** Of the chat page, when there is one. */
  readonly pageUrl: string | undefined;
  /**
   * Ends the bot and all servers, and removes what they wrote; safe to call again. Throws when the bot's output held a token
   * or secret that was issued here.
   */
  stop(): Promise<void>;
}

const defenderResource = 'https://api.securitycenter.microsoft.com';
const root = join(import.meta.dirname, '..');

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await openSandbox(options);
  try {
    if (options.bot !== 'none') {
      await Promise.all(sandbox.bots.map((bot) => bot.start()));
      if (options.install !== false) await sandbox.teams.install();
    }
    return sandbox;
  } catch (error) {
    await sandbox.stop().catch(() => undefined);
    throw error;
  }
}

async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const [tls, folder, botPorts] = await Promise.all([createTls(), createTempFolder(), botPortsOf(options)]);
  const ports = await openPorts(tls, options.pagePort);
  const fleet = createFleet(options.chooseBot);
  const services = await createServices(options, ports, () => fleet.next().url);
  const { defender } = services;
  const pages = createPageServer({ ...services, chat: options.page !== false });
  connect(ports, services, pages);

  const caBundle = await writeCaBundle(tls.ca, folder.path);
  const databaseUrl = options.databaseUrl ?? `pglite:${join(folder.path, 'database')}`;
  const secrets = { appSecret: services.appSecret, databaseUrl, caBundle };
  // Whichever of several bots takes the callback: people reach them all by one address.
  const publicUrl = `http://127.0.0.1:${botPorts[0] ?? 0}`;
  services.entra.codes.register(`${publicUrl}/auth/callback`);
  const [first, ...others] = botPorts.map((port) => {
    const settings = settingsOf(options, ports, services, { port, publicUrl, secrets });
    const onOutput = (lines: string): void => services.issued.read(lines);
    const place = { settings, folder: folder.path, port, onOutput };
    return { settings, bot: fleet.add(processOf(options, place)) };
  });
  if (first === undefined) throw new Error('A sandbox has at least one bot.');
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(fleet.bots.map((bot) => bot.stop()));
    pages.stop();
    defender.stop();
    await Promise.all(Object.values<Port>({ ...ports }).map((port) => port.close()));
    await folder.remove();
    const { found } = services.issued;
    if (found.length > 0) throw new Error(`The output of the bot held secrets: ${found.join(', ')}.`);
  };
  return {
    ...services,
    world: addressBook,
    settings: first.settings,
    ca: tls.ca,
    bot: first.bot,
    bots: [first, ...others].map(({ bot }) => bot),
    pageUrl: options.page === false ? undefined : ports.pages.origin,
    stop: () => (stopping ??= stop()),
  };
}

function settingsOf(
  options: SandboxOptions,
  ports: Ports,
  { channel, teams }: Services,
  {
    port,
    publicUrl,
    secrets,
  }: { port: number; publicUrl: string; secrets: Parameters<typeof botSettings>[1] },
): Readonly<Record<string, string>> {
  const addresses = {
    botPort: port,
    publicUrl,
    entra: ports.entra.origin,
    tokenService: ports.tokens.origin,
    defender: ports.defender.origin,
    metadataUrl: channel.metadataUrl,
    serviceHosts: [new URL(teams.serviceUrl).host, ...(options.serviceHosts ?? [])],
  };
  const wanted: Record<string, string | undefined> = {
    ...botSettings(addresses, secrets),
    ...options.settings,
    PORT: String(port),
  };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function processOf(
  { botEntry = join(root, 'bot', 'main.ts'), nodeArgs = [] }: SandboxOptions,
  { port, ...place }: Pick<BotProcessOptions, 'settings' | 'folder' | 'onOutput'> & { port: number },
): BotProcess {
  return createBotProcess({ entry: botEntry, nodeArgs, ...place, url: `http://127.0.0.1:${port}` });
}

async function botPortsOf({ settings, bots = 1 }: SandboxOptions): Promise<number[]> {
  const wanted = settings?.['PORT'];
  const others = wanted === undefined ? bots : bots - 1;
  const free = await Promise.all(Array.from({ length: others }, () => freePort()));
  return wanted === undefined ? free : [Number(wanted), ...free];
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
  'faults' | 'wire' | 'channel' | 'entra' | 'tokenService' | 'connector' | 'defender' | 'teams' | 'issued'
> & { readonly appSecret: string };

async function createServices(
  { pace = 1, moreDevices = [], morePeople = [], defenderNow = Date.now }: SandboxOptions,
  ports: Ports,
  botUrl: () => string,
): Promise<Services> {
  const faults = createFaults();
  const wire = createWire();
  const messages = createMessageStore();
  const issued = createIssued();
  const appSecret = randomBytes(24).toString('base64url');
  const both = { faults, wire, issued };
  const entra = await createEntra({
    ...both,
    origin: ports.entra.origin,
    signInOrigin: ports.pages.origin,
    appSecret,
    defenderResource,
    channelScope: channelIssuer,
    morePeople,
  });
  const channel = await createChannel(ports.channel.origin, { issued });
  const serviceUrl = `${ports.channel.origin}${connectorPath}`;
  const connector = createConnector({ ...both, entra, messages });
  const { installedIn, departed } = connector;
  return {
    ...both,
    appSecret,
    entra,
    channel,
    tokenService: createTokenService({ ...both, entra, signInOrigin: ports.pages.origin }),
    connector,
    defender: createDefender({
      ...both,
      devices: [...devices, ...moreDevices],
      people: [...people, ...morePeople],
      verifyToken: entra.verifyDefenderToken,
      pace,
      now: defenderNow,
    }),
    teams: createTeams({ ...both, botUrl, serviceUrl, channel, entra, messages, installedIn, departed }),
  };
}
