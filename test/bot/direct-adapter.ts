import { type Activity, BotAdapter, type ResourceResponse, type TurnContext } from 'botbuilder';

/** Keeps what goes straight to the activity's own address. */
export class DirectAdapter extends BotAdapter {
  readonly sent: Partial<Activity>[] = [];
  fails = false;

  override sendActivities(
    _context: TurnContext,
    activities: Partial<Activity>[],
  ): Promise<ResourceResponse[]> {
    if (this.fails) return Promise.reject(new Error('not reached'));
    this.sent.push(...activities);
    return Promise.resolve(activities.map(() => ({ id: '1' })));
  }

  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }

  override continueConversation(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }

  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }
}
