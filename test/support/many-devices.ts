import { createHash } from 'node:crypto';
import { addressBook } from '../../sandbox/address-book.ts';
import type { Device } from '../../sandbox/world.ts';

/** Another device of the world, by its whole DNS name; `seed` tells records of the same name apart. */
export function namedDevice(name: string, given: Partial<Device> = {}, seed = ''): Device {
  const id = createHash('sha1').update(`${name}${seed}`).digest('hex');
  return { ...addressBook.device('ws-design-044'), id, name, ...given };
}

/**
 * A company's estate: workstations that are numbered without gaps, so that one name is the beginning of others, in two
 * domains; every hundredth is there twice, and every thousandth record cannot be read by its id.
 */
export function manyDevices(count: number): Device[] {
  const devices: Device[] = [];
  for (let number = 1; devices.length < count; number += 1) {
    const domain = number % 7 === 0 ? 'fabrikam.example' : 'contoso.example';
    const name = `pc-${number}.${domain}`;
    devices.push(namedDevice(name, { isGhost: number % 1_000 === 0 }));
    if (number % 100 === 0) {
      devices.push(namedDevice(name, { health: 'Inactive', isPotentialDuplicate: true }, 'before'));
    }
  }
  return devices.slice(0, count);
}
