import { cardButtons, cardLabel } from '../sandbox/card-reading.ts';
import type { Message } from '../sandbox/message-store.ts';
import type { Subject } from './subjects.ts';

/** Asks for a restriction and waits for its card. */
export async function request({ client, sandbox }: Subject, deviceId: string): Promise<Message> {
  const threadId = await client.say(`/restrict ${deviceId} Beacon seen`);
  return sandbox.teams.messages.until((all) =>
    all.find(
      (message) =>
        message.threadId === threadId &&
        cardButtons(message.card ?? {}).some(({ verb }) => verb === 'approve'),
    ),
  );
}

const endTimeoutMs = 60_000;

export async function succeeded(
  { sandbox }: Subject,
  { conversationId, id }: Message,
  timeoutMs = endTimeoutMs,
): Promise<void> {
  const { messages } = sandbox.teams;
  await messages.until(
    () => cardLabel(messages.get(conversationId, id)?.card ?? {}) === 'Succeeded' || undefined,
    timeoutMs,
  );
}

/** The reply in the thread that mentions people and states the end. */
export async function outcomeTold({ sandbox }: Subject, { threadId }: Message): Promise<void> {
  await sandbox.teams.messages.until(
    (all) => all.find((one) => one.threadId === threadId && one.from.isBot && one.mentions !== undefined),
    endTimeoutMs,
  );
}

/** The first click signs the approver in; the ones that are measured find a token. */
export async function signInApprover(subject: Subject, deviceId: string): Promise<void> {
  const card = await request(subject, deviceId);
  const answer = await subject.sandbox.teams.press(subject.client.approver, card, 'approve');
  if (answer.statusCode !== 200) throw new Error(`Signing in ended with ${answer.statusCode}.`);
  await succeeded(subject, card);
}

/** Devices that are online and can be restricted by the approver. */
export function restrictable({ sandbox }: Subject): readonly string[] {
  return ['ws-finance-017', 'ws-reception-02', 'ws-design-044', 'srv-files-01'].map(
    (name) => sandbox.world.device(name).id,
  );
}
