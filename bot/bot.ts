import { type InvokeResponse, TeamsActivityHandler, type TurnContext } from 'botbuilder';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { AnsweredMessages } from '../src/store/answered-messages.ts';
import type { Conversations } from '../src/store/conversations.ts';
import { type InvokeAnswer, badRequestAnswer, messageAnswer } from './answers.ts';
import type { CardActionParts } from './card-actions/card-turn.ts';
import { dispatchCardAction } from './card-actions/dispatch.ts';
import { answerMessage, type MessageParts } from './commands/answer-message.ts';
import type { Courier } from './courier.ts';
import { Inbound, placeOf } from './inbound.ts';
import { senderOf } from './people.ts';
import { renderWelcomeCard } from './render/welcome-card.ts';
import { replyOnce } from './reply-once.ts';
import * as decisions from './texts/decisions.ts';
import * as texts from './texts.ts';

export interface BotParts {
  readonly cardActions: CardActionParts;
  readonly messages: MessageParts;
  readonly conversations: Conversations;
  readonly answered: AnsweredMessages;
  readonly courier: Courier;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The contract promises an answer within 5 s; what is still under way then is told by the card. */
const answerWithinMs = 4_800;

/** Turns activities into commands and button presses; the error boundary of a turn. */
export class CordonBot extends TeamsActivityHandler {
  readonly #parts: BotParts;

  constructor(parts: BotParts) {
    super();
    this.#parts = parts;
  }

  protected override async onMessageActivity(context: TurnContext): Promise<void> {
    const turn = await this.#begin(context);
    // A message with a value and no text is an old card's button, not something a person typed.
    if (turn === undefined || isValueOnly(turn.activity)) return;
    const { activity, tenantId } = turn;
    const place = placeOf(activity);
    const person = senderOf(activity, tenantId);
    const reply = person
      ? await answerMessage(this.#parts.messages, { raw: context.activity, activity, person, place })
      : { text: texts.noIdentity };
    if (reply === undefined) return;
    const { answered, courier } = this.#parts;
    await replyOnce(answered, { conversation: place.conversation, key: activity.id ?? '' }, () =>
      'text' in reply
        ? courier.replyText(place, reply.text)
        : courier.replyCard(place, reply.card, reply.summary),
    );
  }

  /** Edits, deletions and reactions are no commands: an edited `/restrict` must not run again. */
  protected override async onConversationUpdateActivity(context: TurnContext): Promise<void> {
    const turn = await this.#begin(context);
    const added = turn?.activity.membersAdded?.some((member) => member.id === turn.activity.recipient.id);
    if (turn !== undefined && added === true) await this.#welcome(turn.activity);
  }

  protected override async onInstallationUpdateActivity(context: TurnContext): Promise<void> {
    const turn = await this.#begin(context);
    if (turn?.activity.action === 'add') await this.#welcome(turn.activity);
  }

  protected override async onInvokeActivity(context: TurnContext): Promise<InvokeResponse> {
    if (context.activity.name !== 'adaptiveCard/action') return { status: 501 };
    const arrivedAt = performance.now();
    const stop = this.#parts.metrics.invokeSeconds.startTimer({ verb: 'card' });
    const body = await withinTime(this.#press(context, arrivedAt), answerWithinMs);
    stop();
    return { status: 200, body };
  }

  async #press(context: TurnContext, arrivedAt: number): Promise<InvokeAnswer> {
    try {
      const turn = await this.#begin(context);
      if (turn === undefined) return badRequestAnswer('BadData', decisions.badDataText());
      const person = senderOf(turn.activity, turn.tenantId);
      if (person === undefined) return messageAnswer(texts.noIdentity);
      return await dispatchCardAction(this.#parts.cardActions, {
        activity: turn.activity,
        person,
        arrivedAt,
      });
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a button press failed');
      return messageAnswer(decisions.pressAgainText('storage'));
    }
  }

  /** Every inbound activity tells anew how its conversation is reached. */
  async #begin(context: TurnContext): Promise<{ activity: Inbound; tenantId: string } | undefined> {
    const parsed = Inbound.safeParse(context.activity);
    const tenantId: unknown = context.activity.conversation.tenantId;
    if (!parsed.success || typeof tenantId !== 'string') return undefined;
    const activity = parsed.data;
    const { conversation } = placeOf(activity);
    const { id, name } = activity.recipient;
    await this.#parts.conversations.remember(conversation, tenantId, {
      serviceUrl: activity.serviceUrl,
      tenantId,
      bot: { id, ...(name === undefined ? {} : { name }) },
    });
    return { activity, tenantId };
  }

  /** Teams announces one installation twice, by two kinds of activity: it is greeted once. */
  async #welcome(activity: Inbound): Promise<void> {
    const { conversation, kind } = placeOf(activity);
    const { answered, courier } = this.#parts;
    const place = { conversation, thread: conversation };
    const card = renderWelcomeCard(kind === 'personal' ? 'personal' : 'shared');
    await replyOnce(answered, { conversation, key: 'welcome' }, () =>
      courier.replyCard(place, card, texts.welcomeSummary),
    );
  }
}

function isValueOnly(activity: Inbound): boolean {
  return activity.value !== undefined && activity.value !== null && (activity.text ?? '').trim() === '';
}

async function withinTime(work: Promise<InvokeAnswer>, ms: number): Promise<InvokeAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<InvokeAnswer>((resolve) => {
    timer = setTimeout(() => resolve(messageAnswer(decisions.pressAgainText('slow'))), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
