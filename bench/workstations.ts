import { createHash } from 'node:crypto';
import { addressBook } from '../sandbox/address-book.ts';
import type { Device } from '../sandbox/world.ts';

/** As many devices as a measurement needs; the approver may act on all of them. */
export function workstations(count: number, online: boolean): readonly Device[] {
  const model = addressBook.device('ws-finance-017');
  return Array.from({ length: count }, (_, index) => {
    const name = `ws-bench-${String(index + 1).padStart(4, '0')}.contoso.example`;
    return { ...model, name, id: createHash('sha1').update(name).digest('hex'), online };
  });
}
