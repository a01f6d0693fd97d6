import type { Instant } from './person.ts';

/** What an approver should know of a device; every field may be unknown. */
export interface DeviceFacts {
  readonly name?: string | undefined;
  readonly osPlatform?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly health?: string | undefined;
  readonly onboarding?: string | undefined;
  readonly risk?: string | undefined;
  readonly exposure?: string | undefined;
  readonly value?: string | undefined;
  readonly group?: string | undefined;
  readonly lastSeen?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** What Defender says of its antivirus on the device; the words are not documented. */
  readonly antivirus?: string | undefined;
  /** Another record may be the same device. */
  readonly isPotentialDuplicate?: boolean | undefined;
  /** Id of the record that has taken this one's place. */
  readonly mergedInto?: string | undefined;
  readonly stakes?: DeviceStakes | undefined;
}

/** What a restriction would hit, or an approver wants to know first. Each part is missing where it could not be read. */
export interface DeviceStakes {
  /** When this was read. */
  readonly at: Instant;
  /** Open ones. The most severe come first, and not all of them are kept; `isCut`: there are more than `count`. */
  readonly alerts?:
    | {
        readonly count: number;
        readonly isCut?: boolean | undefined;
        readonly worst: readonly {
          readonly severity?: string | undefined;
          readonly title?: string | undefined;
        }[];
        /** For a lift: those that came since the restriction in force began, ended ones too. */
        readonly sinceRestriction?: number | undefined;
      }
    | undefined;
  /** Who was logged on, the latest first. */
  readonly users?: { readonly count: number; readonly latest: readonly string[] } | undefined;
  /** The latest restriction or lift that Defender knows of, whoever asked for it; none: neither in force nor pending. */
  readonly restriction?:
    | { readonly state: 'none' }
    | {
        readonly state: 'in-force' | 'restricting' | 'lifting';
        readonly by?: string | undefined;
        readonly since: string;
      }
    | undefined;
  /** For a lift: the latest antivirus scan that was started through Defender. */
  readonly scan?:
    | { readonly state: 'none' }
    | {
        readonly state: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'cancelled';
        /** `Quick` or `Full`, as Defender says it. */
        readonly scope?: string | undefined;
        readonly at: string;
      }
    | undefined;
}

/** Reports come about once a day: after two without one a device is not there to take an action. */
const silentAfterMs = 48 * 3_600_000;

/** Since when Defender has not heard of a device that is not connected, as far as is known; an action on it stays pending. */
export function offlineSince({ health, lastSeen }: DeviceFacts, at: Instant): string | undefined {
  if (lastSeen === undefined || Number.isNaN(Date.parse(lastSeen))) return undefined;
  const isSilent = Date.parse(at) - Date.parse(lastSeen) > silentAfterMs;
  return isSilent || (health ?? '').toLowerCase() === 'inactive' ? lastSeen : undefined;
}

export type Impossibility = 'os-not-supported' | 'not-onboarded';

/** Windows 10, Windows 11 and Windows Server 2019 or later can restrict app execution; these certainly cannot. */
const unsupportedPlatforms =
  /^(macos|linux|android|ios|ipados|chromeos|windows7|windows8|windows81|windowsserver2008|windowsserver2008r2|windowsserver2012|windowsserver2012r2|windowsserver2016)/i;

/**
 * Says why Defender can never carry the action out on this device. Answers `undefined` for everything
 * that is not certain: an unknown platform is left to Defender itself.
 */
export function impossibility(device: DeviceFacts): Impossibility | undefined {
  const platform = (device.osPlatform ?? '').replaceAll(/[\s.]/g, '');
  if (unsupportedPlatforms.test(platform)) return 'os-not-supported';
  const onboarding = (device.onboarding ?? '').toLowerCase();
  if (onboarding === 'canbeonboarded' || onboarding === 'unsupported') return 'not-onboarded';
  return undefined;
}
