import type { Person } from '../../src/containment/person.ts';
import type { Place } from '../../src/containment/request.ts';
import type { Here, Slice } from '../../src/store/here.ts';
import type { RequestLists } from '../../src/store/request-lists.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { type ListContent, renderListCard } from '../render/list-card.ts';
import { type Line, faint, line } from '../render/runs.ts';
import * as texts from '../texts/lists.ts';

export interface ListParts {
  readonly lists: RequestLists;
  /** Where the Defender portal is, for links. */
  readonly portalUrl: string;
}

/** Who asks to be shown something, and where everybody will read the answer. */
export interface Asking {
  readonly person: Person;
  readonly place: Place;
}

export type ListReply =
  { readonly text: string } | { readonly card: AdaptiveCardJson; readonly summary: string };

/** As many as a phone shows in two screens. */
const rowsOnPage = 8;

export function hereOf({ person, place }: Asking): Here {
  return { tenantId: person.tenantId, conversation: place.conversation };
}

export function sliceOf(page: number): Slice {
  return { offset: (page - 1) * rowsOnPage, limit: rowsOnPage };
}

interface Paged {
  /** What was typed, without the page. */
  readonly command: string;
  readonly page: number;
  readonly total: number;
  readonly passedOver: number;
  /** For a list that holds nothing at all. */
  readonly nothing: string;
}

/** What there is to say instead of a page that has no rows. */
export function insteadOfPage({ command, page, total, passedOver, nothing }: Paged): ListReply | undefined {
  if (total === 0) return { text: passedOver === 0 ? nothing : texts.onlyNewer(passedOver) };
  const pages = Math.ceil(total / rowsOnPage);
  return page > pages ? { text: texts.noSuchPage(command, pages) } : undefined;
}

/** Where more is, and what is left out. */
export function footerOf({ command, page, total, passedOver }: Paged): Line[] {
  const where = texts.pageLine(command, page, Math.ceil(total / rowsOnPage));
  return [
    ...(passedOver === 0 ? [] : [line(faint(texts.passedOver(passedOver)))]),
    ...(where === undefined ? [] : [line(faint(where))]),
  ];
}

export function shown(content: ListContent, ...smaller: readonly ListContent[]): ListReply {
  return { card: renderListCard(content, ...smaller), summary: content.spoken };
}
