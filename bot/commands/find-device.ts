import { historyRow, knownDeviceRow } from '../render/list-rows.ts';
import { faint, line, words } from '../render/runs.ts';
import type { ListedDevice } from '../../src/store/device-record.ts';
import type { WantedDevice } from '../../src/store/request-lists.ts';
import * as texts from '../texts/lists.ts';
import { type Asking, type ListParts, type ListReply, hereOf, shown } from './list-page.ts';

/** More devices of one name than that are told apart by typing more of it. */
const mostToChoose = 10;

type Found = { readonly device: ListedDevice } | { readonly instead: ListReply };

/**
 * Which device is meant, by what requests made here have recorded; of several none is taken. What was asked for by such a
 * name, and nobody has looked up, is shown with it.
 */
export async function findDevice(
  { lists }: ListParts,
  asking: Asking,
  { device, command }: { readonly device: WantedDevice; readonly command: string },
): Promise<Found> {
  if (device.by === 'id') return { device: { deviceId: device.deviceId, names: [] } };
  const named = await lists.devicesNamed(hereOf(asking), device.name, mostToChoose + 1);
  const { devices: found, wishes, now } = named;
  if (found.length === 0 && wishes.length === 0) return { instead: { text: texts.nothingAsked } };
  if (found.length < 2)
    return { device: { deviceId: found[0]?.deviceId, names: wishes.map(({ deviceName }) => deviceName) } };
  const more = found.length > mostToChoose;
  return {
    instead: shown({
      title: texts.severalDevices(more ? undefined : found.length),
      spoken: texts.severalDevices(more ? undefined : found.length),
      intro: [line(words(texts.chooseById(command)))],
      sections: [
        { rows: found.slice(0, mostToChoose).map(({ request }) => knownDeviceRow(request, now)) },
        { heading: texts.notLookedUpYet, rows: wishes.map((request) => historyRow(request, now)) },
      ],
      footer: more ? [line(faint(texts.moreDevices))] : [],
    }),
  };
}

export function typedDevice(device: WantedDevice): string {
  return device.by === 'id' ? device.deviceId : device.name;
}
