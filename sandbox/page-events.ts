import { presetStates } from './page-api.ts';
import type { EventStream } from './event-stream.ts';
import type { Faults } from './faults.ts';
import { type Message, type MessageStore, isSeenBy } from './message-store.ts';
import type { Wire } from './wire.ts';
import { conversations, people } from './world.ts';

/** Tells every open page what happens, as far as its person would see it. */
export function forwardEvents(
  stream: EventStream,
  messages: MessageStore,
  faults: Faults,
  wire: Wire,
): () => void {
  const stops = [
    messages.onChange(({ kind, message }) => {
      const to = inConversation(message);
      if (kind === 'delete') stream.send('update', { message: deleted(message) }, to);
      else stream.send(kind, { message }, to);
      if (kind !== 'message' || !message.from.isBot) return;
      stream.send('toast', toastOf(message), (person) => to(person) && concerns(message, person));
    }),
    faults.onChange((switches) => stream.send('faults', { switches, presets: presetStates(switches) })),
    wire.onEntry((entry) => stream.send('wire', { entry })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function inConversation(message: Message): (person: string) => boolean {
  const members = conversations.find(({ id }) => id === message.conversationId)?.members ?? [];
  return (person) => members.includes(person) && isSeenBy(message, teamsIdOf(person));
}

/** Whoever is mentioned; and everybody, when the bot gave its message a line for the notification. */
function concerns({ mentions = [], summary }: Message, person: string): boolean {
  return summary !== undefined || mentions.some(({ id }) => id === teamsIdOf(person));
}

function teamsIdOf(person: string): string {
  return people.find(({ key }) => key === person)?.teamsId ?? '';
}

function toastOf(message: Message): object {
  const { conversationId, id: messageId, summary, text } = message;
  const place = conversations.find((each) => each.id === conversationId);
  return {
    conversationId,
    messageId,
    title: place?.kind === 'personal' ? message.from.name : `${message.from.name} in ${place?.name ?? ''}`,
    text: summary ?? (text ?? '').replaceAll(/<\/?at>/g, ''),
  };
}

function deleted({ card: _card, mentions: _mentions, summary: _summary, ...message }: Message): Message {
  return { ...message, text: 'This message has been deleted.', textFormat: 'plain' };
}
