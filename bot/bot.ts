import { type Activity, type InvokeResponse, TeamsActivityHandler, type TurnContext } from 'botbuilder';
import type { RequestId } from '../src/containment/ids.ts';
import type { Person } from '../src/containment/person.ts';
import { ChatError } from '../src/jobs/ports.ts';
import { toldHere } from '../src/jobs/told-here.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import { passed } from '../src/platform/steps.ts';
import type { AnsweredMessages } from '../src/store/answered-messages.ts';
import type { Conversations } from '../src/store/conversations.ts';
import { aloneOf } from './alone.ts';
import { type InvokeAnswer, type OnceAnswered, badRequestAnswer, messageAnswer } from './answers.ts';
import type { CardActionParts } from './card-actions/card-turn.ts';
import { dispatchCardAction } from './card-actions/dispatch.ts';
import { type Message, type MessageParts, type Reply, answerMessage } from './commands/answer-message.ts';
import type { Courier } from './courier.ts';
import { type Gate, type TooMany, createGate } from './gate.ts';
import { type Heard, hear } from './heard.ts';
import { type Inbound, placeOf } from './inbound.ts';
import type { Membership } from './membership.ts';
import { senderOf } from './people.ts';
import { RecentKeys } from './recent-keys.ts';
import { renderWelcomeCard } from './render/welcome-card.ts';
import { replyOnce } from './reply-once.ts';
import * as decisions from './texts/decisions.ts';
import * as texts from './texts/replies.ts';
import { withinTime } from './within-time.ts';

export interface BotParts {
  readonly cardActions: CardActionParts;
  readonly messages: MessageParts;
  readonly conversations: Pick<Conversations, 'remember' | 'removed' | 'returned'>;
  /** Has the cards of these requests show what they missed. */
  readonly bringUpToDate: (requests: readonly RequestId[]) => Promise<void>;
  readonly membership: Membership;
  readonly answered: AnsweredMessages;
  readonly courier: Courier;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The contract promises an answer within 5 s; what is still under way then is told by the card. */
const answerWithinMs = 4_700;
/** Teams gives a turn up after 15 s and delivers the message anew: the rest is for saying that nothing came of it. */
const replyWithinMs = 10_000;
const apologizeWithinMs = 4_000;

const heardTypes: ReadonlySet<string> = new Set([
  'message',
  'invoke',
  'conversationUpdate',
  'installationUpdate',
]);

const turnKey = Symbol('turn');

interface Turn {
  readonly arrivedAt: number;
  readonly onceAnswered: OnceAnswered;
}

/** How far the answer to a typed message has come, and what is true to say should it come no further. */
interface Progress {
  stage: 'arrived' | 'at-work' | 'replying' | 'sending';
  say: string | undefined;
  /** It is the one word about a refusal. */
  isNotice?: boolean;
  /** The turn was given up: what has not begun yet must not happen any more. True when the person was told so. */
  apology: Promise<boolean> | undefined;
}

/** Of a minute or so: Teams delivers a message again within seconds. */
const rememberedApologies = 500;

/** Turns activities into commands and button presses; the error boundary of a turn. */
export class CordonBot extends TeamsActivityHandler {
  readonly #parts: BotParts;
  readonly #apologized = new RecentKeys(rememberedApologies);
  readonly #gate: Gate;

  constructor(parts: BotParts) {
    super();
    this.#parts = parts;
    this.#gate = createGate({ membership: parts.membership, requests: parts.cardActions.requests });
  }

  /** One turn of an activity that arrived at this moment of the process's monotonic clock. */
  async receive(context: TurnContext, arrivedAt: number, onceAnswered?: OnceAnswered): Promise<void> {
    context.turnState.set(turnKey, { arrivedAt, onceAnswered: onceAnswered ?? nobodyKnows });
    await this.run(context);
  }

  /** Without a database nothing can be carried out, but the one who typed must not be left with silence. */
  protected override async onMessageActivity(context: TurnContext): Promise<void> {
    const progress: Progress = { stage: 'arrived', say: texts.notRecorded, apology: undefined };
    const work = this.#answer(context.activity, progress);
    try {
      const inTime = work.then(() => true);
      if (await withinTime(inTime, leftOf(context, replyWithinMs), false)) return;
      if (progress.stage !== 'sending') throw new TurnTooLong();
      await work;
    } catch (error) {
      // Teams does not take messages: it would not take this one either, and delivers the command anew.
      if (error instanceof ChatError) {
        this.#orPassOver(error);
        if (progress.isNotice === true) this.#gate.notTold(context.activity, 'message');
        return;
      }
      const { stage, say } = progress;
      this.#parts.log.error({ err: error, stage }, 'a message could not be answered');
      const isUnderWay = stage === 'at-work' && error instanceof TurnTooLong;
      const apology = this.#apologize(context, isUnderWay ? texts.takesLong : say);
      const isTold = apology.then(
        () => true,
        () => false,
      );
      if (!isUnderWay) progress.apology = isTold;
      await apology;
    }
  }

