/** A moment by the database's clock, ISO 8601 in UTC. Strings, because states are stored as JSON. */
export type Instant = string;

/** Somebody whom Teams authenticated. Names are for people to read, never for decisions. */
export interface Person {
  /** Entra object id. */
  readonly objectId: string;
  readonly tenantId: string;
  /** The person's Teams id towards this bot; the token service knows people by it. */
  readonly teamsId: string;
  readonly name: string;
}

export function isSamePerson(one: Person, other: Person): boolean {
  return (
    one.tenantId.toLowerCase() === other.tenantId.toLowerCase() &&
    one.objectId.toLowerCase() === other.objectId.toLowerCase()
  );
}
