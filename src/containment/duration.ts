/** How long a restriction is asked for, as typed and in seconds. */
export interface Duration {
  /** In lower case, such as `4h`. */
  readonly text: string;
  readonly seconds: number;
}

const secondsOf: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** `<1–999><m|h|d>`; undefined for everything else. */
export function parseDuration(text: string): Duration | undefined {
  const word = text.normalize('NFKC').toLowerCase();
  const [, amount = '', unit = ''] = /^([1-9][0-9]{0,2})([mhd])$/.exec(word) ?? [];
  const seconds = secondsOf[unit];
  return seconds === undefined ? undefined : { text: word, seconds: Number(amount) * seconds };
}
