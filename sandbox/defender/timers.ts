/** At most one timer for each id; none of them keeps the process alive. */
export interface Timers {
  /** Does nothing while one runs for this id. */
  start(id: string, ms: number, then: () => void): void;
  clear(id: string): void;
  clearAll(): void;
}

export function createTimers(): Timers {
  const running = new Map<string, NodeJS.Timeout>();
  const clear = (id: string): void => {
    clearTimeout(running.get(id));
    running.delete(id);
  };
  return {
    start: (id, ms, then) => {
      if (running.has(id)) return;
      const fire = (): void => {
        running.delete(id);
        then();
      };
      running.set(id, setTimeout(fire, ms).unref());
    },
    clear,
    clearAll: () => {
      for (const id of [...running.keys()]) clear(id);
    },
  };
}
