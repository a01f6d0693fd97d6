import type { Activity, ConversationParameters } from 'botbuilder';
import type { Person } from '../src/containment/person.ts';
import { sendInTurn } from './in-turn.ts';
import { type PostParts, type Reference, addressed, guarded, referenceOf, wayTo } from './post.ts';

type Addressee = Pick<Person, 'teamsId' | 'name'>;

interface ToPerson {
  /** In which the bot has met them. */
  readonly conversation: string;
  readonly person: Addressee;
  readonly activity: Partial<Activity>;
  readonly signal: AbortSignal;
}

/** In the person's own chat with the bot, which is made if need be. */
export async function sendToPerson(
  parts: PostParts,
  { conversation, person, activity, signal }: ToPerson,
): Promise<void> {
  const reference = await referenceOf(parts, conversation);
  const thread = await guarded(async () => {
    const { client } = await wayTo(parts, reference, signal);
    const chat = chatWith(person, reference);
    return (await client.conversations.createConversation(chat, { abortSignal: signal })).id;
  });
  const message = addressed(activity, thread, reference);
  const send = () =>
    guarded(async () => {
      const { client } = await wayTo(parts, reference, signal);
      return client.conversations.sendToConversation(thread, message, { abortSignal: signal });
    });
  await sendInTurn(parts.pacer, { thread, priority: 'urgent', send, signal });
}

/** The SDK's type also demands a first message and a topic, which a chat of two does not have. */
function chatWith(person: Addressee, reference: Reference): ConversationParameters {
  const parameters: Partial<ConversationParameters> = {
    isGroup: false,
    bot: { id: reference.bot.id, name: reference.bot.name ?? '' },
    members: [{ id: person.teamsId, name: person.name }],
    tenantId: reference.tenantId,
    channelData: { tenant: { id: reference.tenantId } },
  };
  return parameters as ConversationParameters;
}
