import { addressBook } from '../../sandbox/address-book.ts';
import type { Label } from '../../sandbox/card-reading.ts';
import { cardButtons, cardLabel, cardRefresh, cardTexts } from '../../sandbox/card-reading.ts';
import type { Submission } from '../../sandbox/defender/model.ts';
import { asObject, asText } from '../../sandbox/http.ts';
import type { Message } from '../../sandbox/message-store.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { PressInputs } from '../../sandbox/teams.ts';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import type { Conversation, Device, Person } from '../../sandbox/world.ts';

/** Until a card says something; a busy machine takes its time. */
const patienceMs = 30_000;

/** A request that somebody made, and where its card is. */
export interface Asked {
  readonly by: Person;
  readonly device: Device;
  readonly conversation: Conversation;
  readonly threadId: string;
  readonly messageId: string;
  readonly requestId: string;
  /** As on the card: `#12`. */
  readonly number: string;
}

export interface Wish {
  readonly by?: Person;
  /** By the first part of its name, or one that is not of the seeded world. */
  readonly device?: string | Device;
  /** What is typed for the device; its id, unless told otherwise. */
  readonly typed?: string;
  readonly where?: Conversation;
  readonly action?: 'restrict' | 'unrestrict';
  readonly reason?: string;
}

/** What people do in a test, and what they see of it. */
export interface Play {
  ask(wish?: Wish): Promise<Asked>;
  /** The message that first showed the request or, when that was deleted, the one in its place. */
  card(asked: Asked): Message;
  hasCard(asked: Asked): boolean;
  label(asked: Asked): Label | undefined;
  /** All texts of the card as everybody sees it, a line each. */
  text(asked: Asked): string;
  verbs(asked: Asked): readonly string[];
  until(asked: Asked, wanted: Label | RegExp, timeoutMs?: number): Promise<void>;
  /** Once more where the answer says so: a busy machine may be too slow to prove who pressed. */
  press(person: Person, asked: Asked, verb: string, inputs?: PressInputs): Promise<InvokeAnswer>;
  /** One press, also when the card shows no such button any more, as on a screen that was not redrawn. */
  pressAnyway(person: Person, asked: Asked, verb: string, inputs?: PressInputs): Promise<InvokeAnswer>;
  submissions(asked: Asked): readonly Submission[];
  /** The reply in the thread that mentions people. */
  outcome(asked: Asked, wanted: RegExp): Promise<Message>;
  /** A reply of the bot, in words, to what was typed. */
  answerTo(person: Person, conversation: Conversation, text: string): Promise<string>;
  /** The next private message from the bot after now. */
  privateMessage(person: Person, wanted: RegExp): Promise<Message>;
}

export function createPlay(sandbox: () => Sandbox, made: Asked[]): Play {
  const messages = () => sandbox().teams.messages;
  const shown = ({ conversation, messageId, requestId }: Asked): Message | undefined =>
    messages().get(conversation.id, messageId) ??
    messages()
      .list(conversation.id)
      .findLast((each) => requestIdOf(each) === requestId);
  const card = (asked: Asked): Message => {
    const found = shown(asked);
    if (found === undefined) throw new Error('The card is gone.');
    return found;
  };
  const content = (asked: Asked) => card(asked).card ?? {};
  const text = (asked: Asked): string => cardTexts(content(asked)).join('\n');
  const pressAnyway: Play['pressAnyway'] = (person, { conversation, messageId, requestId }, verb, inputs) =>
    sandbox().teams.invoke(person, {
      conversationId: conversation.id,
      messageId,
      verb,
      data: { requestId, comment: inputs?.comment ?? '', ...inputs?.inputs },
      ...(inputs?.code === undefined ? {} : { code: inputs.code }),
    });
  return {
    card,
    hasCard: (asked) => shown(asked) !== undefined,
    text,
    pressAnyway,
    label: (asked) => cardLabel(content(asked)),
    verbs: (asked) => cardButtons(content(asked)).map(({ verb }) => verb),
    press: (person, asked, verb, inputs) =>
      inTime(() => sandbox().teams.press(person, card(asked), verb, inputs)),
    until: async (asked, wanted, timeoutMs = patienceMs) => {
      const isThere = (): true | undefined => {
        const isShown =
          typeof wanted === 'string' ? cardLabel(content(asked)) === wanted : wanted.test(text(asked));
        return isShown ? true : undefined;
      };
      await messages()
        .until(isThere, timeoutMs)
        .catch(() => {
          throw new Error(
            `Not on the card within ${timeoutMs} ms: ${String(wanted)}. It says:\n${text(asked)}`,
          );
        });
    },
    submissions: ({ requestId }) =>
      sandbox()
        .defender.submissions()
        .filter(({ comment }) => comment.endsWith(`cordon:${requestId}`)),
    outcome: ({ threadId, conversation }, wanted) =>
      messages().until((all) =>
        all.find((each) => {
          const here = each.conversationId === conversation.id && each.from.isBot;
          const thread = conversation.kind !== 'channel' || each.threadId === threadId;
          return here && thread && wanted.test(each.text ?? '') && (each.mentions ?? []).length > 0;
        }),
      ),
    ask: async (wish) => {
      const asked = await ask(sandbox(), wish ?? {});
      made.push(asked);
      return asked;
    },
    answerTo: (person, conversation, typed) => answerTo(sandbox(), { person, conversation, typed }),
    privateMessage: (person, wanted) => {
      const { id } = addressBook.chat(person);
      return messages().until((all) =>
        all.find((each) => each.conversationId === id && each.from.isBot && wanted.test(each.text ?? '')),
      );
    },
  };
}

