import {
  type Activity,
  type Origin,
  cardActivity,
  installActivities,
  memberActivity,
  messageActivity,
  removeActivities,
} from '../../sandbox/activities.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Random } from '../support/random.ts';

const verbs = [
  'approve',
  'deny',
  'cancel',
  'refresh',
  'recheck',
  'retry',
  'close',
  'choose',
  'release',
  'constructor',
] as const;

/** Other invokes that Teams knows; Cordon has no use for any. */
const invokes = [
  'signin/verifyState',
  'signin/tokenExchange',
  'signin/failure',
  'task/fetch',
  'task/submit',
  'composeExtension/query',
  'composeExtension/submitAction',
  'message/submitAction',
  'fileConsent/invoke',
  'actionableMessage/executeAction',
  'tab/fetch',
  'config/fetch',
  'application/search',
] as const;

/** What became of a message, as Teams tells it; the data of the channel may be absent. */
const afterwards = [
  { type: 'messageUpdate', eventType: 'editMessage' },
  { type: 'messageUpdate', eventType: 'undeleteMessage' },
  { type: 'messageDelete', eventType: 'softDeleteMessage' },
  { type: 'messageReaction', reactionsAdded: [{ type: 'like' }], replyToId: '1' },
  { type: 'messageReaction', reactionsRemoved: [{ type: 'like' }], replyToId: '1' },
  { type: 'event', name: 'application/vnd.microsoft.meetingStart' },
  { type: 'event', name: 'application/vnd.microsoft.readReceipt', value: { lastReadMessageId: '1' } },
  { type: 'installationUpdate', action: 'add-upgrade' },
  { type: 'installationUpdate', action: 'remove-upgrade' },
  { type: 'conversationUpdate', eventType: 'channelRenamed' },
  { type: 'conversationUpdate', eventType: 'teamArchived' },
  { type: 'typing' },
] as const;

/** What Teams really sends, of every kind, by people of whom nobody is signed in: nothing here can reach Defender. */
export function createSeeds(sandbox: Sandbox, requestIds: readonly string[]) {
  const { people, conversations, devices } = sandbox.world;
  const channels = conversations.filter((each) => each.kind === 'channel');
  const commands = [
    `/restrict ${devices[0]?.id ?? ''} Beacon seen`,
    `/unrestrict ${devices[1]?.id ?? ''} Cleaned`,
    '/cancel #1 Wrong device',
    '/approve #1 Agreed',
    '/deny #2 Backup server',
    '/aprove #1',
    '/help restrict',
    '/status #1',
    `/history ${devices[0]?.id ?? ''}`,
    '/pending 2',
    '/active',
    '/whoami',
    '/report 24h',
    '/signout',
    'hello',
  ];
  return (random: Random, serial: number): Activity => {
    const person = oneOf(random, people);
    const kind = random.whole(0, 12);
    // A thread of its own for each message: Teams takes only so many answers a second in one.
    const conversation = oneOf(random, kind < 6 ? channels : conversations);
    const origin = {
      // Many more people than the sandbox has: one alone would soon meet the limit of one person.
      person: { ...person, objectId: `f0000000-0000-4000-8000-${String(serial % 5_000).padStart(12, '0')}` },
      conversation,
      threadId: String(1_700_000_000_000 + serial),
      serviceUrl: sandbox.teams.serviceUrl,
      now: Date.now(),
    };
    const said = (): Activity =>
      messageActivity(
        origin,
        {
          id: String(serial),
          threadId: origin.threadId,
          conversationId: conversation.id,
          from: { id: person.teamsId, name: person.name, isBot: false },
          text: oneOf(random, commands),
          textFormat: 'plain',
        } as Parameters<typeof messageActivity>[1],
        conversation.kind !== 'personal',
      );
    switch (kind) {
      case 0:
        return installActivities(origin)[random.whole(0, 1)] ?? {};
      case 1:
        return removeActivities(origin)[0] ?? {};
      case 2:
        return memberActivity(origin, random.pick(['membersAdded', 'membersRemoved']));
      case 3:
      case 4:
      case 5:
        return said();
      case 6:
        return afterwardsOf(random, said());
      case 7:
        return { ...pressOf(random, origin, requestIds), name: oneOf(random, invokes) };
      default:
        return pressOf(random, origin, requestIds);
    }
  };
}

function pressOf(random: Random, origin: Origin, requestIds: readonly string[]): Activity {
  return cardActivity(origin, origin.threadId ?? '', {
    verb: random.pick(verbs),
    data: { requestId: oneOf(random, requestIds), comment: 'No' },
    trigger: random.chance(0.5) ? 'manual' : 'automatic',
  });
}

function afterwardsOf(random: Random, message: Activity): Activity {
  const { ...change } = oneOf(random, afterwards);
  const { eventType, ...rest } = { eventType: undefined, ...change };
  const channelData = { ...(message['channelData'] as object), eventType };
  return { ...message, ...(random.chance(0.3) ? { channelData: undefined } : { channelData }), ...rest };
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  const one = all[random.whole(0, all.length - 1)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
