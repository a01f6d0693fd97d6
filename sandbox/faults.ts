/** The one board on which anybody arms what shall go wrong next in the simulated world. */

export type FaultTarget =
  | 'defender.device'
  | 'defender.submit'
  | 'defender.list'
  | 'defender.action'
  | 'defender.cancel'
  | 'entra.token'
  | 'entra.obo'
  | 'entra.code'
  | 'tokenservice.get'
  | 'tokenservice.exchange'
  | 'connector.send'
  | 'connector.update'
  | 'connector.create'
  | 'connector.member';

/** How often a fault strikes: 1 when absent; `null` or Infinity until cleared (JSON knows no Infinity). */
interface Repeated {
  readonly times?: number | null;
}

export interface StatusFault extends Repeated {
  readonly kind: 'status';
  readonly status: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
  /** Where a redirect leads. */
  readonly location?: string;
  /** Sent as it is; without it the body is `{"error":{code,message,target}}`. */
  readonly body?: unknown;
}

/** The shape in which Entra's token endpoint refuses; only for the `entra.*` targets. */
export interface AadstsFault extends Repeated {
  readonly kind: 'aadsts';
  readonly number: number;
  readonly error: 'interaction_required' | 'invalid_grant' | 'invalid_client' | 'unauthorized_client';
  readonly suberror?: string;
  readonly claims?: string;
}

export type FaultAction =
  | StatusFault
  | AadstsFault
  /** No answer at all; with `ms` the line is cut after that time. */
  | ({ readonly kind: 'hang'; readonly ms?: number } & Repeated)
  | ({ readonly kind: 'delay'; readonly ms: number } & Repeated)
  /** Cut before anything is done. */
  | ({ readonly kind: 'reset' } & Repeated)
  /** The work is done, then the line is cut without an answer. */
  | ({ readonly kind: 'reset-after' } & Repeated)
  /** 200 with broken JSON. */
  | ({ readonly kind: 'malformed' } & Repeated)
  /** The work is done and the answer begins to come, but its rest does not; with `ms` it comes after that time. */
  | ({ readonly kind: 'slow-body'; readonly ms?: number } & Repeated);

/** A fault for those calls only in which a certain text occurs: all others go on undisturbed. */
export interface Aim {
  readonly target: FaultTarget;
  /** For instance an object id, a device id, or the reason of a request. */
  readonly about: string;
  readonly fault: FaultAction;
}

export interface Aimed {
  /** Settles at the first strike. */
  readonly struck: Promise<void>;
  clear(): void;
}

type DefenderEnd = 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled';

export interface Switches {
  /** How machine actions end. */
  readonly defenderEnd: DefenderEnd;
  /** Device id → how actions on it end, before `defenderEnd`. */
  readonly defenderEndByDevice: Readonly<Record<string, DefenderEnd>>;
  /** For so long a fresh action is unknown to GET and lists (replication). */
  readonly defenderLagMs: number;
  /** A second action of a kind that is active: refused, or the active one handed out as a success. */
  readonly defenderDuplicate: '400' | 'existing';
  /** What Defender says of a device outside the person's device groups. */
  readonly outOfScope: '404' | '403';
  /** Every device counts as offline: actions stay `Pending`. */
  readonly devicesOffline: boolean;
  /** Characters of a comment that Defender keeps. */
  readonly commentCut?: number;
  /** Entries of a list page, so that few entries already need `@odata.nextLink`; 10,000 when absent. */
  readonly defenderPageSize?: number;
  /** Calls per minute and kind; 100 when absent. */
  readonly ratePerMinute?: number;
  /** Calls per hour and kind; 1,500 when absent. */
  readonly ratePerHour?: number;
  /** A delegated permission nobody consented to: Entra leaves it out of `scp`. */
  readonly missingScope?: 'Machine.Read' | 'Machine.RestrictExecution';
  /** Where Teams exchanges a token silently: only where the real one does, nowhere, everywhere. */
  readonly silentSignIn: 'as-teams' | 'never' | 'always';
}

