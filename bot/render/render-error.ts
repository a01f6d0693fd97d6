/** `leftover`: the template asks for what the view does not hold. `too-large`: Teams would refuse the message. */
export type RenderErrorCode = 'card-leftover' | 'card-too-large' | 'card-not-expanded';

/** A fault of ours, never of a person: the message names the card and the place, never a value. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code: RenderErrorCode;

  constructor(code: RenderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
