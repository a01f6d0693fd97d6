import { addressBook } from './address-book.ts';
import { botName, botTeamsId, people, tenantId } from './world.ts';

/** The Playground's configuration: our people and places. It wants exactly five users beside oneself. */
export function playgroundConfig(): string {
  const [me, ...others] = people;
  if (me === undefined) throw new Error('The seeded world has no people.');
  const general = addressBook.conversation('General');
  const incident = addressBook.conversation('INC-2481');
  const group = addressBook.conversation('Night shift');
  // JSON is YAML too.
  return JSON.stringify({
    version: '0.1.1',
    tenantId,
    bot: { id: botTeamsId, name: botName },
    currentUser: userOf(me),
    users: [...others, visitor].map(userOf),
    personalChat: { id: addressBook.chat(me).id },
    groupChat: { id: group.id, name: group.name },
    team: {
      id: general.id,
      name: general.team,
      aadGroupId: '6f0f4a3e-5c1d-4d7e-9a55-0c2b7f3a9d10',
      // It has General by itself and takes one more.
      channels: [{ id: incident.id, name: incident.name }],
    },
  });
}

/** Nobody whom the simulated Entra knows; only there to make up the number. */
const visitor = {
  teamsId: '29:1visitor',
  name: 'Vera Visitor',
  upn: 'vera.visitor@fabrikam.example',
  objectId: '7a3e5b1c-2d4f-4a6b-8c9d-000000000000',
};

function userOf({ teamsId, name, upn, objectId }: typeof visitor): object {
  const [givenName = '', surname = ''] = name.split(' ');
  // The misspelt name is the Playground's.
  return { id: teamsId, name, userPrincipleName: upn, aadObjectId: objectId, givenName, surname, email: upn };
}
