import type { ConnectorClient } from 'botframework-connector';
import { ChatError } from '../src/jobs/ports.ts';
import { toChatError } from './chat-error.ts';

interface Parts {
  readonly connect: (serviceUrl: string) => Promise<ConnectorClient>;
  readonly timeoutMs?: number;
}

export interface Entry {
  /** Of an authenticated activity. */
  readonly serviceUrl: string;
  readonly conversation: string;
  readonly teamsId: string;
}

/** Whether Teams lists a person in a conversation now; undefined when it does not say. */
export type Roster = (entry: Entry) => Promise<boolean | undefined>;

/** Leaves most of the 5 s of a press to the press. */
const rosterMs = 1_500;

export function createRoster({ connect, timeoutMs = rosterMs }: Parts): Roster {
  return async ({ serviceUrl, conversation, teamsId }) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    try {
      const client = await connect(serviceUrl);
      await client.conversations.getConversationMember(conversation, teamsId, { abortSignal });
      return true;
    } catch (error) {
      const known = toChatError(error);
      if (!(known instanceof ChatError)) throw known;
      return known.kind === 'gone' ? false : undefined;
    }
  };
}
