/** One subcommand of `cordon`. */
export interface Command {
  readonly name: string;
  /** As it is typed after the name. */
  readonly args: string;
  readonly summary: string;
  /** Answers the exit code. Throws UsageError when the words make no sense. */
  run(words: readonly string[], output: Output): Promise<number>;
}

export interface Output {
  readonly print: (line: string) => void;
}

/** The command line cannot be understood; the message says what is missing. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function refuseWords(command: Command, words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`${command.name} takes nothing behind it`);
}
