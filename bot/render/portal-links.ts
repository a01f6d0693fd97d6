import { parseDeviceId } from '../../src/containment/ids.ts';

export type PortalLink = {
  readonly title: string;
  readonly url: string;
};

/** Page of a device in the Defender portal; none for an id that is not one, since nothing else may get into a link. */
export function devicePage(portalUrl: string, deviceId: string): PortalLink[] {
  const id = parseDeviceId(deviceId);
  return id === undefined
    ? []
    : [{ title: 'Device page', url: under(portalUrl, `machines/v2/${id}/overview`) }];
}

/** History of the Action center, where Defender lists what was done to devices. */
export function actionCenter(portalUrl: string): PortalLink {
  return { title: 'Action center', url: under(portalUrl, 'action-center/history') };
}

function under(portalUrl: string, path: string): string {
  return `${portalUrl.replace(/\/+$/, '')}/${path}`;
}
