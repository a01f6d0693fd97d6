import type { Device, Person } from '../world.ts';
import { forbidden, unauthorized } from './api-error.ts';
import type { Claims, VerifyToken } from './model.ts';

/** Who calls, as far as the token and Defender's own roles tell. */
export interface Caller {
  /** What `requestor` will say: the UPN, or the display name of the application. */
  readonly name: string;
  /** For the wire log. */
  readonly label: string;
  readonly tenant: string;
  readonly permissions: ReadonlySet<string>;
  /** Absent for a token without a person. */
  readonly person: Person | undefined;
  readonly delegated: boolean;
}

export interface Need {
  /** Any one of these, delegated. */
  readonly delegated: readonly string[];
  /** Any one of these, application. */
  readonly application: readonly string[];
  readonly role: 'view data' | 'active remediation actions';
}

interface Authority {
  readonly verifyToken: VerifyToken;
  readonly people: readonly Person[];
  readonly resource: string;
}

const appName = 'Cordon';

/** An invalid token is 401, a valid one that was issued for another resource 403. */
export async function identify(header: string | undefined, authority: Authority): Promise<Caller> {
  const bearer = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (bearer === undefined) throw unauthorized();
  const verified = await authority.verifyToken(bearer);
  if (!verified.ok) throw unauthorized();
  const { claims } = verified;
  if (claims.aud.replace(/\/$/, '') !== authority.resource)
    throw forbidden(`The token audience '${claims.aud}' is not valid for this API.`);
  return claims.scp === undefined ? application(claims) : delegated(claims, claims.scp, authority.people);
}

function delegated(claims: Claims, scp: string, people: readonly Person[]): Caller {
  const person = people.find((one) =>
    claims.oid === undefined ? one.upn === claims.upn : one.objectId === claims.oid,
  );
  const name = claims.upn ?? person?.upn ?? 'unknown';
  return {
    name,
    label: person?.name ?? name,
    tenant: claims.tid,
    permissions: new Set(scp.split(' ')),
    person,
    delegated: true,
  };
}

function application(claims: Claims): Caller {
  return {
    name: appName,
    label: `${appName} (app)`,
    tenant: claims.tid,
    permissions: new Set(claims.roles),
    person: undefined,
    delegated: false,
  };
}

/** Delegated calls need the permission AND the person's own role; application calls only the permission. */
export function authorize(caller: Caller, need: Need): void {
  const wanted = caller.delegated ? need.delegated : need.application;
  if (!wanted.some((permission) => caller.permissions.has(permission))) {
    const [kind, held] = [caller.delegated ? 'scopes' : 'roles', [...caller.permissions].join(',')];
    throw forbidden(
      `Missing application ${kind}. API required ${kind}: ${wanted.join(',')}, application ${kind}: ${held}.`,
    );
  }
  if (caller.delegated && !hasRole(caller.person, need.role))
    throw forbidden(`The user has no permission '${need.role}'.`);
}

function hasRole(person: Person | undefined, role: Need['role']): boolean {
  if (person?.hasDefenderRole !== true) return false;
  return role === 'view data' || person.mayRemediate;
}

/** Device groups bind people; an application sees every device. */
export function sees(caller: Caller, device: Device): boolean {
  return !caller.delegated || caller.person?.deviceGroups.includes(device.group) === true;
}
