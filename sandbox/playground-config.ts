import { addressBook } from './address-book.ts';
import { botName, botTeamsId, people, tenantId } from './world.ts';

/** The Playground's configuration: our people and places. It wants exactly five users, as we have. */
export function playgroundConfig(): string {
  const [me] = people;
  if (me === undefined) throw new Error('The seeded world has no people.');
  const general = addressBook.conversation('General');
  const incident = addressBook.conversation('INC-2481');
  const group = addressBook.conversation('Night shift');
  // JSON is YAML too.
  return JSON.stringify({
    version: '0.1.1',
    tenantId,
    bot: { id: botTeamsId, name: botName },
    currentUser: { id: me.teamsId },
    users: people.map(({ teamsId, name, upn, objectId }) => {
      const [givenName = '', surname = ''] = name.split(' ');
      // The misspelt name is the Playground's.
      return {
        id: teamsId,
        name,
        userPrincipleName: upn,
        aadObjectId: objectId,
        givenName,
        surname,
        email: upn,
      };
    }),
    personalChat: { id: addressBook.chat(me).id },
    groupChat: { id: group.id, name: group.name },
    team: {
      id: general.id,
      name: general.team,
      aadGroupId: '6f0f4a3e-5c1d-4d7e-9a55-0c2b7f3a9d10',
      channels: [general, incident].map(({ id, name }) => ({ id, name })),
    },
  });
}
