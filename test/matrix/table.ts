import type { Label } from '../../sandbox/card-reading.ts';
import type { FaultName } from './faults.ts';

/** What whoever pressed Approve is told, and what they press next once the fault is gone. */
interface Answer {
  readonly says: RegExp;
  readonly next?: 'approve' | 'retry';
}

export interface Cell {
  readonly answer: Answer;
  /** On the card while the fault lasts, or after its one strike. */
  readonly meanwhile: RegExp;
  readonly end: Label | 'no card';
  /** How often Defender accepted a POST. */
  readonly accepted: 0 | 1;
  /** Copies of the card in the thread at the end. */
  readonly cards: number;
  /** Replies in the thread that state the end. */
  readonly told: number;
  readonly lasts: 'once' | 'until lifted';
}

type More = Partial<Pick<Cell, 'cards' | 'told' | 'lasts'>>;
type Row = Readonly<Record<FaultName, Cell | `n/a: ${string}`>>;

/** In the end everything is as if nothing had happened, unless a cell says otherwise. */
function goesOn(answer: Answer, meanwhile: RegExp, more: More = {}): Cell {
  const usual = { end: 'Succeeded', accepted: 1, cards: 1, told: 1, lasts: 'until lifted' } as const;
  return { answer, meanwhile, ...usual, ...more };
}

/** Told to the clicker alone. A click whose check takes longer is recorded instead of approved: both are right answers. */
const approved: Answer = { says: /Approved\. Cordon now hands the action|^Recorded\. Defender is checking/ };
const recorded: Answer = { says: /^Recorded\. Defender is checking your rights.* You need not press again/ };
const pressAgain: Answer = {
  says: /Nothing was recorded and nothing was sent\. Please press again/,
  next: 'approve',
};
const signIn: Answer = { says: /^Sign in, so that Cordon can act/, next: 'approve' };
const retry: Answer = { ...approved, next: 'retry' };
const again: Answer = { ...approved, next: 'approve' };
/** When the check takes longer the click is recorded, and the reason comes by message. */
const refused = (why: RegExp): Answer => ({
  says: new RegExp(`approval of #\\d+ did not hold: .*${why.source}|${recorded.says.source}`),
  next: 'approve',
});

/** On the card that everybody sees. */
const open = /^Awaiting approval$[^]*Until then nothing happens to the device/m;
const checking = /pressed Approve .*, checking/;
const voided = /^Awaiting approval$[^]*approval did not hold/m;
const unreachable = /^Submitting$[^]*Entra or Defender could not be reached\. Cordon tries again/m;
const noSignIn = /^Needs attention$[^]*Nothing was sent to Defender: .*sign-in of the approver/m;
const inDoubt = /^Submitting$[^]*Checking with Defender whether it took the action\. It is not sent twice/m;
const throttled = /^Submitting$[^]*Defender asked to wait until/m;
const withDefender = /^(Pending|In progress|Succeeded)$/m;
const pending = /^Pending$/m;
const succeeded = /^Succeeded$/m;
/** The card stays behind, and claims nothing that Defender has not confirmed. */
const behind = /^Awaiting approval$/m;
const anyOfOurs = /^(Awaiting approval|Approved|Submitting|Pending|In progress|Succeeded)$/m;
const none = /^$/;

const onlyAtPost = 'n/a: only a POST of an action is answered so';
const once = { lasts: 'once' } as const;
const lost = { lasts: 'once', end: 'no card', accepted: 0, cards: 0, told: 0 } as const;

/** Asked for the sign-in of whoever presses, before anything is stored. */
const tokenServiceAtClick: Row = {
  timeout: goesOn(pressAgain, open),
  'reset before': goesOn(pressAgain, open),
  'reset after commit': goesOn(pressAgain, open),
  '400 active': onlyAtPost,
  '401': goesOn(pressAgain, open),
  '403': goesOn(pressAgain, open),
  '404': goesOn(signIn, open),
  '429 short': goesOn(pressAgain, open),
  '429 long': goesOn(pressAgain, open),
  '500': goesOn(pressAgain, open),
  '502': goesOn(pressAgain, open),
  'malformed JSON': goesOn(pressAgain, open),
  'slow body': goesOn(pressAgain, open),
};

