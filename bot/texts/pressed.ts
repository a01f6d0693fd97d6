import type { WishVerb } from '../../src/containment/time-box.ts';

/** What led to the sign-in or the check, and is to be done again. */
export type Pressed =
  'Approve' | 'Retry' | 'Cancel action' | 'Check again' | 'Choose device' | 'Release' | 'Extend' | '/whoami';

export function again(pressed: Pressed): string {
  if (pressed === '/whoami') return 'Send /whoami again';
  return pressed === 'Check again' ? 'Press Check again once more' : `Press ${pressed} again`;
}

export function lower(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Only an approval, or what is like one, can be somebody else's. */
export function orOthers(pressed: Pressed): string {
  if (pressed === 'Release' || pressed === 'Extend') return ` Somebody else may press ${pressed}.`;
  return pressed === 'Approve' ? ' Somebody else may approve.' : '';
}

export const pressedFor = { release: 'Release', extend: 'Extend' } as const satisfies Record<
  WishVerb,
  Pressed
>;
