/** The words of the simulated Defender; field names and values are those of its machineAction resource. */

export type ActionType =
  | 'RestrictCodeExecution'
  | 'UnrestrictCodeExecution'
  | 'Isolate'
  | 'Unisolate'
  | 'RunAntiVirusScan'
  | 'CollectInvestigationPackage'
  | 'StopAndQuarantineFile'
  | 'Offboard'
  | 'LiveResponse';

export type ActionStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled';

export interface SimAction {
  readonly id: string;
  readonly type: ActionType;
  readonly status: ActionStatus;
  readonly machineId: string;
  readonly computerDnsName: string;
  /** UPN of a person, or the display name of an application. */
  readonly requestor: string;
  readonly requestorComment: string;
  /** `PublicApi` for actions made through this API. */
  readonly requestSource: string;
  /** Only of an antivirus scan. */
  readonly scope: 'Quick' | 'Full' | undefined;
  readonly creationDateTimeUtc: string;
  readonly lastUpdateDateTimeUtc: string;
  readonly cancellationRequestor: string | null;
  readonly cancellationComment: string | null;
  readonly cancellationDateTimeUtc: string | null;
  /** A Windows HRESULT, 0 for none. */
  readonly errorHResult: number;
  /** Milliseconds of the epoch; the replication lag counts from here. */
  readonly createdAt: number;
}

/** One call of restrictCodeExecution or unrestrictCodeExecution with a valid token, whatever came of it. */
export interface Submission {
  /** ISO time, UTC. */
  readonly at: string;
  readonly deviceId: string;
  readonly action: ActionType;
  /** UPN, or the name of the application. */
  readonly by: string;
  readonly comment: string;
  /** Whether it created a machine action; a duplicate that was handed the running one did not. */
  readonly accepted: boolean;
  readonly actionId?: string;
}

export interface Claims {
  readonly aud: string;
  readonly tid: string;
  readonly oid?: string;
  readonly upn?: string;
  /** Delegated permissions, separated by spaces. */
  readonly scp?: string;
  /** Application permissions. */
  readonly roles?: readonly string[];
  readonly appid?: string;
}

/** Checks signature, issuer and times; audience and permissions are Defender's own business. */
export type VerifyToken = (
  bearer: string,
) => Promise<{ readonly ok: true; readonly claims: Claims } | { readonly ok: false; readonly why: string }>;

export function isFinal(status: ActionStatus): boolean {
  return status !== 'Pending' && status !== 'InProgress';
}
