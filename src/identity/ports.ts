/** Where a person's sign-in is kept; implemented by whoever knows the chat platform. */
export interface UserTokens {
  /** The person's current token for this bot, undefined when they are not signed in. Throws IdentityError. */
  getUserToken(
    person: { readonly teamsId: string },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<string | undefined>;
  /** Signs the person out, so that their next press asks them to sign in anew. Throws IdentityError. */
  dropUserToken(person: { readonly teamsId: string }): Promise<void>;
}
