/** While looking for an action whose POST had no answer: soon at first, then less often. */
export const leastSearchSeconds = 5;
const mostSearchSeconds = 60;
/** After this without a usable answer somebody has to look: the card says so and offers to check again. */
export const longestSearchSeconds = 900;

export function paced(sinceSeconds: number): number {
  return Math.min(mostSearchSeconds, Math.max(leastSearchSeconds, sinceSeconds / 6));
}
