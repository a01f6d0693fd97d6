import { comparedLine } from '../render/compared-line.ts';
import { inForceRow } from '../render/list-rows.ts';
import { faint, line } from '../render/runs.ts';
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

/** Restrictions in force that were asked for here. */
export async function runActive({ lists }: ListParts, asking: Asking, page: number): Promise<ListReply> {
  const inForce = await lists.inForce(hereOf(asking), sliceOf(page));
  const notCompared = comparedLine(inForce);
  const nothing = [texts.nothingInForce, ...(notCompared === undefined ? [] : [notCompared])].join(' ');
  const paged = { ...inForce, command: '/active', page, nothing };
  const { restrictions, total, now } = inForce;
  const many = texts.restrictionsInForce(total);
  return (
    insteadOfPage(paged) ??
    shown({
      title: 'Restrictions in force',
      spoken: `${many}.`,
      intro: [line(faint(`${many} · ${utcShort(now, now)}`))],
      sections: [{ rows: restrictions.map((restriction) => inForceRow(restriction, now)) }],
      footer: [
        ...footerOf(paged),
        ...(notCompared === undefined ? [] : [line(faint(notCompared))]),
        line(faint(texts.ownRecord)),
      ],
    })
  );
}
