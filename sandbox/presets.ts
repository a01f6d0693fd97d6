import type { FaultPatch, Faults, FaultState, FaultTarget } from './faults.ts';

/** The switches a person finds beside the chat: each arms or clears one thing that can go wrong. */
export interface Preset {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly apply: (faults: Faults) => void;
  readonly clear: (faults: Faults) => void;
  /** Whether it is armed: a fault that struck for the last time is not. */
  readonly active: (state: FaultState) => boolean;
}

const untilCleared = null;

export const presets: readonly Preset[] = [
  preset('defender-slow-at-click', 'Defender is slow at the click', 'Looking the device up takes 8 s.', {
    faults: { 'defender.device': { kind: 'delay', ms: 8_000, times: untilCleared } },
  }),
  preset(
    'defender-cuts-after-accepting',
    'Defender cuts the line after accepting',
    'The next restriction is accepted, but its answer never arrives. It must not be sent twice.',
    { faults: { 'defender.submit': { kind: 'reset-after' } } },
  ),
  preset(
    'defender-hangs',
    'Defender does not answer',
    'The next submission hangs and is never carried out.',
    {
      faults: { 'defender.submit': { kind: 'hang' } },
    },
  ),
  preset('defender-500', 'Defender has an error', 'The next two submissions are answered with 500.', {
    faults: { 'defender.submit': { kind: 'status', status: 500, times: 2 } },
  }),
  preset(
    'defender-429',
    'Defender throttles',
    'The next submission is answered with 429, retry after 10 s.',
    {
      faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 10 } },
    },
  ),
  preset('defender-403', 'Defender forbids the action', 'The next submission is answered with 403.', {
    faults: { 'defender.submit': { kind: 'status', status: 403 } },
  }),
  preset('defender-lag', 'Defender lags', 'A fresh action is unknown to readers for 10 s.', {
    defenderLagMs: 10_000,
  }),
  preset('devices-offline', 'Devices are offline', 'Actions stay Pending until this is switched off.', {
    devicesOffline: true,
  }),
  preset('action-fails', 'Actions fail', 'Machine actions end as Failed, with an error number.', {
    defenderEnd: 'Failed',
  }),
  preset('action-times-out', 'Actions time out', 'Machine actions end as TimeOut.', {
    defenderEnd: 'TimeOut',
  }),
  preset(
    'action-cancelled',
    'Actions are cancelled',
    'Somebody in the portal cancels every machine action.',
    {
      defenderEnd: 'Cancelled',
    },
  ),
  preset(
    'duplicate-as-success',
    'A duplicate looks like a success',
    'A second action of the same kind gets the running one back instead of an error.',
    { defenderDuplicate: 'existing' },
  ),
  preset(
    'out-of-scope-403',
    'Foreign device groups answer 403',
    'Devices outside the person’s groups are forbidden instead of not found.',
    { outOfScope: '403' },
  ),
  preset(
    'consent-missing',
    'Consent is missing',
    'Nobody consented to Machine.RestrictExecution: tokens come without it.',
    { missingScope: 'Machine.RestrictExecution' },
  ),
  preset(
    'mfa-required',
    'Sign-in needs a second factor',
    'Entra refuses to exchange tokens until the person signs in again (AADSTS50076).',
    {
      faults: {
        'entra.obo': {
          kind: 'aadsts',
          number: 50076,
          error: 'interaction_required',
          suberror: 'basic_action',
          claims: '{"access_token":{"capolids":{"essential":true,"values":["c5c4b4a3"]}}}',
          times: untilCleared,
        },
      },
    },
  ),
  preset('sign-in-code', 'Sign-in by button and code', 'Teams never exchanges a token silently.', {
    silentSignIn: 'never',
  }),
  preset(
    'teams-throttles-updates',
    'Teams throttles updates',
    'The next five card updates are answered with 429.',
    { faults: { 'connector.update': { kind: 'status', status: 429, retryAfterSeconds: 2, times: 5 } } },
  ),
  preset('teams-down', 'Teams loses messages', 'The next three messages of the bot are answered with 503.', {
    faults: { 'connector.send': { kind: 'status', status: 503, times: 3 } },
  }),
];

function preset(key: string, title: string, description: string, patch: FaultPatch): Preset {
  return {
    key,
    title,
    description,
    apply: (faults) => {
      faults.set(patch);
    },
    clear: (faults) => {
      faults.set(inverse(patch));
    },
    active: (state) => isInForce(patch, state),
  };
}

function inverse({ faults, ...switches }: FaultPatch): FaultPatch {
  const nulls = (keys: object): Record<string, null> =>
    Object.fromEntries(Object.keys(keys).map((key) => [key, null]));
  return { ...nulls(switches), ...(faults === undefined ? {} : { faults: nulls(faults) }) };
}

function isInForce({ faults = {}, ...switches }: FaultPatch, state: FaultState): boolean {
  const switched = Object.entries(switches).every(([key, wanted]) => Reflect.get(state, key) === wanted);
  const armed = Object.entries(faults).every(([target, fault]) =>
    alike(state.faults[target as FaultTarget], fault),
  );
  return switched && armed;
}

/** The same fault, however often it may still strike. */
function alike(one: object | null | undefined, other: object | null): boolean {
  return JSON.stringify({ ...one, times: 0 }) === JSON.stringify({ ...other, times: 0 });
}
