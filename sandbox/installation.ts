import type { Activity, Origin } from './activities.ts';
import { installActivities, memberActivity, removeActivities } from './activities.ts';
import type { Delivered } from './delivery.ts';
import type { Departed } from './departed.ts';
import type { Conversation, Person } from './world.ts';
import { conversations, people } from './world.ts';

/** The app and people in conversations: added, removed, added again. The connector follows at once. */
export interface Installation {
  /** To the team, the group chat and everybody's own chat. */
  install(): Promise<readonly Delivered[]>;
  /** From the team or chat of this conversation. */
  uninstall(person: Person, conversation: Conversation): Promise<readonly Delivered[]>;
  reinstall(person: Person, conversation: Conversation): Promise<readonly Delivered[]>;
  /** Takes a person out of the team or chat of this conversation. */
  leave(person: Person, conversation: Conversation): Promise<Delivered>;
  join(person: Person, conversation: Conversation): Promise<Delivered>;
}

interface Parts {
  readonly installedIn: Set<string>;
  readonly departed: Departed;
  readonly origin: (person: Person, conversation: Conversation) => Origin;
  readonly deliver: (activity: Activity) => Promise<Delivered>;
}

export function createInstallation({ installedIn, departed, origin, deliver }: Parts): Installation {
  const tell = (
    activities: (origin: Origin) => readonly Activity[],
    person: Person,
    conversation: Conversation,
  ): Promise<Delivered[]> => Promise.all(activities(origin(person, conversation)).map(deliver));
  return {
    install: async () => {
      const told = installPlaces().map(({ person, conversation }) =>
        tell(installActivities, person, conversation),
      );
      return (await Promise.all(told)).flat();
    },
    uninstall: (person, conversation) => {
      sameTeam(conversation).forEach(({ id }) => installedIn.delete(id));
      return tell(removeActivities, person, generalOf(conversation));
    },
    reinstall: (person, conversation) => {
      sameTeam(conversation).forEach(({ id }) => installedIn.add(id));
      return tell(installActivities, person, generalOf(conversation));
    },
    leave: (person, conversation) => {
      sameTeam(conversation).forEach((each) => departed.add(person, each));
      return deliver(memberActivity(origin(person, generalOf(conversation)), 'membersRemoved'));
    },
    join: (person, conversation) => {
      sameTeam(conversation).forEach((each) => departed.delete(person, each));
      return deliver(memberActivity(origin(person, generalOf(conversation)), 'membersAdded'));
    },
  };
}

/** The channels of a team have one installation between them, of which its General channel is told. */
function sameTeam({ id, team }: Conversation): readonly Conversation[] {
  return conversations.filter((each) => each.id === id || (team !== undefined && each.team === team));
}

function generalOf(conversation: Conversation): Conversation {
  return sameTeam(conversation).find(({ name }) => name === 'General') ?? conversation;
}

function installPlaces(): { person: Person; conversation: Conversation }[] {
  return conversations
    .filter((conversation) => generalOf(conversation) === conversation)
    .flatMap((conversation) => {
      const person = people.find(({ key }) => key === conversation.members[0]);
      return person === undefined ? [] : [{ person, conversation }];
    });
}
