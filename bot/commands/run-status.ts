import { deviceStatus } from '../render/device-status.ts';
import { roomsFor } from '../render/several-view.ts';
import { requestStatus } from '../render/request-status.ts';
import type { WantedDevice } from '../../src/store/request-lists.ts';
import * as texts from '../texts/lists.ts';
import { noSuchRequest } from '../texts/replies.ts';
import { findDevice, typedDevice } from './find-device.ts';
import { type Asking, type ListParts, type ListReply, hereOf, shown } from './list-page.ts';
import type { StatusCommand } from './parsed-command.ts';

/** How one request or one device stands. */
export function runStatus(parts: ListParts, asking: Asking, { of }: StatusCommand): Promise<ListReply> {
  return of.by === 'number' ? statusOfRequest(parts, asking, of.number) : statusOfDevice(parts, asking, of);
}

/** A request of another conversation is none here. */
async function statusOfRequest(parts: ListParts, asking: Asking, number: number): Promise<ListReply> {
  const found = await parts.lists.byNumber(hereOf(asking), number);
  if (found === undefined) return { text: noSuchRequest(number) };
  if (found === 'newer') return { text: texts.newerRequest(number) };
  const { request, now } = found;
  const [content, ...smaller] = roomsFor(request).map((room) =>
    requestStatus(request, now, parts.portalUrl, room),
  );
  return shown(content ?? requestStatus(request, now, parts.portalUrl), ...smaller);
}

async function statusOfDevice(parts: ListParts, asking: Asking, device: WantedDevice): Promise<ListReply> {
  const found = await findDevice(parts, asking, { device, command: '/status' });
  if ('instead' in found) return found.instead;
  const record = await parts.lists.device(hereOf(asking), found.device);
  if (record.total === 0) {
    const { passedOver } = record;
    return { text: passedOver === 0 ? texts.nothingAsked : texts.onlyNewer(passedOver) };
  }
  return shown(deviceStatus(record, { typed: typedDevice(device), portalUrl: parts.portalUrl }));
}
