import type { Activity } from 'botbuilder';
import type { SeenConversation } from '../src/store/conversations.ts';
import { Inbound, placeOf } from './inbound.ts';

/** An activity as far as it can be read, and how its conversation is reached. */
export interface Heard {
  readonly activity: Inbound;
  readonly tenantId: string;
  readonly seen: SeenConversation;
}

/** Undefined for what does not have the shape of a Teams activity. */
export function hear(raw: Activity): Heard | undefined {
  const parsed = Inbound.safeParse(raw);
  const tenantId: unknown = raw.conversation.tenantId;
  if (!parsed.success || typeof tenantId !== 'string') return undefined;
  const activity = parsed.data;
  const { id, name } = activity.recipient;
  const bot = { id, ...(name === undefined ? {} : { name }) };
  const seen = {
    conversation: placeOf(activity).conversation,
    tenantId,
    team: activity.channelData?.team?.id,
    reference: { serviceUrl: activity.serviceUrl, tenantId, bot },
  };
  return { activity, tenantId, seen };
}
