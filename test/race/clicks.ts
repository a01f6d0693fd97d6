import { cardActivity } from '../../sandbox/activities.ts';
import type { Delivered } from '../../sandbox/delivery.ts';
import type { Person } from '../../sandbox/world.ts';
import type { Asked } from '../e2e/play.ts';
import { alex, jordan, priya, riley, sam } from '../e2e/stage.ts';
import type { Random } from '../support/random.ts';
import type { Rig } from '../support/rig.ts';

type Verb = 'approve' | 'deny' | 'cancel';

/** One press that is delivered to some process; presses with the same `press` are one, delivered again. */
export interface Click {
  readonly by: Person;
  readonly verb: Verb;
  readonly press: number;
}

export interface Answered extends Click {
  readonly delivered: Delivered;
}

/** All that people could press at the same moment: some may, some may not, one presses Approve on their own request. */
const wishes: readonly [readonly [Person, Verb], ...(readonly [Person, Verb])[]] = [
  [alex, 'approve'],
  [priya, 'approve'],
  [sam, 'approve'],
  [jordan, 'approve'],
  [riley, 'approve'],
  [alex, 'deny'],
  [priya, 'deny'],
  [riley, 'deny'],
  [riley, 'cancel'],
  [alex, 'cancel'],
  [jordan, 'cancel'],
];

/** A tenth each: one press delivered ten times, and one person pressing ten times; else a crowd of a random make. */
export function clicksOf(random: Random, count: number): readonly Click[] {
  const kind = random.next();
  const [by, verb] = random.pick(wishes);
  if (kind < 0.1) return Array.from({ length: count }, () => ({ by, verb, press: 0 }));
  if (kind < 0.2) return Array.from({ length: count }, (_, press) => ({ by, verb, press }));
  const clicks: Click[] = [];
  while (clicks.length < count) {
    const [person, wish] = random.pick(wishes);
    const press = clicks.length;
    const deliveries = random.chance(0.2) ? random.whole(2, 4) : 1;
    for (let again = 0; again < deliveries && clicks.length < count; again += 1)
      clicks.push({ by: person, verb: wish, press });
  }
  return clicks;
}

/** Delivers all of them within the same few milliseconds. */
export async function clickAtOnce(
  { sandbox: { teams } }: Rig,
  asked: Asked,
  clicks: readonly Click[],
): Promise<readonly Answered[]> {
  const { conversation, threadId, messageId, requestId } = asked;
  const activities = new Map(
    clicks.map(({ by, verb, press }) => {
      const data = { requestId, comment: verb === 'approve' ? '' : 'At the same moment' };
      const origin = teams.origin(by, conversation, threadId);
      return [press, cardActivity(origin, messageId, { verb, data, trigger: 'manual' })] as const;
    }),
  );
  return Promise.all(
    clicks.map(async (click) => ({
      ...click,
      delivered: await teams.deliver(activities.get(click.press) ?? ''),
    })),
  );
}
