/** What one check of the doctor found. Anything but `ok` says what to do. */
export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly text: string;
  /** Set when the process must end with this code, whatever else was found. */
  readonly exitCode?: number;
}

export const ok = (text: string): Finding => ({ verdict: 'ok', text });
export const warning = (text: string): Finding => ({ verdict: 'warning', text });
export const failed = (text: string): Finding => ({ verdict: 'failed', text });
