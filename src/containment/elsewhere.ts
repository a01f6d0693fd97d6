import type { Instant } from './person.ts';

/** A restriction or a lift that Defender confirmed and our register does not have: from the portal, another tool, or of our own. */
export interface ChangeElsewhere {
  /** Of Defender's machine action. */
  readonly actionId: string;
  readonly became: 'restricted' | 'lifted';
  /** Whom Defender names as its requestor. */
  readonly by?: string | undefined;
  /** When it took effect, by Defender's clock. */
  readonly at: string;
  /** So many others, found together with it and undone since, took effect just before and are not kept. */
  readonly skipped?: number | undefined;
  /** Missing: from outside Cordon, as far as anybody can tell. */
  readonly origin?: Origin | undefined;
}

/**
 * - `own`: the action of a request that does not stand as succeeded: it was closed, or its action ended otherwise before.
 * - `marked`: its comment bears the mark of a request of this device and kind that is not known to have sent it: it arrived
 *   when nobody waited for it any more, or somebody copied the mark.
 * - `unrecorded`: its comment bears our mark, and no record has such a request: a restored backup has forgotten it, or
 *   somebody wrote the mark.
 */
export type Origin =
  | {
      readonly kind: 'own';
      /** Missing when it was asked for in another conversation: it is not this one's to name. */
      readonly number?: number | undefined;
      /** Of the very request that keeps this change. */
      readonly itself?: true | undefined;
    }
  | { readonly kind: 'marked'; readonly number?: number | undefined }
  | { readonly kind: 'unrecorded' };

/** The same, in the record of the request whose card it changes. */
export interface FoundChange extends ChangeElsewhere {
  readonly foundAt: Instant;
  /** Another request has the thread that hears of it. */
  readonly quiet?: true | undefined;
}

/** Made by the very request that keeps the change. */
export function isOwnAction({ origin }: Pick<ChangeElsewhere, 'origin'>): boolean {
  return origin?.kind === 'own' && origin.itself === true;
}

/** How it stands when the thread hears of it. */
export interface StandsNow {
  /** What became of the device after the last change that is told. */
  readonly later?: ChangeElsewhere['became'] | undefined;
  /** The request that was to lift the restriction, as long as it is open. */
  readonly openLift?: number | undefined;
}

/** What the thread has not heard of yet; `told` is the change that it was told of last. */
export function untold(
  elsewhere: readonly FoundChange[] | undefined,
  told: string | undefined,
): readonly FoundChange[] {
  const all = elsewhere ?? [];
  const last = all.findLastIndex(({ actionId }) => actionId === told);
  // Its own action comes first and is kept for ever: whoever was told of anything was told of that.
  const isOld = (change: FoundChange): boolean => told !== undefined && isOwnAction(change);
  return all.slice(last + 1).filter((change) => change.quiet !== true && !isOld(change));
}
