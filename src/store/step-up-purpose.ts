import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';

/** The one thing that goes on after a sign-in on Cordon's own page. */
export type StepUpPurpose =
  | {
      readonly verb: 'approve' | 'release' | 'extend';
      readonly requestId: RequestId;
      readonly clickId: string;
      /** The click's wait that this link belongs to; a link of an older program does not say. */
      readonly signInUntil?: Instant | undefined;
      /** Of several devices those that the press was for; a link of an older program does not say. */
      readonly devices?: readonly RequestId[] | undefined;
    }
  | {
      readonly verb: 'retry';
      readonly requestId: RequestId;
      readonly devices?: readonly RequestId[] | undefined;
    }
  | { readonly verb: 'recheck'; readonly requestId: RequestId }
  | {
      readonly verb: 'cancel';
      readonly requestId: RequestId;
      readonly comment: string;
      /** Of several devices those that the press was about; a link of an older program does not say. */
      readonly devices?: readonly RequestId[] | undefined;
    }
  /** Nothing is done: the page shows who signed in and what they may. */
  | { readonly verb: 'whoami' };
