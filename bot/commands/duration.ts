export interface Duration {
  readonly amount: number;
  readonly unit: 'm' | 'h' | 'd';
}

/** `<1-999><m|h|d>` and nothing else, in any case and width of its characters. */
export function parseDuration(word: string): Duration | undefined {
  const [, amount, unit] = /^([1-9][0-9]{0,2})([mhd])$/.exec(word.normalize('NFKC').toLowerCase()) ?? [];
  if (amount === undefined || !isUnit(unit)) return undefined;
  return { amount: Number(amount), unit };
}

export function secondsOf({ amount, unit }: Duration): number {
  return amount * secondsPer[unit];
}

const secondsPer = { m: 60, h: 3_600, d: 86_400 } as const satisfies Record<Duration['unit'], number>;

function isUnit(letter: string | undefined): letter is Duration['unit'] {
  return letter !== undefined && Object.hasOwn(secondsPer, letter);
}