export interface FaultState extends Switches {
  readonly faults: Readonly<Partial<Record<FaultTarget, FaultAction>>>;
}

/** Named keys change, the rest stays; `null` disarms a fault and takes an optional switch away. */
export type FaultPatch = { readonly [K in keyof Switches]?: Switches[K] | null } & {
  readonly faults?: Readonly<Partial<Record<FaultTarget, FaultAction | null>>>;
};

export interface Faults {
  get(): FaultState;
  set(patch: FaultPatch): void;
  reset(): void;
  /** Answers the way to stop listening. */
  onChange(listener: (state: FaultState) => void): () => void;
  /** Faults that were aimed strike before the others; `reset` clears them too. */
  aim(aim: Aim): Aimed;
  /** The fault that strikes this call, if one is armed; counts it. `text` is what the call says, for aimed faults. */
  take(target: FaultTarget, text?: () => string): FaultAction | undefined;
}

export const calm: FaultState = {
  defenderEnd: 'Succeeded',
  defenderEndByDevice: {},
  defenderLagMs: 0,
  defenderDuplicate: '400',
  outOfScope: '404',
  devicesOffline: false,
  silentSignIn: 'as-teams',
  faults: {},
};

export function createFaults(): Faults {
  let state: FaultState = calm;
  const aims = createAims();
  const listeners = new Set<(state: FaultState) => void>();
  const become = (next: FaultState): void => {
    state = next;
    for (const listener of listeners) listener(state);
  };
  return {
    get: () => state,
    set: (patch) => {
      become(patched(state, patch));
    },
    reset: () => {
      aims.clear();
      become(calm);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    aim: (aim) => aims.add(aim),
    take: (target, text) => {
      const aimed = aims.take(target, text);
      if (aimed !== undefined) return aimed;
      const fault = state.faults[target];
      if (fault !== undefined) become({ ...state, faults: struckOnce(state.faults, target, fault) });
      return fault;
    },
  };
}

function createAims() {
  const armed = new Map<Aim, { readonly strike: () => void; left: number }>();
  return {
    add: (aim: Aim): Aimed => {
      let strike = (): void => undefined;
      const struck = new Promise<void>((resolve) => (strike = resolve));
      armed.set(aim, { strike, left: aim.fault.times === undefined ? 1 : (aim.fault.times ?? Infinity) });
      return { struck, clear: () => void armed.delete(aim) };
    },
    take: (target: FaultTarget, textOf: (() => string) | undefined): FaultAction | undefined => {
      if (armed.size === 0 || textOf === undefined) return undefined;
      const text = textOf();
      for (const [aim, state] of armed) {
        if (aim.target !== target || !text.includes(aim.about)) continue;
        state.left -= 1;
        if (state.left <= 0) armed.delete(aim);
        state.strike();
        return aim.fault;
      }
      return undefined;
    },
    clear: () => {
      armed.clear();
    },
  };
}

function patched(state: FaultState, { faults = {}, ...switches }: FaultPatch): FaultState {
  const cleared = Object.entries(switches).flatMap(([key, value]) => (value === null ? [key] : []));
  // A cleared switch is again what it was at the start; an optional one is then absent.
  const atStart = Object.fromEntries(cleared.map((key) => [key, Reflect.get(calm, key) as unknown]));
  const next = present({ ...state, ...present(switches), ...atStart });
  // Complete again: what `calm` demands can only be replaced, never dropped.
  return { ...calm, ...(next as FaultState), faults: present({ ...state.faults, ...faults }) };
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(values: T): Present<T> {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as Present<T>;
}

function struckOnce(
  faults: FaultState['faults'],
  target: FaultTarget,
  fault: FaultAction,
): FaultState['faults'] {
  const { times = 1 } = fault;
  if (times === null || times === Infinity) return faults;
  const { [target]: _spent, ...others } = faults;
  return times > 1 ? { ...others, [target]: { ...fault, times: times - 1 } } : others;
}
