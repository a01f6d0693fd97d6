import type { Activity } from 'botbuilder';
import { type Inbound, placeOf } from './inbound.ts';

/** Whoever wrote to the bot alone among others: in Teams a targeted message, sent from the menu that `/` opens. */
export interface Alone {
  /** As Teams names the conversation of that message; no thread that anybody else could read. */
  readonly thread: string;
  readonly messageId: string;
  readonly person: { readonly teamsId: string; readonly name: string };
}

/** Undefined where others read what was written, and in a personal chat, where nobody else is. */
export function aloneOf(activity: Inbound): Alone | undefined {
  const { recipient, from, conversation, id } = activity;
  if (recipient.isTargeted !== true || id === undefined) return undefined;
  if (placeOf(activity).kind === 'personal') return undefined;
  const person = { teamsId: from.id, name: from.name ?? '' };
  return { thread: conversation.id, messageId: id, person };
}

/** A header between us and our own HTTP client, which takes it away: the SDK has no word for such messages. */
const header = 'x-cordon-targeted';

/** Options for a call of the SDK's connector. */
export function targetedCall({ messageId }: Alone): { readonly customHeaders: Record<string, string> } {
  return { customHeaders: { [header]: encodeURIComponent(messageId) } };
}

/** Only that person sees it. */
export function onlyFor({ person }: Alone, activity: Partial<Activity>): Partial<Activity> {
  return { ...activity, recipient: { id: person.teamsId, name: person.name } };
}

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** As Teams wants it: a parameter of the address, and an entity that says below which message it belongs. */
export function asTeamsWants({ url, headers, body }: Call): Call {
  const { [header]: mark, ...others } = headers;
  if (mark === undefined || body === undefined) return { url, headers: others, body };
  const target = new URL(url);
  target.searchParams.set('isTargetedActivity', 'true');
  const activity = JSON.parse(body) as object;
  const entities = [{ type: 'targetedMessageInfo', messageId: decodeURIComponent(mark) }];
  return { url: target.href, headers: others, body: JSON.stringify({ ...activity, entities }) };
}
