import { type Activity, CloudAdapter, type InvokeResponse, type TurnContext } from 'botbuilder';
import type { ConnectorAuthentication } from './connector.ts';

/** The SDK's turn pipeline for activities that `authentication.ts` has let in. */
export class TeamsAdapter extends CloudAdapter {
  readonly #authentication: ConnectorAuthentication;

  constructor(authentication: ConnectorAuthentication) {
    super(authentication);
    this.#authentication = authentication;
  }

  /** Runs one turn; the answer of an invoke comes back, its HTTP form is the server's business. */
  deliver(
    activity: Activity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(this.#authentication.authenticated(), activity, logic);
  }
}
