import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import { type Standing, effectOf } from '../containment/standing.ts';
import type { Sql } from './database-port.ts';
import { readableFormats, toRequest } from './rows.ts';

export type DeviceStandings = ReturnType<typeof createDeviceStandings>;

/** How devices stand, whoever changed them, as far as this program knows. */
export function createDeviceStandings({ sql: db }: { readonly sql: Sql }) {
  return {
    /** The last that took effect on the request's device: by a request, wherever it was made, or found since. */
    async latest(request: ContainmentRequest): Promise<Standing | undefined> {
      if (!hasDevice(request)) return undefined;
      const rows = await db
        .selectFrom('requests')
        .selectAll()
        .where('tenant_id', '=', request.tenantId)
        .where('device_id', '=', request.deviceId)
        .where((eb) => eb.or([eb('took_effect', 'is not', null), eb('elsewhere', 'is not', null)]))
        .where('state_format', 'in', readableFormats)
        .execute();
      const all = rows.map(toRequest).flatMap((one) => [effectOf(one) ?? [], one.elsewhere ?? []].flat());
      return all.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at)).at(-1);
    },
  };
}
