const steps = [
  { unit: 'd', seconds: 86_400, below: { unit: 'h', seconds: 3_600 } },
  { unit: 'h', seconds: 3_600, below: { unit: 'min', seconds: 60 } },
  { unit: 'min', seconds: 60, below: { unit: 's', seconds: 1 } },
] as const;

/** `4 min 10 s`, `2 d 3 h`: the two largest units, rounded to the smaller one. */
export function spanText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1) return 'under 1 s';
  for (const { unit, seconds: size, below } of steps) {
    const rounded = Math.round(whole / below.seconds) * below.seconds;
    if (rounded < size) continue;
    const rest = (rounded % size) / below.seconds;
    return `${Math.floor(rounded / size)} ${unit}${rest === 0 ? '' : ` ${rest} ${below.unit}`}`;
  }
  return `${whole} s`;
}
