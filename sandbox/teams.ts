import type { Activity, CardAction, Origin } from './activities.ts';
import { cardActivity, messageActivity } from './activities.ts';
import { cardButtons, cardRefresh, untouchedInputs } from './card-reading.ts';
import type { Channel } from './channel.ts';
import type { Deliver, Delivered } from './delivery.ts';
import { createDelivery, deliverAsTeams, recordDeliveries } from './delivery.ts';
import type { Departed } from './departed.ts';
import type { Entra } from './entra.ts';
import type { Faults } from './faults.ts';
import type { Installation } from './installation.ts';
import { createInstallation } from './installation.ts';
import type { Message, MessageStore } from './message-store.ts';
import type { InvokeAnswer } from './universal-action.ts';
import { isSilentHere, runUniversalAction } from './universal-action.ts';
import type { Wire } from './wire.ts';
import type { Conversation, Person } from './world.ts';
import { botName, botTeamsId, conversations } from './world.ts';

export interface TeamsOptions {
  readonly botUrl: () => string;
  readonly serviceUrl: string;
  readonly channel: Channel;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly messages: MessageStore;
  /** Conversations in which the connector lets the bot speak. */
  readonly installedIn: Set<string>;
  readonly departed: Departed;
  readonly now?: () => number;
  /** Wait before a failed delivery is repeated, times the number of the attempt. */
  readonly retryDelayMs?: number;
}

export interface Said {
  readonly message: Message;
  readonly activity: Activity;
  /** Undefined when Teams did not deliver it: nobody mentioned the bot. */
  readonly delivered: Delivered | undefined;
}

export interface InvokeRequest {
  readonly conversationId: string;
  readonly messageId: string;
  readonly verb: string;
  readonly data: unknown;
  readonly trigger?: 'manual' | 'automatic';
  /** The six digits that the sign-in page showed. */
  readonly code?: string;
}

export interface SayOptions {
  readonly threadId?: string;
  readonly mention?: boolean;
  /** By the menu that `/` opens: only the bot sees the message, and a mention is not needed. */
  readonly alone?: boolean;
}

export interface PressInputs {
  readonly comment?: string;
  readonly code?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** The simulated Teams: what people do in their clients, delivered to the bot as Teams does. */
export interface Teams extends Installation {
  readonly messages: MessageStore;
  readonly serviceUrl: string;
  /** In channels and group chats the bot is mentioned unless told otherwise. */
  say(person: Person, conversation: Conversation, text: string, options?: SayOptions): Promise<Said>;
  /** Presses the button of that verb on the card as this message shows it. */
  press(person: Person, message: Message, verb: string, inputs?: PressInputs): Promise<InvokeAnswer>;
  /** The automatic refresh of a card that this person looks at. */
  refresh(person: Person, message: Message): Promise<InvokeAnswer>;
  invoke(person: Person, request: InvokeRequest): Promise<InvokeAnswer>;
  readonly deliver: Deliver;
  /** For activities of a test's own making. */
  origin(person: Person, conversation: Conversation, threadId?: string): Origin;
}

const attempts = 3;

export function createTeams(options: TeamsOptions): Teams {
  const { botUrl, channel, messages, serviceUrl, now = Date.now, retryDelayMs = 1_000 } = options;
  const { installedIn, departed } = options;
  const deliver = recordDeliveries(createDelivery(botUrl, channel), options.wire);
  const origin = (person: Person, conversation: Conversation, threadId?: string): Origin => ({
    person,
    conversation,
    serviceUrl,
    now: now(),
    ...(threadId === undefined ? {} : { threadId }),
  });
  const persistently = (activity: Activity): Promise<Delivered> =>
    deliverAsTeams(deliver, activity, { attempts, delayMs: retryDelayMs });

  const invoke = createInvoke(options, deliver, origin);

  return {
    messages,
    serviceUrl,
    deliver,
    origin,
    invoke,
    ...createInstallation({ installedIn, departed, origin, deliver: persistently }),
    say: createSay(options, persistently, origin),
    press: (person, message, verb, { comment, code, inputs } = {}) => {
      const button = cardButtons(message.card ?? {}).find((each) => each.verb === verb);
      if (button === undefined) throw new Error(`The card has no button for ${verb}.`);
      const typed = { ...untouchedInputs(message.card ?? {}), ...inputs };
      const data = { ...button.data, ...typed, ...(comment === undefined ? {} : { comment }) };
      const { conversationId, id: messageId } = message;
      return invoke(person, {
        conversationId,
        messageId,
        verb,
        data,
        ...(code === undefined ? {} : { code }),
      });
    },
    refresh: (person, { card, conversationId, id: messageId }) => {
      const button = cardRefresh(card ?? {})?.button;
      if (button === undefined) throw new Error('The card does not refresh.');
      return invoke(person, {
        conversationId,
        messageId,
        verb: button.verb,
        data: button.data,
        trigger: 'automatic',
      });
    },
  };
}

type OriginOf = Teams['origin'];

function createSay(
  { messages }: TeamsOptions,
  deliver: (activity: Activity) => Promise<Delivered>,
  origin: OriginOf,
): Teams['say'] {
  return async (person, conversation, text, options = {}) => {
    const { threadId, alone = false } = options;
    const { mention = conversation.kind !== 'personal' && !alone } = options;
    const message = messages.add({
      conversationId: conversation.id,
      from: { id: person.teamsId, name: person.name, isBot: false },
      textFormat: 'plain',
      ...(threadId === undefined ? {} : { threadId }),
      ...(alone ? { onlyFor: person.teamsId } : {}),
      ...(mention ? mentioning(text) : { text }),
    });
    const activity = messageActivity(origin(person, conversation, message.threadId), message, mention);
    const heard = mention || alone || conversation.kind === 'personal';
    return { message, activity, delivered: heard ? await deliver(activity) : undefined };
  };
}

function createInvoke(options: TeamsOptions, deliver: Deliver, origin: OriginOf): Teams['invoke'] {
  const { entra, faults, messages } = options;
  return (person, request) => {
    const { messageId, verb, data, trigger = 'manual', code } = request;
    const conversation = conversations.find(({ id }) => id === request.conversationId);
    if (conversation === undefined) throw new Error('There is no such conversation.');
    const threadId = messages.get(conversation.id, messageId)?.threadId;
    const place = origin(person, conversation, threadId);
    const action: CardAction = { verb, data, trigger, ...(code === undefined ? {} : { state: code }) };
    // Not repeated here: a client that waited in vain shows an error and lets the person press again.
    const send = (next: CardAction): Promise<Delivered> => deliver(cardActivity(place, messageId, next));
    const silent = isSilentHere(conversation, faults.get()) ? () => entra.ssoToken(person) : undefined;
    return runUniversalAction(action, send, silent);
  };
}

function mentioning(text: string): Pick<Message, 'text' | 'mentions'> {
  const at = `<at>${botName}</at>`;
  return { text: `${at} ${text}`, mentions: [{ id: botTeamsId, name: botName, text: at }] };
}
