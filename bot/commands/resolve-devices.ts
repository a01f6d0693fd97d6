import { type DeviceWish, nameOrId } from '../../src/containment/request.ts';
import type { FoundDevices } from '../../src/defender/device-search.ts';
import { DefenderError } from '../../src/defender/errors.ts';
import type { Session } from '../../src/jobs/defender-session.ts';
import type { JobParts } from '../../src/jobs/parts.ts';
import { onlyOne } from '../../src/jobs/resolve-device.ts';

type Parts = Pick<JobParts, 'defender'>;

/** What the names of a list mean for whoever typed them. */
export interface Resolved {
  /** Each once, with its id where its name means one device for certain. */
  readonly devices: readonly DeviceWish[];
  /** The first name of which that cannot be said; undefined where there is none. */
  readonly unclear?: { readonly deviceName: string; readonly found: FoundDevices } | undefined;
}

/** More are left as they were typed: the decision looks them up. */
const mostNames = 10;
const atOnce = 4;

export async function resolveDevices(
  parts: Parts,
  session: Session,
  devices: readonly DeviceWish[],
): Promise<Resolved> {
  const names = devices
    .flatMap((device) => (device.deviceId === undefined ? [device.deviceName] : []))
    .slice(0, mostNames);
  const found = new Map<string, FoundDevices>();
  for (let at = 0; at < names.length; at += atOnce) {
    await Promise.all(names.slice(at, at + atOnce).map((name) => find(parts, session, name, found)));
  }
  const resolved = devices.map((device) => withId(device, found));
  const unclear = resolved.find((device) => device.deviceId === undefined && found.has(nameOrId(device)));
  const seen = unclear && found.get(nameOrId(unclear));
  return {
    devices: eachOnce(resolved),
    ...(unclear === undefined || seen === undefined
      ? {}
      : { unclear: { deviceName: nameOrId(unclear), found: seen } }),
  };
}

async function find(
  { defender }: Parts,
  session: Session,
  name: string,
  found: Map<string, FoundDevices>,
): Promise<void> {
  try {
    found.set(name, await defender.findDevices(session.token, name, session.options));
  } catch (error) {
    // Without an answer nothing is known of this name: the decision will tell.
    if (!(error instanceof DefenderError)) throw error;
  }
}

function withId(device: DeviceWish, found: ReadonlyMap<string, FoundDevices>): DeviceWish {
  if (device.deviceId !== undefined) return device;
  const seen = found.get(device.deviceName);
  const deviceId = seen && onlyOne(seen);
  return deviceId === undefined ? device : { deviceId, deviceName: device.deviceName };
}

/** Two names of one device, or its name and its id, are one. */
function eachOnce(devices: readonly DeviceWish[]): readonly DeviceWish[] {
  const known = new Map<string, DeviceWish>();
  for (const device of devices) {
    const key = nameOrId(device);
    if (!known.has(key)) known.set(key, device);
  }
  return [...known.values()];
}
