import { z } from 'zod';
import { tenantChain } from '../../src/audit/chain.ts';
import { parseDeviceId, parseRequestId } from '../../src/containment/ids.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { storable } from '../../src/platform/storable.ts';
import { type InvokeAnswer, badRequestAnswer, messageAnswer } from '../answers.ts';
import { type Inbound, placeOf } from '../inbound.ts';
import * as texts from '../texts/decisions.ts';
import type { SignInInput } from '../sign-in.ts';
import { approve } from './approve.ts';
import { asShown } from './as-shown.ts';
import { cancel } from './cancel.ts';
import { type CardAction, type CardActionParts, type CardTurn, cardWith } from './card-turn.ts';
import { choose } from './choose.ts';
import { close } from './close.ts';
import { deny } from './deny.ts';
import { extend } from './extend.ts';
import { newest } from '../press-each.ts';
import { recheck } from './recheck.ts';
import { refresh } from './refresh.ts';
import { release } from './release.ts';
import { retry } from './retry.ts';

const actions: ReadonlyMap<string, CardAction> = new Map(
  Object.entries({ approve, deny, cancel, refresh, recheck, retry, close, release, extend }),
);

/** A card's data are a few short texts and the names of its devices; anything larger was not made by our card. */
const longestData = 8_000;

const InvokeValue = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.string().max(100),
    data: z.record(z.string(), z.unknown()).refine(isSmall),
  }),
  authentication: z.object({ token: z.string().min(1).max(32_768) }).nullish(),
  state: z.string().max(100).nullish(),
});

const CardData = z.object({
  requestId: z.unknown().transform((value, context) => {
    const id = parseRequestId(value);
    if (id === undefined) context.addIssue({ code: 'custom', message: 'not a request id' });
    return id ?? z.NEVER;
  }),
  comment: z.string().max(4_000).transform(storable).nullish(),
  /** Ids of devices, or whatever else a client makes of a choice: who reads it takes only what it knows. */
  devices: z.string().max(4_000).nullish(),
  /** Which of several devices the card offered. */
  offered: z.string().max(1_000).nullish(),
  /** How many devices a card showed that grows: see `as-shown.ts`. */
  shown: z.int().positive().optional().catch(undefined),
  /** Of the first of several devices: the press is for it alone. */
  alone: z.literal(true).optional().catch(undefined),
  /** As of when the card showed what else restricts the device. */
  seen: z.iso.datetime().max(40).optional().catch(undefined),
  // Whatever is no duration is told so by the one verb that reads it.
  duration: z
    .unknown()
    .optional()
    .transform((value) => (typeof value === 'string' ? value.trim() : unreadable(value))),
});
type CardData = z.infer<typeof CardData>;

/** Nothing where there is nothing, and otherwise what no duration can be. */
function unreadable(value: unknown): string {
  return value === undefined || value === null ? '' : '?';
}

function isSmall(data: object): boolean {
  try {
    return JSON.stringify(data).length <= longestData;
  } catch {
    // Nested so deep that it cannot be written: nothing that a card of ours holds.
    return false;
  }
}

interface Press {
  readonly activity: Inbound;
  readonly person: Person;
  readonly arrivedAt: number;
}

type Read =
  | {
      readonly ok: true;
      readonly verb: string;
      readonly data: CardData;
      readonly signIn: SignInInput;
    }
  | { readonly ok: false; readonly refused: string; readonly answer: InvokeAnswer };

