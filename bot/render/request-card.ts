import type { ContainmentRequest } from '../../src/containment/request.ts';
import template from '../../cards/request.json' with { type: 'json' };
import type { AdaptiveCardJson } from './card-json.ts';
import { cutHarder, harderCuts } from './cut-harder.ts';
import { expandFirstThatFits } from './expand.ts';
import { type RequestCardOptions, requestView } from './request-view.ts';

/** The card of a request in its present state; throws a `RenderError` rather than showing a broken one. */
export function renderRequestCard(
  request: ContainmentRequest,
  options: RequestCardOptions,
): AdaptiveCardJson {
  const view = requestView(request, options);
  return expandFirstThatFits('request', template, [view, ...harderCuts.map((cut) => cutHarder(view, cut))]);
}
