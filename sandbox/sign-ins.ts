import { randomInt, randomUUID } from 'node:crypto';
import type { Entra } from './entra.ts';
import type { Person } from './world.ts';

/** A sign-in of the real token service lives on a refresh token, for weeks; a token for about an hour. */
const signInLifetimeMs = 14 * 24 * 3600_000;
const codeLifetimeMs = 10 * 60_000;
const renewBeforeMs = 5 * 60_000;
const tokenLifetimeMs = 3600_000;

/** A started sign-in: the link that one person was given in one conversation. */
export interface SignInSession {
  readonly id: string;
  readonly connection: string;
  /** Teams id of whoever was given the link. */
  readonly teamsId: string;
}

export interface UserToken {
  readonly token: string;
  readonly expiration: string;
}

interface Held {
  readonly person: Person;
  readonly until: number;
  token?: UserToken & { readonly at: number };
}

/** Who is signed in, by Teams id and connection, as the Bot Framework token service keeps it. */
export interface SignIns {
  start(connection: string, teamsId: string): SignInSession;
  session(id: string): SignInSession | undefined;
  /** The person of the Entra account has signed in by the link; answers the six digits to type back. */
  complete(session: SignInSession, person: Person): string;
  /** Redeems the six digits; true when they were right, for this person and unused. */
  redeem(connection: string, teamsId: string, code: string): boolean;
  /** With this very token when given, whosever it is. */
  hold(connection: string, teamsId: string, person: Person, token?: string): void;
  signOut(connection: string | undefined, teamsId: string): void;
  token(connection: string, teamsId: string): Promise<UserToken | undefined>;
}

export function createSignIns(entra: Entra, now: () => number): SignIns {
  const sessions = new Map<string, SignInSession>();
  const codes = new Map<string, { session: SignInSession; person: Person; until: number }>();
  const held = new Map<string, Held>();
  const keyOf = (connection: string, teamsId: string): string => `${connection}\n${teamsId}`;
  const hold: SignIns['hold'] = (connection, teamsId, person, token) => {
    held.set(keyOf(connection, teamsId), {
      person,
      until: now() + signInLifetimeMs,
      ...(token === undefined ? {} : { token: issuedNow(token, now()) }),
    });
  };
  return {
    hold,
    start: (connection, teamsId) => {
      const session = { id: randomUUID(), connection, teamsId };
      sessions.set(session.id, session);
      return session;
    },
    session: (id) => sessions.get(id),
    complete: (session, person) => {
      const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
      codes.set(code, { session, person, until: now() + codeLifetimeMs });
      return code;
    },
    redeem: (connection, teamsId, code) => {
      const entry = codes.get(code);
      if (entry === undefined || entry.until < now()) return false;
      if (entry.session.connection !== connection || entry.session.teamsId !== teamsId) return false;
      codes.delete(code);
      hold(connection, teamsId, entry.person);
      return true;
    },
    signOut: (connection, teamsId) => {
      if (connection !== undefined) held.delete(keyOf(connection, teamsId));
      else for (const key of held.keys()) if (key.endsWith(`\n${teamsId}`)) held.delete(key);
    },
    token: async (connection, teamsId) => {
      const entry = held.get(keyOf(connection, teamsId));
      if (entry === undefined || entry.until < now()) return undefined;
      if (entry.token !== undefined && entry.token.at + tokenLifetimeMs - renewBeforeMs > now())
        return entry.token;
      const at = now();
      entry.token = issuedNow(await entra.ssoToken(entry.person, tokenLifetimeMs / 1000), at);
      return entry.token;
    },
  };
}

function issuedNow(token: string, at: number): UserToken & { readonly at: number } {
  return { token, at, expiration: new Date(at + tokenLifetimeMs).toISOString() };
}
