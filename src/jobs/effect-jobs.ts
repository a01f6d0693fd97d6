import { cardOf } from '../containment/batch.ts';
import type { BoxNews, Effect, PrivateNote } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant, Person } from '../containment/person.ts';
import type { BatchPlace } from '../containment/request.ts';
import type { Label, State } from '../containment/state.ts';
import type { RunningBox } from '../containment/time-box.ts';

export const jobNames = [
  'sync-card',
  'look-up-device',
  'check-approval',
  'submit',
  'cancel-action',
  'expire',
  'notify',
  'tell',
  'time-box',
  'settle-lift',
  'tell-box',
  'tell-elsewhere',
] as const;
export type JobName = (typeof jobNames)[number];

/** What a job knows; everything else it reads when it runs, so that it never acts on an old state. */
export interface JobPayload {
  readonly requestId: RequestId;
  readonly clickId?: string;
  /** When the approval or the wish was given that the job carries out; a later one has a job of its own. */
  readonly since?: Instant;
  readonly about?: Label;
  readonly to?: Person;
  readonly note?: PrivateNote;
  readonly news?: BoxNews;
  /** The machine action elsewhere that the thread has to hear of. */
  readonly change?: string;
  /** The edit of a card for a press that has decided nothing. */
  readonly press?: true;
  /** How many devices of the same request are taken before: a request for one does not wait for the fifty of another. */
  readonly behind?: number;
  /** How often in a row this work was not possible; the same work all the same. */
  readonly waits?: number;
  /** How often in a row it was left to a newer program. */
  readonly unread?: number;
}

export interface Job {
  readonly name: JobName;
  readonly payload: JobPayload;
}

export interface NewJob extends Job {
  /** Seconds from now, or a moment. */
  readonly startAfter?: number | string | undefined;
  /** By which it can be taken back before it begins. */
  readonly id?: string;
  /** A job for the same work that waits is put off instead. */
  readonly isMerged?: true;
}

/** Longer than what is left of any turn whose answer makes the message needless. */
const secondsForTheAnswer = 6;

/** What one of several devices waits for, others mostly do in the same moment: the thread hears of them in one word. */
const secondsForTheOthers = 5;

/** Effects that leave the process become jobs; the others (tracked actions, lifts) are rows that the store writes itself. */
export function jobOf(effect: Effect, request: Subject): NewJob | undefined {
  const payload = { requestId: request.id };
  switch (effect.kind) {
    case 'sync-card':
      return {
        name: effect.kind,
        payload: { requestId: cardOf(request), ...(effect.press === true ? { press: true } : {}) },
        startAfter: effect.afterSeconds,
      };
    case 'look-up-device':
      // What is known of several devices is read of all of them at once.
      return {
        name: effect.kind,
        payload: { requestId: cardOf(request) },
        ...(effect.withOthers === true ? { startAfter: secondsForTheOthers, isMerged: true } : {}),
      };
    case 'check-approval':
      return {
        name: effect.kind,
        payload: { ...payload, clickId: effect.clickId, ...inItsPlace(request) },
        startAfter: effect.afterSeconds,
      };
    case 'submit':
      return { ...submitJob(request), startAfter: effect.at };
    case 'cancel-action':
      return { ...cancelJob(request), startAfter: effect.afterSeconds };
    case 'expire':
      return { name: effect.kind, payload, startAfter: effect.at };
    case 'notify':
      return {
        name: effect.kind,
        payload: { ...payload, about: effect.about },
        ...(effect.afterSeconds === undefined ? {} : { startAfter: effect.afterSeconds }),
      };
    case 'tell':
      return {
        name: effect.kind,
        payload: { ...payload, to: effect.to, note: effect.note },
        ...standby(effect),
      };
    default:
      return boxJobOf(effect, request);
  }
}

/** What a long list waits for comes behind what single requests wait for. */
export function inItsPlace({ batch }: Pick<Subject, 'batch'>): Pick<JobPayload, 'behind'> {
  return batch === undefined || batch.place === 1 ? {} : { behind: batch.place - 1 };
}

function boxJobOf(effect: Effect, { id: requestId, batch }: Subject): NewJob | undefined {
  switch (effect.kind) {
    case 'time-box':
      return { name: effect.kind, payload: { requestId }, startAfter: effect.at };
    case 'settle-lift':
      return { name: effect.kind, payload: { requestId } };
    case 'tell-box':
      return {
        ...tellBoxJob(requestId, effect.about, effect.of),
        ...(batch === undefined ? {} : { startAfter: secondsForTheOthers }),
      };
    case 'tell-elsewhere':
      return tellElsewhereJob(requestId, effect.change);
    default:
      return undefined;
  }
}

export function tellElsewhereJob(requestId: RequestId, change: string): Job {
  return { name: 'tell-elsewhere', payload: { requestId, change } };
}

function standby({ unlessTold }: Extract<Effect, { kind: 'tell' }>): Partial<NewJob> {
  return unlessTold === undefined ? {} : { id: unlessTold, startAfter: secondsForTheAnswer };
}

function tellBoxJob(requestId: RequestId, news: BoxNews, of: Instant): Job {
  return { name: 'tell-box', payload: { requestId, news, since: of } };
}

/** The jobs that a restriction in force waits for: what is due of its box, and what people have pressed or must hear. */
export function boxJobs({ id: requestId, batch }: Pick<Subject, 'id' | 'batch'>, box: RunningBox): Job[] {
  const { until, ended, warned, lift, wishes, failed } = box;
  const asksToRelease = warned === true && ended !== true;
  return [
    { name: 'time-box', payload: { requestId } },
    ...wishes.map(({ id }): Job => ({
      name: 'check-approval',
      payload: { requestId, clickId: id, ...inItsPlace({ batch }) },
    })),
    ...(asksToRelease ? [tellBoxJob(requestId, 'ending', until)] : []),
    ...(lift?.awaitedSince === undefined ? [] : [tellBoxJob(requestId, 'wanted', lift.awaitedSince)]),
    ...(failed === undefined || ended !== true || lift !== undefined
      ? []
      : [tellBoxJob(requestId, 'unlifted', failed.at)]),
    ...(lift?.called === undefined ? [] : [tellBoxJob(requestId, 'called', lift.called.at)]),
  ];
}

interface Subject {
  readonly id: RequestId;
  readonly state: State;
  readonly batch?: BatchPlace | undefined;
}

export function submitJob({ id, state, batch }: Subject): Job {
  const since = sinceOf('approval' in state && state.approval);
  return { name: 'submit', payload: { requestId: id, ...since, ...inItsPlace({ batch }) } };
}

export function cancelJob({ id, state }: Subject): Job {
  return { name: 'cancel-action', payload: { requestId: id, ...sinceOf('cancel' in state && state.cancel) } };
}

function sinceOf(decided: { readonly at: Instant } | false | undefined): { readonly since?: Instant } {
  return decided ? { since: decided.at } : {};
}

/** One waiting job for the same work, whoever queues it again: repeats merge instead of multiplying. */
export function keyOf({ requestId, clickId, since, about, to, note, ...rest }: JobPayload): string {
  const { news, change, press } = rest;
  const work = [requestId, clickId, since, about, to?.objectId, note?.about, note?.why.code, news, change];
  return [...work, press === true && 'press'].filter(Boolean).join(' ');
}