/** A pressed button. Its data are whatever the sender made of them: only the id counts, all else is loaded here. */
export async function dispatchCardAction(parts: CardActionParts, press: Press): Promise<InvokeAnswer> {
  const read = readPress(press.activity.value);
  if (!read.ok) {
    await recordForeign(parts, press, read.refused);
    return read.answer;
  }
  const { verb, data, signIn } = read;
  const chosen = data.devices ?? undefined;
  const deviceId = parseDeviceId(chosen);
  if (verb === 'choose') {
    const chosen = await choose(parts, { ...press, questionId: data.requestId, signIn, deviceId });
    if (chosen.refused !== undefined) await recordForeign(parts, press, chosen.refused, verb);
    return chosen.answer;
  }
  const action = actions.get(verb);
  if (action === undefined) return unknownVerb.answer;
  const request = await requestFor(parts, verb, data);
  if (request === undefined || !belongsHere(request, press)) {
    await recordForeign(parts, press, 'unknown-request', verb);
    return badRequestAnswer('UnknownRequest', texts.unknownRequestText());
  }
  const comment = data.comment?.trim() ?? '';
  const { duration, seen: alsoRestrictedAt } = data;
  const offered = data.offered ?? undefined;
  const words = { comment, chosen, offered, duration };
  // Whoever only looks sees all.
  const asked = verb === 'refresh' ? request : asShown(request, data.shown);
  const turn = { ...press, verb, request: asked, ...words, deviceId, alsoRestrictedAt, signIn };
  return pressOn(parts, turn, { action, whole: request });
}

function requestFor(
  { requests }: CardActionParts,
  verb: string,
  { requestId, alone }: CardData,
): Promise<ContainmentRequest | undefined> {
  // Only the choice of a device has one of several to itself.
  return alone === true && verb === 'approve' ? requests.byId(requestId) : requests.onCard(requestId);
}

interface PressOn {
  readonly action: CardAction;
  /** The request with all of its devices, of which the presser may have seen fewer. */
  readonly whole: ContainmentRequest;
}

/** What is shown afterwards is the card of all devices, also where the press was for one of them, or where others have joined it. */
async function pressOn(
  parts: CardActionParts,
  turn: CardTurn,
  { action, whole }: PressOn,
): Promise<InvokeAnswer> {
  const alone: { readonly one: ContainmentRequest; readonly note: string | undefined }[] = [];
  const show: CardActionParts['show'] = (one, note) => {
    if (one.batch === undefined || one.members !== undefined)
      return cardWith(parts, one === turn.request ? whole : one, note);
    alone.push({ one, note });
    return messageAnswer('');
  };
  const answer = await action({ ...parts, show }, turn);
  const last = alone.at(-1);
  if (last === undefined) return answer;
  const { noteId, noteIds } = answer;
  return { ...cardWith(parts, await newest(parts, last.one), last.note), noteId, noteIds };
}

const badData: Read = {
  ok: false,
  refused: 'bad-data',
  answer: badRequestAnswer('BadData', texts.badDataText()),
};

const unknownVerb = {
  ok: false,
  refused: 'unknown-verb',
  answer: badRequestAnswer('UnknownVerb', texts.unknownVerbText()),
} as const;

function readPress(value: unknown): Read {
  const press = InvokeValue.safeParse(value);
  if (!press.success) return badData;
  const { verb } = press.data.action;
  if (verb !== 'choose' && !actions.has(verb)) return unknownVerb;
  const data = CardData.safeParse(press.data.action.data);
  if (!data.success) return badData;
  const signIn = { token: press.data.authentication?.token, code: press.data.state ?? undefined };
  return { ok: true, verb, data: data.data, signIn };
}

/** A forwarded card, or made-up data: requests of other conversations and tenants are as unknown as none. */
function belongsHere(request: ContainmentRequest, { activity, person }: Press): boolean {
  return (
    request.tenantId === person.tenantId && request.place.conversation === placeOf(activity).conversation
  );
}

/** What concerns no request that exists here is recorded in the tenant's chain. */
async function recordForeign(
  parts: CardActionParts,
  { person, activity }: Press,
  refused: string,
  verb = 'button',
): Promise<void> {
  await parts.requests.noteForTenant(tenantChain(person.tenantId), {
    what: `${verb}-clicked`,
    who: { objectId: person.objectId, name: person.name },
    detail: { refused, conversation: placeOf(activity).thread },
  });
}
