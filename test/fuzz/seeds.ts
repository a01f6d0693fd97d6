import {
  type Activity,
  cardActivity,
  installActivities,
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

/** What Teams really sends, of every kind, by people of whom nobody is signed in: nothing here can reach Defender. */
export function createSeeds(sandbox: Sandbox, requestIds: readonly string[]) {
  const { people, conversations, devices } = sandbox.world;
  const channels = conversations.filter((each) => each.kind === 'channel');
  const commands = [
    `/restrict ${devices[0]?.id ?? ''} Beacon seen`,
    `/unrestrict ${devices[1]?.id ?? ''} Cleaned`,
    '/cancel #1 Wrong device',
    '/help restrict',
    '/whoami',
    '/signout',
    'hello',
  ];
  return (random: Random, serial: number): Activity => {
    const person = oneOf(random, people);
    const kind = random.whole(0, 9);
    // A thread of its own for each message: Teams takes only so many answers a second in one.
    const conversation = oneOf(random, kind < 5 ? channels : conversations);
    const origin = {
      // Many more people than the sandbox has: one alone would soon meet the limit of one person.
      person: { ...person, objectId: `f0000000-0000-4000-8000-${String(serial % 5_000).padStart(12, '0')}` },
      conversation,
      threadId: String(1_700_000_000_000 + serial),
      serviceUrl: sandbox.teams.serviceUrl,
      now: Date.now(),
    };
    switch (kind) {
      case 0:
        return installActivities(origin)[random.whole(0, 1)] ?? {};
      case 1:
        return removeActivities(origin)[0] ?? {};
      case 2:
      case 3:
      case 4:
        return messageActivity(
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
      default:
        return cardActivity(origin, String(serial), {
          verb: random.pick(verbs),
          data: { requestId: oneOf(random, requestIds), comment: 'No' },
          trigger: random.chance(0.5) ? 'manual' : 'automatic',
        });
    }
  };
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  const one = all[random.whole(0, all.length - 1)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
