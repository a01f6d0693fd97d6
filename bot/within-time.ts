/** Waits for work no longer than this; the work itself goes on. */
export async function withinTime<T, Late>(work: Promise<T>, ms: number, late: Late): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(late), Math.max(0, ms));
  });
  return Promise.race([work, alarm]).finally(() => clearTimeout(timer));
}