/** Asked again by the job that submits: the approval is stored, nothing is sent. */
const tokenServiceBeforePost: Row = {
  timeout: goesOn(approved, unreachable),
  'reset before': goesOn(approved, unreachable),
  'reset after commit': goesOn(approved, unreachable),
  '400 active': onlyAtPost,
  '401': goesOn(approved, unreachable),
  '403': goesOn(approved, unreachable),
  '404': goesOn(retry, noSignIn),
  '429 short': goesOn(approved, unreachable),
  '429 long': goesOn(approved, unreachable),
  '500': goesOn(approved, unreachable),
  '502': goesOn(approved, unreachable),
  'malformed JSON': goesOn(approved, unreachable),
  'slow body': goesOn(approved, unreachable),
};

/** The exchange for a Defender token, in the turn of the click: the click is stored already. */
const entraAtClick: Row = {
  timeout: goesOn(recorded, checking),
  'reset before': goesOn(recorded, checking),
  'reset after commit': goesOn(recorded, checking),
  '400 active': onlyAtPost,
  '401': goesOn(recorded, checking),
  '403': goesOn(recorded, checking),
  '404': goesOn(recorded, checking),
  '429 short': goesOn(recorded, checking),
  '429 long': goesOn(recorded, checking),
  '500': goesOn(recorded, checking),
  '502': goesOn(recorded, checking),
  'malformed JSON': goesOn(recorded, checking),
  'slow body': goesOn(recorded, checking),
};

const entraBeforePost: Row = {
  timeout: goesOn(approved, unreachable),
  'reset before': goesOn(approved, unreachable),
  'reset after commit': goesOn(approved, unreachable),
  '400 active': onlyAtPost,
  '401': goesOn(approved, unreachable),
  '403': goesOn(approved, unreachable),
  '404': goesOn(approved, unreachable),
  '429 short': goesOn(approved, unreachable),
  '429 long': goesOn(approved, unreachable),
  '500': goesOn(approved, unreachable),
  '502': goesOn(approved, unreachable),
  'malformed JSON': goesOn(approved, unreachable),
  'slow body': goesOn(approved, unreachable),
};

/** With the approver's own token: may they see the device at all? */
const deviceRead: Row = {
  timeout: goesOn(recorded, checking),
  'reset before': goesOn(recorded, checking),
  'reset after commit': goesOn(recorded, checking),
  '400 active': onlyAtPost,
  '401': goesOn(refused(/did not accept your sign-in/), voided),
  '403': goesOn(refused(/your Defender role does not allow/), voided),
  '404': goesOn(refused(/the device is not found, or you have no access/), voided),
  '429 short': goesOn(recorded, checking),
  '429 long': goesOn(recorded, checking),
  '500': goesOn(recorded, checking),
  '502': goesOn(recorded, checking),
  'malformed JSON': goesOn(recorded, checking),
  'slow body': goesOn(recorded, checking),
};

/** The one call that changes something: what may have arrived is looked for, and repeated only when surely absent. */
const post: Row = {
  timeout: goesOn(approved, inDoubt, once),
  'reset before': goesOn(approved, inDoubt, once),
  'reset after commit': goesOn(approved, withDefender, once),
  '400 active': goesOn(approved, inDoubt, once),
  '401': goesOn(approved, inDoubt, once),
  '403': goesOn(again, voided, once),
  '404': goesOn(approved, inDoubt, once),
  '429 short': goesOn(approved, anyOfOurs, once),
  '429 long': goesOn(approved, throttled, once),
  '500': goesOn(approved, inDoubt, once),
  '502': goesOn(approved, inDoubt, once),
  'malformed JSON': goesOn(approved, inDoubt, once),
  'slow body': goesOn(approved, withDefender, once),
};

/** Nothing is in doubt yet, and Defender itself refuses a duplicate: a list that fails holds nothing up. */
const listBeforePost: Row = {
  timeout: goesOn(approved, withDefender, once),
  'reset before': goesOn(approved, withDefender, once),
  'reset after commit': goesOn(approved, withDefender, once),
  '400 active': onlyAtPost,
  '401': goesOn(approved, withDefender, once),
  '403': goesOn(approved, withDefender, once),
  '404': goesOn(approved, withDefender, once),
  '429 short': goesOn(approved, withDefender, once),
  '429 long': goesOn(approved, withDefender, once),
  '500': goesOn(approved, withDefender, once),
  '502': goesOn(approved, withDefender, once),
  'malformed JSON': goesOn(approved, withDefender, once),
  'slow body': goesOn(approved, withDefender, once),
};

