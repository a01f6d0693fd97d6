import type { ContainmentRequest } from '../containment/request.ts';
import { type DeviceList, type WantedDevice, inCalls } from '../defender/device-list.ts';
import { DefenderError } from '../defender/errors.ts';
import type { Session } from './defender-session.ts';
import type { JobParts } from './parts.ts';
import { mostCalls } from './read-stakes.ts';

/** The last call is for what is in force already. */
const mostCallsForDevices = mostCalls - 1;

export function callsLeft(session: Pick<Session, 'called'>): number {
  return Math.max(0, mostCallsForDevices - session.called());
}

export interface Answer extends DeviceList {
  readonly asked: readonly ContainmentRequest[];
}

export interface Listed {
  readonly answers: readonly Answer[];
  /** Defender does not take such a question. */
  readonly refused: readonly ContainmentRequest[];
}

type Parts = Pick<JobParts, 'defender'> & { readonly session: Session };
type WantedOf = (member: ContainmentRequest) => WantedDevice;

/**
 * In as few calls as they need, and no more than are left. How long a filter may be is not documented: where Defender refuses
 * a long one, they are asked for in short ones, as many as there are calls for.
 */
export async function listMembers(
  parts: Parts,
  members: readonly ContainmentRequest[],
  wantedOf: WantedOf,
): Promise<Listed> {
  const [first, ...others] = inCalls(members, wantedOf);
  if (first === undefined) return { answers: [], refused: [] };
  const tried = await ask(parts, [first], wantedOf);
  // What happened to one would happen to all.
  if (tried.answers.length === 0) return inShort(parts, tried.refused.length === 0 ? [] : members, wantedOf);
  const more = await ask(parts, others, wantedOf);
  const short = await inShort(parts, more.refused, wantedOf);
  return { ...short, answers: [...tried.answers, ...more.answers, ...short.answers] };
}

async function inShort(
  parts: Parts,
  members: readonly ContainmentRequest[],
  wantedOf: WantedOf,
): Promise<Listed> {
  const calls = inCalls(members, wantedOf, 'short');
  // That was the question.
  if (calls.length < 2) return { answers: [], refused: members };
  const listed = await ask(parts, calls, wantedOf);
  const answered = new Set(listed.answers.flatMap(({ asked }) => asked));
  return { ...listed, refused: members.filter((member) => !answered.has(member)) };
}

async function ask(
  { defender, session }: Parts,
  calls: readonly (readonly ContainmentRequest[])[],
  wantedOf: WantedOf,
): Promise<Listed> {
  const answers: Answer[] = [];
  const refused: ContainmentRequest[] = [];
  await Promise.all(
    calls.slice(0, callsLeft(session)).map(async (asked) => {
      try {
        const list = await defender.listDevices(session.token, asked.map(wantedOf), session.options);
        answers.push({ asked, ...list });
      } catch (error) {
        // An extra: the main job never waits for it, and the approver's token reads each device anyway.
        if (!(error instanceof DefenderError)) throw error;
        if (error.kind === 'bad-request') refused.push(...asked);
      }
    }),
  );
  return { answers, refused };
}
