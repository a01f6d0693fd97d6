import type { RequestId } from '../containment/ids.ts';

/** The one thing that goes on after a sign-in on Cordon's own page. */
export type StepUpPurpose =
  | { readonly verb: 'approve'; readonly requestId: RequestId; readonly clickId: string }
  | { readonly verb: 'retry'; readonly requestId: RequestId }
  | { readonly verb: 'recheck'; readonly requestId: RequestId }
  | { readonly verb: 'cancel'; readonly requestId: RequestId; readonly comment: string }
  /** Nothing is done: the page shows who signed in and what they may. */
  | { readonly verb: 'whoami' };