/** The status that was confirmed last stays; with 401 and 403 another approver's sign-in may read it. */
const listWhileTracking: Row = {
  timeout: goesOn(approved, pending),
  'reset before': goesOn(approved, pending),
  'reset after commit': goesOn(approved, pending),
  '400 active': onlyAtPost,
  '401': goesOn(approved, pending),
  '403': goesOn(approved, pending),
  '404': goesOn(approved, pending),
  '429 short': goesOn(approved, pending),
  '429 long': goesOn(approved, pending),
  '500': goesOn(approved, pending),
  '502': goesOn(approved, pending),
  'malformed JSON': goesOn(approved, pending),
  'slow body': goesOn(approved, pending),
};

/** Nobody can have pressed yet: the answer is that to the press on the card that comes in the end. */
const cardSend: Row = {
  timeout: goesOn(approved, none),
  'reset before': goesOn(approved, none),
  // It stands there, and nobody knows: a second one comes, and both work. The press is one on the first.
  'reset after commit': goesOn(approved, open, { cards: 2, lasts: 'once' }),
  '400 active': onlyAtPost,
  '401': goesOn(approved, none),
  // The conversation takes no card of ours: the request expires, or is withdrawn by its number.
  '403': { answer: approved, meanwhile: none, ...lost },
  '404': { answer: approved, meanwhile: none, ...lost },
  '429 short': goesOn(approved, none),
  '429 long': goesOn(approved, none),
  '500': goesOn(approved, none),
  '502': goesOn(approved, none),
  'malformed JSON': goesOn(approved, none),
  'slow body': goesOn(approved, open, { cards: 2, lasts: 'once' }),
};

/** Defender is not kept waiting for a card; the card stays behind and then jumps to the newest state. */
const cardUpdate: Row = {
  timeout: goesOn(approved, behind),
  'reset before': goesOn(approved, behind),
  'reset after commit': goesOn(approved, anyOfOurs),
  '400 active': onlyAtPost,
  '401': goesOn(approved, behind),
  // Deleted by somebody, as far as Teams says: it is replaced once.
  '403': goesOn(approved, anyOfOurs, { cards: 2, lasts: 'once' }),
  '404': goesOn(approved, anyOfOurs, { cards: 2, lasts: 'once' }),
  '429 short': goesOn(approved, behind),
  '429 long': goesOn(approved, behind),
  '500': goesOn(approved, behind),
  '502': goesOn(approved, behind),
  'malformed JSON': goesOn(approved, behind),
  'slow body': goesOn(approved, anyOfOurs, once),
};

/** The card says it first. A reply whose answer was lost is sent again: told twice rather than never. */
const outcomeReply: Row = {
  timeout: goesOn(approved, succeeded),
  'reset before': goesOn(approved, succeeded),
  'reset after commit': goesOn(approved, succeeded, { told: 2, lasts: 'once' }),
  '400 active': onlyAtPost,
  '401': goesOn(approved, succeeded),
  // The thread takes no reply: the card has said it.
  '403': goesOn(approved, succeeded, { told: 0 }),
  '404': goesOn(approved, succeeded, { told: 0 }),
  '429 short': goesOn(approved, succeeded),
  '429 long': goesOn(approved, succeeded),
  '500': goesOn(approved, succeeded),
  '502': goesOn(approved, succeeded),
  'malformed JSON': goesOn(approved, succeeded),
  'slow body': goesOn(approved, succeeded, { told: 2, lasts: 'once' }),
};

export const table = {
  'token service, at the click': tokenServiceAtClick,
  'token service, before the POST': tokenServiceBeforePost,
  'Entra, at the click': entraAtClick,
  'Entra, before the POST': entraBeforePost,
  'read of the device': deviceRead,
  'POST to Defender': post,
  'list before the POST': listBeforePost,
  'list while tracking': listWhileTracking,
  'first sending of the card': cardSend,
  'update of the card': cardUpdate,
  'reply with the outcome': outcomeReply,
} as const satisfies Readonly<Record<string, Row>>;

export type StepName = keyof typeof table;

export const stepNames = Object.keys(table) as readonly StepName[];
