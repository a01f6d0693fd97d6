import template from '../../cards/welcome.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { expandCard } from './expand.ts';

/** In a personal chat the bot hears every message; elsewhere only those that mention it. */
export type WelcomePlace = 'shared' | 'personal';

/** What somebody who has just added Cordon has to know; sent as well to a newly added team or chat. */
export function renderWelcomeCard(place: WelcomePlace = 'shared'): AdaptiveCardJson {
  return expandCard('welcome', template, welcomeView(place));
}

export function welcomeView(place: WelcomePlace) {
  const mention = place === 'personal' ? '' : '@Cordon ';
  return {
    restrict: `${mention}/restrict <device> <reason>`,
    help: `${mention}/help`,
    where:
      place === 'personal'
        ? 'Ask in the channel of the incident: in this chat nobody else is there to approve.'
        : 'Ask in the thread of the incident, so that request, decision and outcome stay together.',
  };
}
