/** Answers everybody who asks within that time with the same answer, which is worked out once. */
export function keptFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let begunAt = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer === undefined || performance.now() - begunAt >= ms) {
      begunAt = performance.now();
      answer = work();
    }
    return answer;
  };
}
