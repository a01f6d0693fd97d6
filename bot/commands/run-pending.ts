import { faint, line } from '../render/runs.ts';
import { waitingRow } from '../render/list-rows.ts';
import { utcShort } from '../render/utc.ts';
import * as texts from '../texts/lists.ts';
import {
  type Asking,
  type ListParts,
  type ListReply,
  footerOf,
  hereOf,
  insteadOfPage,
  shown,
  sliceOf,
} from './list-page.ts';

/** What awaits approval here, and what needs attention: nobody else would remember that. */
export async function runPending({ lists }: ListParts, asking: Asking, page: number): Promise<ListReply> {
  const waiting = await lists.waiting(hereOf(asking), sliceOf(page));
  const paged = { ...waiting, command: '/pending', page, nothing: texts.nothingWaits };
  const { requests, awaiting, needAttention, now } = waiting;
  const rowsOf = (is: (status: string) => boolean) =>
    requests.filter(({ state }) => is(state.status)).map((request) => waitingRow(request, now));
  return (
    insteadOfPage(paged) ??
    shown({
      title: 'What waits here',
      spoken: `${texts.waitingInShort(waiting)}.`,
      intro: [line(faint(`${texts.waitingInShort(waiting)} · ${utcShort(now, now)}`))],
      sections: [
        { heading: `Awaiting approval (${awaiting})`, rows: rowsOf((status) => status === 'awaiting') },
        { heading: `Needs attention (${needAttention})`, rows: rowsOf((status) => status !== 'awaiting') },
      ],
      footer: footerOf(paged),
    })
  );
}
