import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressBook } from './address-book.ts';
import type { Defender } from './defender/defender.ts';
import type { EventStream } from './event-stream.ts';
import type { Faults, FaultState } from './faults.ts';
import { hints } from './hints.ts';
import type { JsonAnswer } from './http.ts';
import { asObject, asText, readObject, sendJson, urlOf } from './http.ts';
import { presets } from './presets.ts';
import { isSeenBy } from './message-store.ts';
import { slashCommands } from './slash-commands.ts';
import type { Teams } from './teams.ts';
import type { Wire } from './wire.ts';
import type { Conversation, Person } from './world.ts';
import { conversations, devices, people } from './world.ts';

export interface PageApiOptions {
  readonly teams: Teams;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly defender: Defender;
  readonly stream: EventStream;
}

interface Call extends PageApiOptions {
  readonly me: Person;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

type Answering = (call: Call) => JsonAnswer | Promise<JsonAnswer>;

const routes: Readonly<Record<string, Answering | undefined>> = {
  'GET /api/state': state,
  'GET /api/messages': listMessages,
  'POST /api/messages': say,
  'POST /api/invoke': invoke,
  'POST /api/faults': setFaults,
  'POST /api/devices': setDevice,
  'POST /api/portal': changeInPortal,
  'GET /api/wire': ({ wire, query }) => ({
    status: 200,
    body: wire.entries(Number(query.get('since') ?? 0)),
  }),
};

/** What the chat page asks of the sandbox. Answers whether the path was of that kind. */
export function createPageApi(
  options: PageApiOptions,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    const url = urlOf(req);
    if (!url.pathname.startsWith('/api/')) return false;
    const me = people.find(({ key }) => key === url.searchParams.get('as')) ?? people[0];
    const route = routes[`${req.method ?? ''} ${url.pathname}`];
    if (me === undefined || isForeign(req)) {
      sendJson(res, { status: 403 });
    } else if (req.method === 'GET' && url.pathname === '/api/events') {
      options.stream.open(res, me.key);
    } else if (route === undefined) {
      sendJson(res, { status: 404, body: { error: 'There is no such call.' } });
    } else {
      void answer(route, { ...options, me, query: url.searchParams, body: {} }, req, res);
    }
    return true;
  };
}

export function presetStates(state: FaultState): object[] {
  return presets.map(({ key, title, description, active }) => ({
    key,
    title,
    description,
    active: active(state),
  }));
}

async function answer(
  route: Answering,
  call: Call,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  try {
    const body = req.method === 'POST' ? ((await readObject(req)) ?? {}) : {};
    sendJson(res, await route({ ...call, body }));
  } catch {
    sendJson(res, { status: 500, body: { error: 'The sandbox could not do that.' } });
  }
}

/** Another site's page in the same browser must not press buttons here. */
function isForeign({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin !== undefined && origin !== `http://${host ?? ''}`;
}

function state({ me, faults, defender }: Call): JsonAnswer {
  const switches = faults.get();
  return {
    status: 200,
    body: {
      me,
      people,
      devices: deviceStates(defender),
      conversations: conversations.filter(({ members }) => members.includes(me.key)),
      bot: addressBook.bot,
      hints: hints(),
      slashCommands: slashCommands(),
      presets: presetStates(switches),
      switches,
    },
  };
}

function listMessages({ me, query, teams }: Call): JsonAnswer {
  const conversation = conversationOf(me, query.get('conversation'));
  return conversation === undefined
    ? noConversation
    : {
        status: 200,
        body: teams.messages.list(conversation.id).filter((each) => isSeenBy(each, me.teamsId)),
      };
}

async function say({ me, body, teams }: Call): Promise<JsonAnswer> {
  const conversation = conversationOf(me, body['conversationId']);
  if (conversation === undefined) return noConversation;
  const threadId = asText(body['threadId']);
  const how = { mention: body['mention'] === true, alone: body['alone'] === true };
  const options = threadId === undefined ? how : { ...how, threadId };
  const { delivered } = await teams.say(me, conversation, asText(body['text']) ?? '', options);
  const failed = delivered !== undefined && (delivered.status === undefined || delivered.status >= 400);
  return failed
    ? { status: 200, body: { ok: false, error: 'The message was sent, but the app could not be reached.' } }
    : { status: 200, body: { ok: true } };
}

async function invoke({ me, body, teams }: Call): Promise<JsonAnswer> {
  const conversation = conversationOf(me, body['conversationId']);
  if (conversation === undefined) return noConversation;
  const code = asText(body['code']);
  const { statusCode, type, value } = await teams.invoke(me, {
    conversationId: conversation.id,
    messageId: asText(body['messageId']) ?? '',
    verb: asText(body['verb']) ?? '',
    data: body['data'],
    trigger: body['trigger'] === 'automatic' ? 'automatic' : 'manual',
    ...(code === undefined ? {} : { code }),
  });
  return { status: 200, body: { statusCode, type, value } };
}

function setFaults({ body, faults }: Call): JsonAnswer {
  const preset = presets.find(({ key }) => key === body['preset']);
  if (body['reset'] === true) faults.reset();
  else if (preset !== undefined && body['on'] === false) preset.clear(faults);
  else if (preset !== undefined) preset.apply(faults);
  // The page is the sandbox's own; what it sends is taken for a patch.
  else faults.set(asObject(body['patch']) ?? {});
  const switches = faults.get();
  return { status: 200, body: { switches, presets: presetStates(switches) } };
}

function setDevice({ body, defender, stream }: Call): JsonAnswer {
  const device = devices.find(({ id }) => id === body['id']);
  if (device === undefined) return { status: 404, body: { error: 'There is no such device.' } };
  defender.setOnline(device.id, body['online'] === true);
  const states = { devices: deviceStates(defender) };
  stream.send('devices', states);
  return { status: 200, body: states };
}

/** As the portal does: an action of somebody who is not in the chat. */
function changeInPortal({ body, defender }: Call): JsonAnswer {
  const device = devices.find(({ id }) => id === body['id']);
  if (device === undefined) return { status: 404, body: { error: 'There is no such device.' } };
  const type = body['action'] === 'restrict' ? 'RestrictCodeExecution' : 'UnrestrictCodeExecution';
  const { id } = defender.addAction({ deviceId: device.id, type });
  return { status: 200, body: { id } };
}

const noConversation: JsonAnswer = {
  status: 404,
  body: { ok: false, error: 'There is no such conversation.' },
};

function conversationOf(me: Person, id: unknown): Conversation | undefined {
  return conversations.find((each) => each.id === id && each.members.includes(me.key));
}

export function deviceStates(defender: Defender): object[] {
  return devices.map((device) => ({ ...device, online: defender.isOnline(device.id) }));
}
