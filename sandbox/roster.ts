import type { Departed } from './departed.ts';
import type { Conversation, Person } from './world.ts';
import { people, tenantId } from './world.ts';

export function membersOf(conversation: Conversation, departed: Departed): object[] {
  return people.filter((person) => isMember(person, conversation, departed)).map(rosterEntry);
}

export function isMember(person: Person, conversation: Conversation, departed: Departed): boolean {
  return conversation.members.includes(person.key) && !departed.has(person, conversation);
}

export function rosterEntry(person: Person): object {
  const [givenName = '', surname = ''] = person.name.split(' ');
  return {
    id: person.teamsId,
    name: person.name,
    objectId: person.objectId,
    aadObjectId: person.objectId,
    givenName,
    surname,
    email: person.upn,
    userPrincipalName: person.upn,
    tenantId,
    userRole: 'user',
  };
}

export function personByAnyId(id: string | undefined): Person | undefined {
  return people.find(({ teamsId, objectId }) => id === teamsId || id === objectId);
}
