import { randomUUID } from 'node:crypto';
import type { Message } from './message-store.ts';
import type { Conversation, Person } from './world.ts';
import { botName, botTeamsId, conversations, tenantId } from './world.ts';

export type Activity = Readonly<Record<string, unknown>>;

/** Where an activity comes from: who, in which conversation and, in a channel, in which thread. */
export interface Origin {
  readonly person: Person;
  readonly conversation: Conversation;
  readonly threadId?: string;
  readonly serviceUrl: string;
  readonly now: number;
}

/** A typed message, as Teams delivers it: plain text, and beside it an HTML twin as attachment. */
export function messageActivity(origin: Origin, message: Message, mention: boolean): Activity {
  const text = message.text ?? '';
  const at = `<at>${botName}</at>`;
  const written = mention ? text.replace(at, '').trimStart() : text;
  const tag = `<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">${botName}</span>&nbsp;`;
  const paragraphs = escaped(written).replaceAll('\n', '<br>');
  const mentions = mention
    ? [{ type: 'mention', text: at, mentioned: { id: botTeamsId, name: botName } }]
    : [];
  return {
    ...envelope(origin, message.id),
    ...(message.onlyFor === undefined
      ? {}
      : { recipient: { id: botTeamsId, name: botName, isTargeted: true } }),
    type: 'message',
    // Teams puts a no-break space behind a mention that was picked from its list.
    text: mention ? `${at}\u00a0${written}\n` : written,
    textFormat: 'plain',
    attachments: [{ contentType: 'text/html', content: `<p>${mention ? tag : ''}${paragraphs}</p>` }],
    entities: [...mentions, clientInfo],
    ...(message.threadId === message.id ? {} : { replyToId: message.threadId }),
  };
}

export interface CardAction {
  readonly verb: string;
  readonly data: unknown;
  readonly trigger: 'manual' | 'automatic';
  readonly authentication?: { readonly id: string; readonly connectionName: string; readonly token: string };
  /** The six digits of a sign-in by the button. */
  readonly state?: string;
}

/** A pressed button of a card (Universal Action), or the automatic refresh of one. */
export function cardActivity(origin: Origin, messageId: string, action: CardAction): Activity {
  const { verb, data, ...rest } = action;
  const base = envelope(origin, `f:${randomUUID()}`);
  return {
    ...base,
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: messageId,
    entities: [clientInfo],
    channelData: { ...(base['channelData'] as object), source: { name: 'message' } },
    value: { action: { type: 'Action.Execute', verb, data }, ...rest },
  };
}

/** What Teams tells when the app is added: first the roster, then the installation. */
export function installActivities(origin: Origin): Activity[] {
  const added = [{ id: botTeamsId }];
  const who = { id: origin.person.teamsId, aadObjectId: origin.person.objectId };
  return [
    {
      ...envelope(origin, `f:${randomUUID()}`),
      type: 'conversationUpdate',
      membersAdded: origin.conversation.kind === 'personal' ? [...added, who] : added,
    },
    { ...envelope(origin, `f:${randomUUID()}`), type: 'installationUpdate', action: 'add' },
  ];
}

/** What Teams tells when the app is removed: the roster of a team or group chat, and the installation of any. */
export function removeActivities(origin: Origin): Activity[] {
  const roster = {
    ...envelope(origin, `f:${randomUUID()}`),
    type: 'conversationUpdate',
    membersRemoved: [{ id: botTeamsId }],
  };
  const installation = {
    ...envelope(origin, `f:${randomUUID()}`),
    type: 'installationUpdate',
    action: 'remove',
  };
  return origin.conversation.kind === 'personal' ? [installation] : [roster, installation];
}

/** What Teams tells when a person comes or goes: for a whole team, in its General channel. */
export function memberActivity(origin: Origin, change: 'membersAdded' | 'membersRemoved'): Activity {
  const base = envelope(origin, `f:${randomUUID()}`);
  const who = { id: origin.person.teamsId, aadObjectId: origin.person.objectId };
  const eventType = change === 'membersAdded' ? 'teamMemberAdded' : 'teamMemberRemoved';
  return {
    ...base,
    type: 'conversationUpdate',
    [change]: [who],
    channelData: {
      ...(base['channelData'] as object),
      ...(origin.conversation.kind === 'channel' ? { eventType } : {}),
    },
  };
}

const clientInfo = {
  type: 'clientInfo',
  locale: 'en-GB',
  country: 'GB',
  platform: 'Web',
  timezone: 'Europe/London',
};

function envelope(origin: Origin, id: string): Record<string, unknown> {
  const { person, conversation, serviceUrl, now } = origin;
  const timestamp = new Date(now).toISOString();
  return {
    id,
    timestamp,
    localTimestamp: timestamp.replace('Z', '+00:00'),
    localTimezone: 'Europe/London',
    locale: 'en-GB',
    channelId: 'msteams',
    serviceUrl,
    from: { id: person.teamsId, name: person.name, aadObjectId: person.objectId },
    recipient: { id: botTeamsId, name: botName },
    conversation: conversationOf(origin),
    channelData: channelDataOf(conversation),
  };
}

function conversationOf({ conversation, threadId }: Origin): object {
  const type = { conversationType: conversation.kind, tenantId };
  if (conversation.kind === 'personal') return { ...type, id: conversation.id };
  const suffix = conversation.kind === 'channel' && threadId !== undefined ? `;messageid=${threadId}` : '';
  return { ...type, isGroup: true, id: `${conversation.id}${suffix}` };
}

/** A team bears the id of its General channel. */
function channelDataOf(conversation: Conversation): Record<string, unknown> {
  const tenant = { tenant: { id: tenantId } };
  if (conversation.kind !== 'channel') return tenant;
  const general = conversations.find(({ team, name }) => team === conversation.team && name === 'General');
  const teamId = general?.id ?? conversation.id;
  return {
    ...tenant,
    teamsChannelId: conversation.id,
    teamsTeamId: teamId,
    channel: { id: conversation.id },
    team: { id: teamId, name: conversation.team },
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
