import type { Departures } from '../src/store/departures.ts';
import type { Heard } from './heard.ts';
import type { Roster } from './roster.ts';

interface Parts {
  readonly departures: Departures;
  readonly roster: Roster;
}

/** Why somebody may not be heard where they speak or press. */
export type Bar = 'not-a-member' | 'membership-unknown' | 'shared-channel';

export type Membership = ReturnType<typeof createMembership>;

/**
 * Teams delivers nothing of people who cannot see a conversation. Should something come all the same of somebody of whom it
 * said that they left, its roster decides; nobody else costs a call.
 */
export function createMembership({ departures, roster }: Parts) {
  return {
    /** Who came and who went. */
    async note({ activity, seen }: Heard): Promise<void> {
      const { conversation, team } = seen;
      await departures.returned({ conversation, team }, idsOf(activity.membersAdded));
      for (const place of new Set([conversation, team ?? conversation]))
        await departures.left(place, idsOf(activity.membersRemoved));
    },
    async barOf({ activity, seen: { conversation, team } }: Heard): Promise<Bar | undefined> {
      // People of other organisations are members there, and no activity says who they are.
      if (activity.channelData?.channel?.type === 'shared') return 'shared-channel';
      const teamsId = activity.from.id;
      if (!(await departures.hasLeft({ conversation, team }, teamsId))) return undefined;
      const isListed = await roster({ serviceUrl: activity.serviceUrl, conversation, teamsId });
      if (isListed === undefined) return 'membership-unknown';
      if (!isListed) return 'not-a-member';
      await departures.listed({ conversation, team }, teamsId);
      return undefined;
    },
  };
}

function idsOf(members: Heard['activity']['membersAdded']): readonly string[] {
  return [...new Set((members ?? []).map(({ id }) => id))];
}
