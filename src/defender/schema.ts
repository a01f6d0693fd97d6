import { z } from 'zod';
import { storable } from '../platform/storable.ts';

/**
 * The fields of Defender's answers that we use, and nothing else. Which fields come depends on type and status of
 * the object, some are null and some change type, so only what we cannot work without is required.
 * https://learn.microsoft.com/defender-endpoint/api/machineaction · …/api/machine
 */

/** What a device calls itself is anybody's; nothing of it may keep a decision from being recorded. */
const required = z.string().transform(storable).pipe(z.string().min(1));
/** Anything that is not a text counts as absent: a field we merely show must not make an answer unreadable. */
const text = required.optional().catch(undefined);

const machineActionStatuses = [
  'Pending',
  'InProgress',
  'Succeeded',
  'Failed',
  'TimeOut',
  'Cancelled',
] as const;

type MachineActionStatus = (typeof machineActionStatuses)[number];

export interface MachineAction {
  readonly id: string;
  readonly type: string;
  /** An unknown value reads as `InProgress`: never take something for finished that we do not know. */
  readonly status: MachineActionStatus;
  readonly rawStatus: string;
  /** Of an antivirus scan: `Quick` or `Full`. */
  readonly scope?: string;
  readonly requestor?: string;
  readonly requestorComment?: string;
  readonly machineId: string;
  readonly computerDnsName?: string;
  /** As Defender wrote it, with 7 fractional digits; empty if Defender left it out. */
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly cancellationRequestor?: string;
  readonly cancellationComment?: string;
  /** 0 means no error. */
  readonly errorHResult?: number;
}

export const MachineAction = z
  .object({
    id: required,
    type: required,
    status: text,
    scope: text,
    requestor: text,
    requestorComment: text,
    machineId: required,
    computerDnsName: text,
    creationDateTimeUtc: text,
    lastUpdateDateTimeUtc: text,
    // Several samples of the documentation spell it so.
    lastUpdateTimeUtc: text,
    cancellationRequestor: text,
    cancellationComment: text,
    errorHResult: z.number().optional().catch(undefined),
  })
  .transform((wire): MachineAction => ({
    id: wire.id,
    type: wire.type,
    status: knownStatus(wire.status),
    rawStatus: wire.status ?? '',
    machineId: wire.machineId,
    createdAt: wire.creationDateTimeUtc ?? '',
    ...present({
      scope: wire.scope,
      requestor: wire.requestor,
      requestorComment: wire.requestorComment,
      computerDnsName: wire.computerDnsName,
      updatedAt: wire.lastUpdateDateTimeUtc ?? wire.lastUpdateTimeUtc,
      cancellationRequestor: wire.cancellationRequestor,
      cancellationComment: wire.cancellationComment,
      errorHResult: wire.errorHResult,
    }),
  }));

export interface Machine {
  readonly id: string;
  readonly computerDnsName: string;
  readonly osPlatform?: string;
  readonly version?: string;
  readonly healthStatus?: string;
  /** `Onboarded` or `onboarded`: documentation and service differ. */
  readonly onboardingStatus?: string;
  readonly riskScore?: string;
  readonly exposureLevel?: string;
  readonly deviceValue?: string;
  readonly rbacGroupId?: string;
  readonly rbacGroupName?: string;
  readonly machineTags: readonly string[];
  /** Another record may be the same device, or has taken this one's place; returned, but not documented. */
  readonly isPotentialDuplication?: boolean;
  readonly mergedIntoMachineId?: string;
  readonly defenderAvStatus?: string;
  /** Time of the last full report, about daily; not the portal's "last seen". */
  readonly lastSeen?: string;
}

export const Machine = z
  .object({
    id: required,
    computerDnsName: text,
    osPlatform: text,
    version: text,
    healthStatus: text,
    onboardingStatus: text,
    riskScore: text,
    exposureLevel: text,
    deviceValue: text,
    // Documented as string, sent as number.
    rbacGroupId: z
      .union([required, z.number().transform(String)])
      .optional()
      .catch(undefined),
    rbacGroupName: text,
    machineTags: z.array(z.unknown()).catch([]),
    lastSeen: text,
    isPotentialDuplication: z.boolean().optional().catch(undefined),
    mergedIntoMachineId: text,
    defenderAvStatus: text,
  })
  .transform(({ id, computerDnsName, machineTags, ...rest }): Machine => ({
    id,
    // A record without a name is still a device that can be restricted: call it by its id.
    computerDnsName: computerDnsName ?? id,
    machineTags: machineTags.filter((tag) => typeof tag === 'string').map(storable),
    ...present(rest),
  }));

export const Alert = z
  .object({ id: required, title: text, severity: text, status: text, alertCreationTime: text })
  .transform(({ id, alertCreationTime, ...rest }) => ({
    id,
    ...present({ ...rest, createdAt: alertCreationTime }),
  }));
export type Alert = z.output<typeof Alert>;

export const LogonUser = z
  .object({ id: required, accountName: text, accountDomain: text, lastSeen: text })
  // The id is `domain\\name` in lower case; for some kinds of account only that is there.
  .transform(({ id, accountName, accountDomain, lastSeen }) => ({
    name: accountName === undefined ? id : [accountDomain, accountName].filter(Boolean).join('\\'),
    ...present({ lastSeen }),
  }));
export type LogonUser = z.output<typeof LogonUser>;

/** One page of a list. Entries are read one by one, so that a single odd one does not hide the others. */
export const ListPage = z.object({ value: z.array(z.unknown()), '@odata.nextLink': text });

export type ListPage = z.output<typeof ListPage>;

export function isFinished(action: Pick<MachineAction, 'status'>): boolean {
  return action.status !== 'Pending' && action.status !== 'InProgress';
}

function knownStatus(raw: string | undefined): MachineActionStatus {
  const lower = raw?.toLowerCase();
  // Older documentation spelled it with one "l".
  if (lower === 'canceled') return 'Cancelled';
  return machineActionStatuses.find((status) => status.toLowerCase() === lower) ?? 'InProgress';
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out what is undefined: an absent field is absent, not a key without a value. */
function present<T extends Record<string, unknown>>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
