import { identityLines } from '../render/device-status.ts';
import { historyRow } from '../render/list-rows.ts';
import { faint, line } from '../render/runs.ts';
import { utcShort } from '../render/utc.ts';
import * as texts from '../texts/lists.ts';
import { findDevice, typedDevice } from './find-device.ts';
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
import type { HistoryCommand } from './parsed-command.ts';

/** What was asked for a device here and what became of it, refusals and expiries included. */
export async function runHistory(
  parts: ListParts,
  asking: Asking,
  { device, page }: HistoryCommand,
): Promise<ListReply> {
  const found = await findDevice(parts, asking, { device, command: '/history' });
  if ('instead' in found) return found.instead;
  const history = await parts.lists.ofDevice(hereOf(asking), found.device, sliceOf(page));
  const command = `/history ${typedDevice(device)}`;
  const paged = { ...history, command, page, nothing: texts.nothingAsked };
  const { requests, name, total, now } = history;
  const many = texts.requestsOfDevice(total);
  return (
    insteadOfPage(paged) ??
    shown({
      title: 'History of a device',
      spoken: `${many}.`,
      intro: [line(faint(`${many}, newest first · ${utcShort(now, now)}`))],
      sections: [
        { rows: [{ lines: identityLines({ ...found.device, name }) }] },
        { rows: requests.map((request) => historyRow(request, now)) },
      ],
      footer: footerOf(paged),
    })
  );
}
