import type { Api } from './api.ts';
import { withInputValues } from './card-inputs.ts';
import { isFullWidth, renderCard } from './card-renderer.ts';
import type { RenderedCard } from './card-renderer.ts';
import { el } from './dom.ts';
import { outcomeOf } from './invoke-outcome.ts';
import type { InvokeOutcome } from './invoke-outcome.ts';
import { privateNote } from './private-note.ts';
import { isAnswerStale, refreshActionOf } from './refresh-rule.ts';
import { signInPanel } from './sign-in-panel.ts';
import type { CardJson, InvokeRequest, Message } from './types.ts';

type Click = Pick<InvokeRequest, 'verb' | 'data' | 'trigger' | 'code'>;

export interface CardContext {
  readonly api: Api;
  readonly myTeamsId: string;
}

/** One card in the conversation as this person sees it: rendering, buttons, refresh and what is told in private. */
export class CardSlot {
  readonly element = el('div', { class: 'card' });
  readonly aside = el('div', { class: 'card-aside' });
  readonly #context: CardContext;
  #message: Message;
  #card: CardJson;
  #rendered: RenderedCard | undefined;
  #pending: Click | undefined;
  #lastAnswerAt: number | undefined;
  #refreshDue = false;
  #inView = false;
  /** The latest sign-in request: a later 412 or rejected code belongs to it. */
  #signIn:
    | { readonly click: Click; readonly text: string; readonly title: string; readonly link?: string }
    | undefined;

  constructor(context: CardContext, message: Message, card: CardJson) {
    this.#context = context;
    this.#message = message;
    this.#card = card;
    this.#draw(card, { keepInputs: false });
    new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? false;
      this.#refreshIfNeeded();
    }).observe(this.element);
  }

  /** The bot edited the message: its card replaces whatever view this person had. */
  update(message: Message, card: CardJson): void {
    this.#message = message;
    this.#refreshDue = true;
    this.#draw(card, { keepInputs: true });
    this.#refreshIfNeeded();
  }

  get canRefresh(): boolean {
    return refreshActionOf(this.#message.card, this.#context.myTeamsId) !== undefined;
  }

  refreshByHand(): void {
    const refresh = refreshActionOf(this.#message.card, this.#context.myTeamsId);
    if (refresh) void this.#run({ verb: refresh.verb, data: refresh.data, trigger: 'manual' });
  }

  #refreshIfNeeded(): void {
    const refresh = refreshActionOf(this.#message.card, this.#context.myTeamsId);
    if (!refresh?.automatic || !this.#inView || this.#pending) return;
    if (!this.#refreshDue && !isAnswerStale(this.#lastAnswerAt, Date.now())) return;
    this.#refreshDue = false;
    void this.#run({ verb: refresh.verb, data: refresh.data, trigger: 'automatic' });
  }

  #draw(card: CardJson, options: { readonly keepInputs: boolean }): void {
    const before = this.#rendered;
    // The same card again would only cost the reader focus and scroll position.
    if (before && JSON.stringify(card) === JSON.stringify(this.#card) && options.keepInputs) return;
    const typed = before && options.keepInputs ? before.typedValues() : new Map<string, string>();
    const focus = before?.focusedInput();
    this.#card = card;
    const filled = renderCard(withInputValues(card, typed), (verb, data) => {
      void this.#run({ verb, data, trigger: 'manual' });
    });
    this.#rendered = filled;
    this.element.classList.toggle('full', isFullWidth(card));
    this.element.replaceChildren(filled.element);
    if (focus) filled.focusInput(focus);
    this.#showBusy();
  }

  async #run(click: Click): Promise<void> {
    const byHand = click.trigger === 'manual';
    // A press overtakes a refresh under way, whose answer is then dropped; two presses never run at once.
    if (this.#pending && (!byHand || this.#pending.trigger === 'manual')) return;
    this.#pending = click;
    if (byHand) this.aside.replaceChildren();
    this.#showBusy();
    const { conversationId, id: messageId } = this.#message;
    const response = await this.#context.api.invoke({ conversationId, messageId, ...click });
    if (this.#pending !== click) return;
    this.#pending = undefined;
    this.#lastAnswerAt = Date.now();
    const outcome = outcomeOf(response);
    // An automatic refresh fails in silence: nobody pressed anything.
    if (byHand || outcome.kind === 'card') this.#apply(outcome, click);
    this.#showBusy();
    this.#refreshIfNeeded();
  }

  #apply(outcome: InvokeOutcome, click: Click): void {
    switch (outcome.kind) {
      case 'card':
        this.#signIn = undefined;
        {
          this.#draw(outcome.card, { keepInputs: click.trigger === 'automatic' });
          return;
        }
      case 'note':
      case 'error':
        this.#signIn = undefined;
        {
          this.aside.replaceChildren(
            privateNote(outcome.kind, outcome.text, () => this.aside.replaceChildren()),
          );
          return;
        }
      case 'signIn': {
        const link = outcome.link ?? this.#signIn?.link;
        const { text, title } = outcome;
        this.#signIn = { click, text, title, ...(link === undefined ? {} : { link }) };
        this.#showSignIn(false);
        return;
      }
      case 'codeRejected':
        this.#signIn ??= { click, text: 'Sign in to continue.', title: 'Sign in' };
        {
          this.#showSignIn(true);
          return;
        }
      case 'nothing':
        return;
    }
  }

  #showSignIn(codeRejected: boolean): void {
    const prompt = this.#signIn;
    if (!prompt) return;
    const { verb, data, trigger } = prompt.click;
    const panel = signInPanel(
      { ...prompt, codeRejected },
      (code) => void this.#run({ verb, data, trigger, code }),
      () => this.aside.replaceChildren(),
    );
    this.aside.replaceChildren(panel);
  }

  #showBusy(): void {
    const click = this.#pending;
    this.element.classList.toggle('busy', click?.trigger === 'manual');
    this.#rendered?.setBusy(click?.trigger === 'manual' ? click.verb : undefined);
  }
}
