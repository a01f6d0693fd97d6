import { sql } from 'kysely';
import type { Person } from '../containment/person.ts';
import type { Place } from '../containment/request.ts';
import { newQuestionId } from '../platform/ids.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import type { Question, QuestionSubject } from './question.ts';

/** How long the button of a question answers; then the command is typed again. */
const validMinutes = 60;
/** Late ones are kept this long, so that who presses an old button is told why nothing comes. */
const keptHours = 24;

export interface PrivateQuestion {
  readonly question: Question;
  readonly askedBy: Person;
  readonly isExpired: boolean;
}

interface NewQuestion {
  readonly question: Question;
  readonly askedBy: Person;
  readonly place: Pick<Place, 'conversation' | 'thread'>;
}

interface Wanted {
  readonly tenantId: string;
  readonly conversation: string;
}

export type PrivateQuestions = ReturnType<typeof createPrivateQuestions>;

/** What people typed where everybody reads, and are answered alone by the button of a neutral card. */
export function createPrivateQuestions({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    async open({ question, askedBy, place }: NewQuestion): Promise<string> {
      const id = newQuestionId();
      const { kind: _named, ...about } = question;
      const kind = storedKind(question);
      await db
        .insertInto('private_questions')
        .values({
          id,
          tenant_id: askedBy.tenantId,
          conversation: place.conversation,
          thread: place.thread,
          kind,
          about: Object.keys(about).length === 0 ? null : JSON.stringify(about),
          asked_by: JSON.stringify(askedBy),
          asked_at: clock(),
          expires_at: sql<Date>`${clock()} + ${validMinutes} * interval '1 minute'`,
        })
        .execute();
      return id;
    },
    /** Only where it was asked: the card of another conversation or tenant, forwarded or made up, finds nothing. */
    async find(id: string, { tenantId, conversation }: Wanted): Promise<PrivateQuestion | undefined> {
      const row = await db
        .selectFrom('private_questions')
        .select(['kind', 'about', 'asked_by', sql<boolean>`expires_at <= ${clock()}`.as('is_expired')])
        .where('id', '=', id)
        .where('tenant_id', '=', tenantId)
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const question = toQuestion(row);
      return question && { question, askedBy: row.asked_by, isExpired: row.is_expired };
    },
    async prune(): Promise<void> {
      await db
        .deleteFrom('private_questions')
        .where('expires_at', '<', sql<Date>`${clock()} - ${keptHours} * interval '1 hour'`)
        .execute();
    },
  };
}

interface Row {
  readonly kind: string;
  readonly about: QuestionSubject | null;
}

const forATime = 'device-for-a-time';

/** An older program beside this one would make the request without its time: it must not know the question. */
function storedKind(question: Question): string {
  return question.kind === 'device' && question.box !== undefined ? forATime : question.kind;
}

/** A newer program may ask what this one does not know. */
function toQuestion({ kind, about }: Row): Question | undefined {
  if (kind === 'whoami' || kind === 'signout') return { kind };
  if (about === null) return undefined;
  if (kind === 'approve' && 'requestId' in about) return { kind, ...about };
  if (kind === 'devices' && 'devices' in about) return { kind, ...about };
  const isOfDevice = kind === 'device' || kind === forATime;
  if (!isOfDevice || !('deviceName' in about) || 'devices' in about) return undefined;
  return { kind: 'device', ...about };
}