  async #answer(raw: Activity, progress: Progress): Promise<void> {
    // A message with a value and no text is an old card's button, not something a person typed.
    const silent = isValueOnly(raw);
    if (silent) progress.say = undefined;
    const tooMany = await this.#gate.tooMany(raw, silent ? 'press' : 'message', (refusal) => {
      // The one notice is also what there is to say should the database fail now.
      if (!silent && refusal.isFirst)
        Object.assign(progress, { say: texts.tooManyMessages(refusal), isNotice: true });
    });
    if (tooMany?.isFirst === false) return;
    const turn = await this.#begin(raw);
    if (turn === undefined || silent || progress.apology !== undefined) return;
    const { activity, tenantId } = turn;
    const place = placeOf(activity);
    const person = senderOf(activity, tenantId);
    progress.stage = 'at-work';
    const alone = aloneOf(activity);
    const reply = await this.#replyTo({ raw, turn, person, place, alone, tooMany });
    if (reply === undefined) return;
    Object.assign(progress, { stage: 'replying', say: 'text' in reply ? reply.text : texts.notRecorded });
    const { answered, courier } = this.#parts;
    await replyOnce(answered, { conversation: place.conversation, key: activity.id ?? '' }, async () => {
      if (progress.apology !== undefined) {
        // Who was told nothing is answered by the next delivery, so the message must be free again.
        if (await progress.apology) return;
        throw new TurnTooLong();
      }
      progress.stage = 'sending';
      const to = alone === undefined || reply.isForAll === true ? place : { ...place, alone };
      await ('text' in reply
        ? courier.replyText(to, reply.text, tooMany === undefined ? 'reply' : 'urgent')
        : courier.replyCard(to, reply.card, reply.summary));
    });
  }

  async #replyTo({ turn, person, tooMany, ...message }: Unanswered): Promise<Reply | undefined> {
    if (person === undefined) return { text: texts.noIdentity };
    if (tooMany !== undefined) return { text: texts.tooManyMessages(tooMany) };
    const bar = await this.#gate.barOf(turn, person, 'message');
    if (bar !== undefined) return { text: texts.barText(bar) };
    return answerMessage(this.#parts.messages, { ...message, activity: turn.activity, person });
  }

  /** Where there is nobody to answer, another delivery would find nobody either. */
  #orPassOver(error: unknown): void {
    if (!(error instanceof ChatError) || error.kind === 'later') throw error;
    this.#parts.log.warn({ err: error }, 'there is nobody where an answer should go');
  }

  /** Straight to the authenticated address of the activity, past everything that needs the database. */
  async #apologize(context: TurnContext, text: string | undefined): Promise<void> {
    if (text === undefined) return;
    // A message that is delivered several times while the database is away is apologized for once.
    const key = `${context.activity.conversation.id} ${context.activity.id ?? ''}`;
    if (!this.#apologized.add(key)) return;
    const sent = this.#say(context, text).then(() => true);
    try {
      if (!(await withinTime(sent, apologizeWithinMs, false))) throw new TurnTooLong();
    } catch (error) {
      this.#apologized.delete(key);
      throw error;
    }
  }

  async #say(context: TurnContext, text: string): Promise<void> {
    const heard = hear(context.activity);
    const alone = heard && aloneOf(heard.activity);
    if (alone === undefined) await context.sendActivity({ type: 'message', text, textFormat: 'plain' });
    else await this.#parts.courier.answerAlone(alone, heard?.seen.reference, text);
  }

  /**
   * Edits, deletions and reactions are no commands: an edited `/restrict` must not run again. The SDK's own handling of them
   * breaks on fields that are absent.
   */
  protected override async onTurnActivity(context: TurnContext): Promise<void> {
    if (heardTypes.has(context.activity.type)) await super.onTurnActivity(context);
  }

  protected override async onConversationUpdateActivity(context: TurnContext): Promise<void> {
    const heard = hear(context.activity);
    if (heard === undefined) return;
    const { membersAdded, membersRemoved, recipient } = heard.activity;
    if (membersRemoved?.some((member) => member.id === recipient.id) === true) await this.#leave(heard);
    else {
      await this.#remember(heard);
      await this.#parts.membership.note(heard);
      if (membersAdded?.some((member) => member.id === recipient.id) === true)
        await this.#welcome(heard.activity);
    }
  }

  /** An upgrade of the app removes and adds it too, by other words; nobody needs to hear of it. */
  protected override async onInstallationUpdateActivity(context: TurnContext): Promise<void> {
    const heard = hear(context.activity);
    if (heard === undefined) return;
    if (heard.activity.action === 'remove') await this.#leave(heard);
    else {
      await this.#remember(heard);
      if (heard.activity.action === 'add') await this.#welcome(heard.activity);
    }
  }

  protected override async onInvokeActivity(context: TurnContext): Promise<InvokeResponse> {
    if (context.activity.name !== 'adaptiveCard/action') return { status: 501 };
    const { arrivedAt, onceAnswered } = turnOf(context);
    const stop = this.#parts.metrics.invokeSeconds.startTimer({ verb: 'card' });
    const {
      noteId,
      noteIds = [],
      ...body
    } = await withinTime(
      this.#press(context.activity, arrivedAt),
      leftOf(context, answerWithinMs),
      messageAnswer(decisions.pressAgainText('slow')),
    );
    stop();
    passed('press-answered');
    onceAnswered(() => {
      for (const id of [noteId, ...noteIds]) toldHere(this.#parts.cardActions, id);
    });
    return { status: 200, body };
  }

  async #press(raw: Activity, arrivedAt: number): Promise<InvokeAnswer> {
    try {
      const tooMany = await this.#gate.tooMany(raw, 'press');
      if (tooMany !== undefined) return messageAnswer(decisions.tooManyPresses(tooMany));
      const turn = await this.#begin(raw);
      if (turn === undefined) return badRequestAnswer('BadData', decisions.badDataText());
      const person = senderOf(turn.activity, turn.tenantId);
      if (person === undefined) return messageAnswer(texts.noIdentity);
      const bar = await this.#gate.barOf(turn, person, 'press');
      if (bar !== undefined) return messageAnswer(texts.barText(bar));
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

  async #begin(raw: Activity): Promise<Heard | undefined> {
    const heard = hear(raw);
    if (heard !== undefined) await this.#remember(heard);
    return heard;
  }

  /** Every inbound activity tells anew how its conversation is reached, and that the bot is in it. */
  async #remember({ seen }: Heard): Promise<void> {
    const { conversations, bringUpToDate } = this.#parts;
    const isBack = await conversations.remember(seen);
    passed('conversation-remembered');
    if (!isBack) return;
    await bringUpToDate(await conversations.returned(seen));
  }

  async #leave({ activity, tenantId, seen }: Heard): Promise<void> {
    const person = senderOf(activity, tenantId);
    const who = person && { objectId: person.objectId, name: person.name };
    await this.#parts.conversations.removed(seen, who ?? 'cordon');
  }

  /** Teams announces one installation twice, by two kinds of activity: it is greeted once. */
  async #welcome(activity: Inbound): Promise<void> {
    const { conversation, kind } = placeOf(activity);
    const { answered, courier } = this.#parts;
    const place = { conversation, thread: conversation };
    const card = renderWelcomeCard(kind === 'personal' ? 'personal' : 'shared');
    try {
      await replyOnce(answered, { conversation, key: 'welcome' }, () =>
        courier.replyCard(place, card, texts.welcomeSummary),
      );
    } catch (error) {
      this.#orPassOver(error);
    }
  }
}

interface Unanswered extends Omit<Message, 'person' | 'activity'> {
  readonly turn: Heard;
  readonly person: Person | undefined;
  readonly tooMany: TooMany | undefined;
}

class TurnTooLong extends Error {
  override readonly name = 'TurnTooLong';
}

/** Then a message that waits in case nobody was told goes out. */
const nobodyKnows: OnceAnswered = () => undefined;

function turnOf(context: TurnContext): Turn {
  const turn = context.turnState.get<Turn | undefined>(turnKey);
  return turn ?? { arrivedAt: performance.now(), onceAnswered: nobodyKnows };
}

function leftOf(context: TurnContext, ms: number): number {
  return ms - (performance.now() - turnOf(context).arrivedAt);
}

function isValueOnly({ value, text }: Activity): boolean {
  const typed: unknown = text;
  return value !== undefined && value !== null && (typeof typed !== 'string' || typed.trim() === '');
}
