import type { Label } from './card-reading.ts';
import { cardButtons, cardLabel } from './card-reading.ts';
import type { Timeline } from './demo-timeline.ts';
import { asObject, asText } from './http.ts';
import type { Message } from './message-store.ts';
import type { Sandbox } from './sandbox.ts';
import { signInByBrowser } from './sign-in-by-browser.ts';
import type { InvokeAnswer } from './universal-action.ts';
import type { Conversation, Device, Person } from './world.ts';

export interface Story {
  readonly sandbox: Sandbox;
  readonly timeline: Timeline;
  readonly requester: Person;
  readonly approver: Person;
  readonly device: Device;
  readonly channel: Conversation;
}

/** After these the card does not change by itself any more. */
const ends: readonly Label[] = [
  'Denied',
  'Expired',
  'Withdrawn',
  'Succeeded',
  'Failed',
  'Timed out',
  'Cancelled',
  'Needs attention',
];

/** Plays install, request, a refused own approval, approval with sign-in, execution; answers the last label. */
export async function playStory(story: Story): Promise<Label | undefined> {
  const { sandbox, timeline, requester, approver, device, channel } = story;
  const { teams } = sandbox;
  timeline.says('Teams', `installs Cordon in ${channel.team ?? 'the team'}`);
  await teams.install();
  const welcomes = teams.messages.list().filter(({ from }) => from.isBot).length;
  timeline.says('Cordon', `greets in ${welcomes} places and waits for commands`);

  const command = `/restrict ${device.id} Opened the phishing attachment, beacon seen`;
  timeline.says(requester.name, `writes in “${channel.name}”: @Cordon ${command}`);
  const { message: root } = await teams.say(requester, channel, command);
  const card = await teams.messages.until((all) => all.find(isRequestIn(root.threadId)), 10_000);

  timeline.says(requester.name, 'presses Approve on the own request');
  tell(timeline, requester, await teams.press(requester, card, 'approve'));

  timeline.says(approver.name, 'presses Approve');
  let answer = await teams.press(approver, card, 'approve', { comment: 'Agreed, contain it' });
  if (answer.login !== undefined) {
    timeline.says('Cordon', `asks privately: “${answer.login.text}”`);
    const code = await signInByBrowser(answer.login.link, approver);
    timeline.says(approver.name, 'signs in in the browser and types the six digits back');
    answer = await teams.press(approver, card, 'approve', { comment: 'Agreed, contain it', code });
  }
  tell(timeline, approver, answer);

  const last = await teams.messages.until((all) => ended(all.find(({ id }) => id === card.id)), 20_000);
  // The outcome is also told in the thread, to requester and approver by name.
  await teams.messages.until((all) => all.find(isNotice(root.threadId, requester)), 5_000);
  return last;
}

function isRequestIn(threadId: string): (message: Message) => boolean {
  return (message) =>
    message.threadId === threadId && cardButtons(message.card ?? {}).some(({ verb }) => verb === 'approve');
}

function isNotice(threadId: string, person: Person): (message: Message) => boolean {
  return ({ threadId: thread, from, mentions = [] }) =>
    thread === threadId && from.isBot && mentions.some(({ id }) => id === person.teamsId);
}

function ended(message: Message | undefined): Label | undefined {
  const label = cardLabel(message?.card ?? {});
  return label !== undefined && ends.includes(label) ? label : undefined;
}

/** What the clicker alone gets to see. */
function tell(timeline: Timeline, person: Person, { statusCode, value, type }: InvokeAnswer): void {
  const label = type.includes('card.adaptive') ? cardLabel(asObject(value) ?? {}) : undefined;
  const text = asText(value) ?? asText(asObject(value)?.['message']);
  const what = text === undefined ? `a card: ${label ?? 'without a label'}` : `“${text}”`;
  timeline.says('Cordon', `answers only ${person.name.split(' ')[0] ?? ''} (${statusCode}): ${what}`);
}
