import type { RequestId } from '../containment/ids.ts';

/** An approval in words, which its asker's press completes. */
export interface ApprovalQuestion {
  readonly kind: 'approve';
  readonly requestId: RequestId;
  readonly requestNumber: number;
  /** Empty when there is none. */
  readonly comment: string;
}

export type Question = { readonly kind: 'whoami' | 'signout' } | ApprovalQuestion;

/** What the kind alone does not say. */
export type QuestionSubject = Omit<ApprovalQuestion, 'kind'>;
