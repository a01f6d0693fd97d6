/** An action of this age is fresh: it moves within seconds, and its reading comes before routine calls. */
export const freshSeconds = 30;
const freshIntervalSeconds = 3;
/** Beyond it every client hands over to "check later": the device is offline, or the action hangs. */
const agingSeconds = 900;
const longestIntervalSeconds = 300;

/** Seconds until the next look at an action: quick at first, then the setting, less and less often when it is old. */
export function lookAgainAfter(ageSeconds: number, intervalSeconds: number): number {
  if (ageSeconds < freshSeconds) return Math.min(intervalSeconds, freshIntervalSeconds);
  if (ageSeconds <= agingSeconds) return intervalSeconds;
  const stretched = intervalSeconds * (ageSeconds / agingSeconds);
  return Math.max(intervalSeconds, Math.min(longestIntervalSeconds, stretched));
}
