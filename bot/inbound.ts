import { z } from 'zod';
import { type Place, threadOf } from '../src/containment/request.ts';
import { storable } from '../src/platform/storable.ts';

const text = z.string().transform(storable).optional().catch(undefined);
/** An id is no text: one that would have to be changed names nothing. */
const id = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => storable(value) === value);

const Member = z.object({ id: id(300) });
/** Far more than Teams names at once; a database takes only so many values in one statement. */
const mostMembers = 5_000;
/** Read one by one: an odd one must not hide the others. */
const members = z
  .array(z.unknown())
  .transform((list) => list.slice(0, mostMembers).flatMap((each) => Member.safeParse(each).data ?? []))
  .optional()
  .catch(undefined);

/** The fields of a Teams activity that Cordon reads; what is missing or odd elsewhere does not matter. */
export const Inbound = z.object({
  type: z.string().min(1).max(100),
  id: id(300).optional(),
  name: text,
  action: text,
  serviceUrl: z.string(),
  from: z.object({ id: id(300), name: text, aadObjectId: text }),
  conversation: z.object({
    id: id(500),
    conversationType: text,
    isGroup: z.boolean().optional().catch(undefined),
  }),
  recipient: z.object({ id: id(300), name: text, isTargeted: z.boolean().optional().catch(undefined) }),
  membersAdded: members,
  membersRemoved: members,
  channelData: z
    .object({
      team: z
        .object({ id: id(500) })
        .optional()
        .catch(undefined),
      channel: z.object({ type: text }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  text: text,
  value: z.unknown().optional(),
});
export type Inbound = z.infer<typeof Inbound>;

/** Where an activity comes from. A channel's id carries its thread behind a semicolon. */
export function placeOf(activity: Inbound): Place {
  const written = activity.conversation.id;
  const conversation = written.split(';', 1)[0] ?? written;
  const thread = beginsUnseenThread(activity, conversation) ? conversation : written;
  return { conversation, thread, kind: kindOf(activity, conversation) };
}

/** A post of a channel that only the bot sees: what others are to read cannot follow below it. */
function beginsUnseenThread(
  { id, recipient, conversation: { id: written } }: Inbound,
  channel: string,
): boolean {
  return recipient.isTargeted === true && id !== undefined && written === threadOf(channel, id);
}

function kindOf(activity: Inbound, conversation: string): Place['kind'] {
  const type = activity.conversation.conversationType?.toLowerCase();
  if (type === 'personal') return 'personal';
  if (type === 'channel') return 'channel';
  if (type === 'groupchat') return 'groupChat';
  if (/@thread\.(tacv2|skype)$/.test(conversation)) return 'channel';
  return conversation.startsWith('19:') || activity.conversation.isGroup === true ? 'groupChat' : 'personal';
}
