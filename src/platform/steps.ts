import { channel } from 'node:diagnostics_channel';
import type { TracingLog } from './log.ts';

/**
 * The steps between which something outside this process changes: a row, Defender, Teams. A process may end behind any
 * of them. Each is named once, so that a trace tells where a request is and tests can prove what an end there leaves.
 */
export const steps = {
  // What people type
  'conversation-remembered': 'an activity told how its conversation is reached; nothing else is done yet',
  'request-stored': 'a command became a request with its jobs; the turn is not answered',
  'reply-claimed': 'nobody else replies to this message; the reply is not sent',
  'reply-sent': 'the reply is in the chat; the turn is not answered',
  'repeated-wish-recorded': 'a command for an open request left its record; the refusal is not sent',

  // What people press
  'presser-signed-in': 'the presser is who they say; their click is not stored',
  'click-stored': 'an approval waits for its check; the presser’s token was not asked for',
  'presser-token-received': 'the presser’s own Defender token is here; the device was not read',
  'device-read': 'the presser’s token sees the device; the approval is not stored',
  'approval-stored': 'the request is approved and its submission queued; the presser was not answered',
  'click-voided': 'the click cannot count and its record is stored; the presser was not told',
  'denial-stored': 'the request is denied; the presser was not answered',
  'cancel-wish-stored': 'a wish to cancel or withdraw is stored; Defender was not called',
  'retry-stored':
    'the approver stands by the approval and its submission is queued; the presser was not answered',
  'close-stored': 'the request is closed with a remark; the presser was not answered',
  'wish-stored': 'a press of Release or Extend waits for its check; the presser’s token was not asked for',
  'wish-counted':
    'the box is moved, or its lift and the lift’s submission are stored; the presser was not answered',
  'click-waits-for-sign-in': 'an approval waits for another sign-in of its person; they have no link to it',
  'step-up-opened': 'a link to Cordon’s own sign-in page is stored; the presser was not answered',
  'step-up-taken': 'somebody is back from that sign-in; its code was not redeemed',
  'step-up-token-received': 'the token of that sign-in is here; nothing was decided with it',
  'press-answered': 'the answer to a press is made; it has not left',

  // What Defender is asked to do
  'submission-taken': 'a worker has the approved request; the approver’s token was not asked for',
  'submission-token-received': 'the approver’s own token is here; Defender was not asked what runs already',
  'nothing-runs-already': 'no live action to follow; the attempt is not recorded',
  'attempt-recorded': 'the attempt and its deadline are stored; nothing is sent',
  'change-granted': 'the budget granted a POST that changes something; nothing is written to the socket',
  'submission-answered': 'Defender answered the POST; the answer is not stored',
  'submission-failed': 'the POST failed or got no answer; what that means is not stored',
  'action-followed': 'the machine action is stored and tracked; the job is not done',
  'attempt-taken-over': 'the attempt of a dead worker is in doubt; Defender was not asked',
  'doubt-listed': 'Defender listed what may be ours; nothing is stored of it',
  'forgotten-listed': 'Defender listed what the database may have forgotten; nothing is stored of it',
  'cancel-token-received': 'the canceller’s own token is here; the action is not cancelled',
  'cancel-answered': 'Defender took the cancellation; that is not stored',
  'cancellation-stored': 'the cancellation is stored; what the action has become is not',

  // What became of it
  'sweep-taken': 'the actions due for a look belong to this process for a while; nobody was asked',
  'sweep-listed': 'Defender listed the actions; no status is stored',
  'observation-stored': 'an action’s status is stored; the time of its next look is not',
  'next-look-stored': 'the time of an action’s next look is stored',
  'doubt-rechecked': 'a person’s own look at a doubtful action is made; what it found is not stored',
  'expiry-stored': 'nobody decided in time, and that is stored; the job is not done',

  'drift-sweep-taken':
    'what was changed elsewhere is this process’s to ask for, for a while; nobody was asked',
  'drift-listed': 'Defender listed what was changed, by whomever; nothing is stored of it',
  'drift-stored': 'what was changed elsewhere on a device is stored with its jobs; the sweep is not over',

  'box-moved': 'what was due of a time box is stored with its jobs; the next thing due was not looked for',

  // What people see
  'device-looked-up': 'the requester’s token sees the device; that is not stored',
  'card-held': 'this process alone may send or edit the card; it has not',
  'card-sent': 'the card is in the chat; its message id is not stored',
  'card-edited': 'the card shows the newest state; that is not stored',
  'card-recorded': 'what the card shows is stored; the job is not done',
  'card-deleted': 'that somebody deleted the card is stored; its replacement is not sent',
  'outcome-due': 'the thread is to be told of an end; it is not',
  'outcome-told': 'the thread was told of an end; that is not stored',
  'outcome-recorded': 'the thread was told and that is stored; the job is not done',
  'box-news-due': 'the thread is to be asked something about a time box; it is not',
  'box-news-told': 'the thread was asked about a time box; that is not stored',
  'elsewhere-due': 'the thread is to be told what was changed elsewhere; it is not',
  'elsewhere-told': 'the thread was told what was changed elsewhere; that is not stored',
  'person-told': 'a person was told privately; the job is not done',

  // The work itself
  'job-taken': 'a worker has a job; nothing of it is done',
  'job-done': 'all of a job is done; the queue does not know',
  'job-postponed': 'a job’s next time is stored; the queue does not know that this turn is over',
  'database-migrated': 'the schema is the one of this program; nothing runs',
  'cards-taken-back': 'marks of a dead process are taken off; no worker runs',
  'workers-started': 'workers take jobs; what an earlier process left is not queued',
  'jobs-resumed': 'what an earlier process left is queued; nobody can reach this process',
  'stop-begun': 'no more activities are taken; work is under way',
  'workers-stopped': 'no worker runs; the database is open',
} as const;

export type Step = keyof typeof steps;

export interface Passage {
  readonly step: Step;
  readonly requestId?: string | undefined;
}

const passages = channel('cordon:step');

/** Says that a step is behind us. Costs nothing unless somebody listens to the diagnostics channel `cordon:step`. */
export function passed(step: Step, requestId?: string): void {
  if (passages.hasSubscribers) passages.publish({ step, requestId } satisfies Passage);
}

/** One line for each step: where a request is, or was when a process ended. Answers the way to end it. */
export function traceSteps(log: TracingLog): () => void {
  const write = (message: unknown): void => {
    const { step, requestId } = message as Passage;
    log.trace({ step, requestId }, 'passed a step');
  };
  passages.subscribe(write);
  return () => {
    passages.unsubscribe(write);
  };
}
