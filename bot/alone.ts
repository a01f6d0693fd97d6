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

/** A header between us and our own HTTP client; it never leaves the process. */
export const targetedHeader = 'x-cordon-targeted';

/** For calls of the SDK's connector, which has no word for messages to one person. */
export const targetedCall = { requestOptions: { customHeaders: { [targetedHeader]: 'true' } } };

/** Only that person sees it, below what they wrote. */
export function onlyFor({ person, messageId }: Alone, activity: Partial<Activity>): Partial<Activity> {
  return {
    ...activity,
    recipient: { id: person.teamsId, name: person.name },
    entities: [...(activity.entities ?? []), { type: 'targetedMessageInfo', messageId }],
  };
}

/** Teams asks for it by a parameter of the address. */
export function targetedUrl(url: string): string {
  const target = new URL(url);
  target.searchParams.set('isTargetedActivity', 'true');
  return target.href;
}
