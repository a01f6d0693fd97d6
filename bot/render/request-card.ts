import type { ContainmentRequest } from '../../src/containment/request.ts';
import template from '../../cards/request.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { cutHarder, harderCuts } from './cut-harder.ts';
import { expandFirstThatFits } from './expand.ts';
import { type RequestCardOptions, requestView } from './request-view.ts';
import { roomsFor } from './several-view.ts';

/** The card of a request in its present state; throws a `RenderError` rather than showing a broken one. */
export function renderRequestCard(
  request: ContainmentRequest,
  options: RequestCardOptions,
): AdaptiveCardJson {
  const [room, ...smaller] = roomsFor(request);
  const views = smaller.map((less) => requestView(request, options, less));
  const first = requestView(request, options, room);
  const smallest = request.members === undefined ? first : (views.at(-1) ?? first);
  return expandFirstThatFits('request', template, [
    first,
    ...(request.members === undefined ? [] : views),
    ...harderCuts.map((cut) => cutHarder(smallest, cut)),
  ]);
}