export function requestIdOf({ card }: Message): string | undefined {
  return asText(cardRefresh(card ?? {})?.button.data['requestId']);
}

async function ask({ teams }: Sandbox, wish: Wish): Promise<Asked> {
  const { by = addressBook.person('riley'), action = 'restrict', reason = 'Beacon seen' } = wish;
  const conversation = wish.where ?? addressBook.conversation('INC-2481');
  const device = deviceOf(wish);
  const { message } = await teams.say(by, conversation, `/${action} ${wish.typed ?? device.id} ${reason}`);
  const card = await teams.messages.until((all) => all.find((each) => isCardAfter(message, each)));
  return {
    by,
    device,
    conversation,
    threadId: message.threadId,
    messageId: card.id,
    requestId: requestIdOf(card) ?? '',
    number: /#\d+/.exec(cardTexts(card.card ?? {}).join('\n'))?.[0] ?? '',
  };
}

function deviceOf({ device = 'ws-finance-017' }: Wish): Device {
  return typeof device === 'string' ? addressBook.device(device) : device;
}

/** In a channel the card is in the thread of the command; elsewhere it is the next one. */
function isCardAfter(command: Message, { conversationId, card, from, id, threadId }: Message): boolean {
  if (card === undefined || !from.isBot || conversationId !== command.conversationId) return false;
  const isLater = Number(id) > Number(command.id);
  return isLater && (threadId === command.threadId || threadId === id) && cardLabel(card) !== undefined;
}

async function answerTo(
  { teams }: Sandbox,
  { person, conversation, typed }: { person: Person; conversation: Conversation; typed: string },
): Promise<string> {
  const { message } = await teams.say(person, conversation, typed);
  const answer = await teams.messages.until((all) =>
    all.find((each) => {
      const later = each.from.isBot && Number(each.id) > Number(message.id);
      return later && each.conversationId === conversation.id && isInThread(conversation, message, each);
    }),
  );
  return answer.text ?? cardTexts(answer.card ?? {}).join('\n');
}

function isInThread({ kind }: Conversation, one: Message, other: Message): boolean {
  return kind !== 'channel' || one.threadId === other.threadId;
}

/** What the presser alone reads: a sentence, an error, or the texts of a card. */
const mostPresses = 4;

async function inTime(press: () => Promise<InvokeAnswer>): Promise<InvokeAnswer> {
  let answer = await press();
  for (let count = 1; count < mostPresses && /not be verified in time/.test(told(answer)); count += 1)
    answer = await press();
  return answer;
}

export function told({ type, value }: InvokeAnswer): string {
  if (type.includes('card.adaptive')) return cardTexts(asObject(value) ?? {}).join('\n');
  return asText(value) ?? asText(asObject(value)?.['message']) ?? asText(asObject(value)?.['text']) ?? '';
}
