/** What the page server sends. Words as in Teams and Defender; times are ISO 8601. */

export interface Person {
  readonly key: string;
  readonly name: string;
  readonly teamsId: string;
  readonly role?: string;
  readonly upn?: string;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly os?: string;
  readonly group?: string;
  readonly online: boolean;
}

export interface Conversation {
  readonly id: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
  readonly name: string;
  readonly team?: string;
  /** Keys of the people in it. */
  readonly members: readonly string[];
}

export interface Hint {
  readonly title: string;
  readonly text: string;
}

export interface SlashCommand {
  readonly name: string;
  readonly description: string;
}

export interface Preset {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly active: boolean;
}

export interface PageState {
  readonly me: Person;
  readonly people: readonly Person[];
  readonly devices: readonly Device[];
  readonly conversations: readonly Conversation[];
  readonly bot: { readonly id: string; readonly name: string };
  readonly hints: readonly Hint[];
  readonly slashCommands: Readonly<Record<'channel' | 'groupChat', readonly SlashCommand[]>>;
  readonly presets: readonly Preset[];
}

export interface Mention {
  readonly id: string;
  readonly name: string;
  /** The exact run inside the message text, `<at>…</at>`. */
  readonly text: string;
}

/** An Adaptive Card as JSON; only what the client itself must understand is named. */
export interface CardJson {
  readonly [key: string]: unknown;
}

export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** Id of the root post; of a root post its own id, or absent. */
  readonly threadId?: string;
  readonly from: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly text?: string;
  readonly textFormat?: string;
  readonly mentions?: readonly Mention[];
  readonly card?: CardJson;
  readonly summary?: string;
  /** Teams id of the one person who sees it. */
  readonly onlyFor?: string;
  readonly createdAt: string;
  readonly editedAt?: string;
}

export interface WireEntry {
  readonly id: string | number;
  readonly at: string | number;
  readonly from: string;
  readonly to: string;
  readonly what: string;
  /** Whose token the call bore. */
  readonly as?: string;
  readonly status?: string | number;
  readonly ms?: number;
  readonly detail?: unknown;
}

export interface ToastNotice {
  readonly conversationId: string;
  readonly messageId: string;
  readonly title: string;
  readonly text: string;
}

export interface InvokeRequest {
  readonly conversationId: string;
  readonly messageId: string;
  readonly verb: string;
  readonly data: object;
  readonly trigger: 'manual' | 'automatic';
  /** The six digits that the sign-in page showed. */
  readonly code?: string;
}

export interface InvokeResponse {
  readonly statusCode: number;
  readonly type?: string;
  readonly value?: unknown;
}
